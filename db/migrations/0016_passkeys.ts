import type { Knex } from "knex";

/** Passkeys of accounts, and the challenges of WebAuthn that were answered: each is good once. */
export async function up(knex: Knex): Promise<void> {
  // `credential_id` and `public_key` (COSE) are base64url; `kind` says whether it can be copied to other devices of its owner.
  await knex.schema.createTable("passkey", (table) => {
    table.string("id").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.text("credential_id").notNullable().unique();
    table.text("public_key").notNullable();
    table.bigInteger("counter").notNullable();
    table.string("kind").notNullable();
    table.string("name").notNullable();
    table.string("confirmation_id").notNullable();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("used_at");
    table.index(["account_id"]);
  });
  await knex.schema.createTable("passkey_spent", (table) => {
    table.string("challenge_digest").primary();
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("passkey_spent");
  await knex.schema.dropTable("passkey");
}

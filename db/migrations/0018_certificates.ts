import type { Knex } from "knex";

/** Client certificates: who has which, the keys that wait for a confirmation, and the authority with its list of revoked ones. */
export async function up(knex: Knex): Promise<void> {
  // One row for each key that ever signed certificates. `changes` counts revocations, `list_changes` those that the list knows of.
  await knex.schema.createTable("certificate_authority", (table) => {
    table.string("key_id").primary();
    table.text("certificate").notNullable();
    table.bigInteger("created_at").notNullable();
    table.integer("changes").notNullable();
    table.text("list");
    table.integer("list_number").notNullable();
    table.integer("list_changes").notNullable();
    table.bigInteger("list_at");
  });
  // Rows outlive their account: what is revoked has to stay on the list until it would have run out.
  await knex.schema.createTable("certificate", (table) => {
    table.string("serial").primary();
    table.string("authority").notNullable();
    table.string("account_id").notNullable();
    table.string("wmid").notNullable();
    table.string("kind").notNullable();
    table.string("key_digest").notNullable().unique();
    table.text("certificate").notNullable();
    table.string("confirmation_id").notNullable();
    table.bigInteger("issued_at").notNullable();
    table.bigInteger("expires_at").notNullable();
    table.bigInteger("revoked_at");
    table.string("revoked_by");
    table.string("reason");
    // How many days ahead its owner was told last that it runs out.
    table.integer("told_days");
    table.index(["account_id", "expires_at"]);
    table.index(["authority", "expires_at"], "certificate_revoked", { predicate: knex.whereNotNull("revoked_at") });
  });
  await knex.schema.raw(
    "CREATE INDEX certificate_expiring ON certificate (expires_at) WHERE revoked_at IS NULL AND (told_days IS NULL OR told_days > 7)",
  );
  // `serial` is that of the certificate which has come of it.
  await knex.schema.createTable("certificate_request", (table) => {
    table.string("id").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("wmid").notNullable();
    table.string("kind").notNullable();
    table.text("spki").notNullable();
    table.string("serial");
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
    table.index(["account_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("certificate_request");
  await knex.schema.dropTable("certificate");
  await knex.schema.dropTable("certificate_authority");
}

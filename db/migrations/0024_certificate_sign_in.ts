import type { Knex } from "knex";

/** Client certificates that were shown for a sign-in, each for one ticket, until its browser has come back. */
export async function up(knex: Knex): Promise<void> {
  // `ticket_digest` is what makes a ticket good once, `proof_digest` what the browser brings back to `visit`, which ends at `used_at`.
  await knex.schema.createTable("certificate_proof", (table) => {
    table.string("ticket_digest").primary();
    table.string("proof_digest").notNullable().unique();
    table.string("visit").notNullable();
    table.string("serial").notNullable();
    table.bigInteger("proven_at").notNullable();
    table.bigInteger("used_at");
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("certificate_proof");
}

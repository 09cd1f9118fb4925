import type { Knex } from "knex";

/** By which key a phone whose row is gone is told from a stranger, so that it alone hears that it is removed. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("gone_device", (table) => {
    table.string("id_digest").primary();
    table.text("public_jwk").notNullable();
    table.bigInteger("gone_at").notNullable();
    table.index(["gone_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("gone_device");
}

import type { Knex } from "knex";

/** Operations that were confirmed: at most one for a client's `operation_id` (PROTOCOL 9). */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("confirmation", (table) => {
    table.string("id").primary();
    table.string("context").notNullable().unique();
    table.string("client_id").notNullable();
    table.string("operation_id").notNullable();
    table.string("account_id").notNullable();
    table.string("device_id").notNullable();
    table.string("type").notNullable();
    table.text("operation").notNullable();
    table.string("recipient");
    table.string("binding").notNullable();
    table.string("challenge").notNullable();
    table.text("statement").notNullable();
    table.string("acr").notNullable();
    table.bigInteger("confirmed_at").notNullable();
    table.unique(["client_id", "operation_id"]);
    table.index(["account_id", "confirmed_at"]);
    table.index(["account_id", "recipient"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("confirmation");
}

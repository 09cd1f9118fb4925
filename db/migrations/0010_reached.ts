import type { Knex } from "knex";

/** When a request was first handed to one of its account's phones; the page of a browser that is signed in says so (PROTOCOL 7). */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("challenge", (table) => table.bigInteger("reached_at"));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw("ALTER TABLE challenge DROP COLUMN reached_at");
}

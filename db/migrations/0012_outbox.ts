import type { Knex } from "knex";

/** Until when a message is worth sending, how many copies may have arrived, and why the last attempt failed, for an operator. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("message", (table) => {
    table.string("template");
    table.bigInteger("expires_at");
    table.integer("copies").notNullable().defaultTo(0);
    table.string("reason");
  });
  // Until now every attempt counted as a copy.
  await knex.raw("UPDATE message SET copies = attempts");
}

export async function down(knex: Knex): Promise<void> {
  for (const column of ["template", "expires_at", "copies", "reason"])
    await knex.schema.raw(`ALTER TABLE message DROP COLUMN ${column}`);
}

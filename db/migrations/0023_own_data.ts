import type { Knex } from "knex";

/** What was sent to a person is found by its recipient: for the file of all that is kept about an account. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("message", (table) => table.index(["recipient"], "message_recipient"));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("message", (table) => table.dropIndex(["recipient"], "message_recipient"));
}

import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // Of an account that came by an import: its e-mail and phone are proven by the operator's word, and it may never have had a device.
  await knex.schema.alterTable("account", (table) => {
    table.bigInteger("imported_at");
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("account", (table) => {
    table.dropColumn("imported_at");
  });
}

import type { Knex } from "knex";

/** Where a device is woken by Web Push, sealed: the address is good for whoever has it (RFC 8030 section 8.2). It ends with the device. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("device", (table) => table.text("push_sealed"));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw("ALTER TABLE device DROP COLUMN push_sealed");
}

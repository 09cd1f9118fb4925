import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // Of an account that came by an import: its e-mail and phone are proven by the operator's word, and it may never have had a device.
  await knex.schema.alterTable("account", (table) => {
    table.bigInteger("imported_at");
  });
  // What the SMS gateway has said of a message, `buffered`, `failed` or `delivered`, to whoever shows the token of this digest.
  await knex.schema.alterTable("message", (table) => {
    table.string("report_digest");
    table.string("delivery");
    table.bigInteger("delivery_at");
    table.unique(["report_digest"], { indexName: "message_report_digest" });
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("message", (table) => table.dropUnique(["report_digest"], "message_report_digest"));
  for (const column of ["report_digest", "delivery", "delivery_at"])
    await knex.schema.raw(`ALTER TABLE message DROP COLUMN ${column}`);
  await knex.schema.raw("ALTER TABLE account DROP COLUMN imported_at");
}

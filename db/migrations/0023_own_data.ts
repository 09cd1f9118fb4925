import type { Knex } from "knex";

/** What becomes of an account at its end: a deletion that waits, and an account that never had a phone and lapses. */
export async function up(knex: Knex): Promise<void> {
  // What was sent to a person is found by its recipient.
  await knex.schema.alterTable("message", (table) => table.index(["recipient"], "message_recipient"));
  await knex.schema.alterTable("account", (table) => {
    // While its deletion waits: when it is deleted. Beside the account, since every sign-in looks at it.
    table.bigInteger("ends_at");
    // Until its first phone: when it goes by itself.
    table.bigInteger("lapses_at");
    table.index(["lapses_at"], "account_lapses_at", { predicate: knex.whereNotNull("lapses_at") });
  });
  await knex.schema.createTable("account_deletion", (table) => {
    table.string("id").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("asked_by").notNullable();
    table.string("status").notNullable();
    table.string("stop_digest").notNullable().unique();
    table.bigInteger("asked_at").notNullable();
    table.bigInteger("due_at").notNullable();
    table.bigInteger("ended_at");
    table.index(["account_id"]);
    table.index(["ended_at"]);
  });
  await knex.schema.raw(
    "CREATE UNIQUE INDEX account_deletion_waiting ON account_deletion (account_id) WHERE status = 'waiting'",
  );
  await knex.schema.raw("CREATE INDEX account_deletion_due ON account_deletion (due_at) WHERE status = 'waiting'");
  // What never came to work goes by itself.
  await knex.schema.raw("CREATE INDEX device_pending ON device (created_at) WHERE status = 'pending'");
  // Codes that wait are found by their account, so that they go with it.
  for (const table of ["email_proof", "sms_code"])
    await knex.schema.raw(`CREATE INDEX ${table}_account ON ${table} (account_id) WHERE account_id IS NOT NULL`);
  // Those of before have as long as new ones: an import is an operator's word, and is never half-made.
  await knex.raw(
    `UPDATE account SET lapses_at = ? WHERE imported_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM device WHERE device.account_id = account.id AND device.activated_at IS NOT NULL)`,
    [Date.now() + 7 * 24 * 60 * 60 * 1000],
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ["email_proof", "sms_code"]) await knex.schema.raw(`DROP INDEX ${table}_account`);
  await knex.schema.raw("DROP INDEX device_pending");
  await knex.schema.dropTable("account_deletion");
  await knex.schema.raw("DROP INDEX account_lapses_at");
  for (const column of ["ends_at", "lapses_at"]) await knex.schema.raw(`ALTER TABLE account DROP COLUMN ${column}`);
  await knex.schema.alterTable("message", (table) => table.dropIndex(["recipient"], "message_recipient"));
}

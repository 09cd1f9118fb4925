import type { Knex } from "knex";

/** Codes by SMS, one at a time for each visit to our pages, and operations that were confirmed by one: no device, no check number. */
export async function up(knex: Knex): Promise<void> {
  // `account_id` is null for a decoy; `sent` is 1 where an SMS has left, and else no code fits. `code_digest` is of visit, purpose, what it is
  // for, and code. `tries` are this code's, `wrong` those of all codes of the visit.
  await knex.schema.createTable("sms_code", (table) => {
    table.string("context").primary();
    table.string("subject").notNullable();
    table.string("account_id");
    table.string("counter").notNullable();
    table.string("purpose").notNullable();
    table.string("status").notNullable();
    table.integer("sent").notNullable();
    table.string("code_digest").notNullable();
    table.string("wrong_digest");
    table.integer("tries").notNullable();
    table.integer("wrong").notNullable();
    table.string("message_id").notNullable();
    table.bigInteger("sent_at").notNullable();
    table.bigInteger("code_expires_at").notNullable();
    table.bigInteger("answered_at");
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
  });
  await knex.schema.alterTable("confirmation", (table) => {
    table.setNullable("device_id");
    table.setNullable("challenge");
  });
  // As a step back leaves those by SMS.
  await knex.raw("UPDATE confirmation SET device_id = NULLIF(device_id, ''), challenge = NULLIF(challenge, '')");
}

export async function down(knex: Knex): Promise<void> {
  // Those by SMS stay: their operations must not be confirmed once more.
  await knex.raw("UPDATE confirmation SET device_id = COALESCE(device_id, ''), challenge = COALESCE(challenge, '')");
  await knex.schema.alterTable("confirmation", (table) => {
    table.dropNullable("device_id");
    table.dropNullable("challenge");
  });
  await knex.schema.dropTable("sms_code");
}

import type { Knex } from "knex";

/** The way back by e-mail and phone number: the code that was sent to the number, and the recoveries that wait. */
export async function up(knex: Knex): Promise<void> {
  // One for each browser in which a recovery goes on; its e-mail is proven beside it.
  await knex.schema.createTable("recovery_phone", (table) => {
    table.string("context").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("code_digest").notNullable();
    table.integer("code_tries").notNullable();
    table.integer("codes_sent").notNullable();
    table.bigInteger("code_expires_at").notNullable();
    table.bigInteger("proven_at");
    table.bigInteger("expires_at").notNullable();
    table.index(["account_id"]);
    table.index(["expires_at"]);
  });
  // `next_at`: when its owner is told next, that it may be taken up or that it has lapsed.
  await knex.schema.createTable("recovery_wait", (table) => {
    table.string("id").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("way").notNullable();
    table.string("status").notNullable();
    table.string("stop_digest").notNullable().unique();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("due_at").notNullable();
    table.bigInteger("lapses_at").notNullable();
    table.bigInteger("next_at").notNullable();
    table.bigInteger("used_told_at");
    table.bigInteger("ended_at");
    table.index(["account_id", "created_at"]);
    table.index(["ended_at"]);
  });
  await knex.schema.raw(
    "CREATE UNIQUE INDEX recovery_wait_waiting ON recovery_wait (account_id, way) WHERE status = 'waiting'",
  );
  await knex.schema.raw("CREATE INDEX recovery_wait_next ON recovery_wait (next_at) WHERE status = 'waiting'");
  await knex.schema.raw(
    "CREATE INDEX recovery_wait_unused ON recovery_wait (created_at) WHERE status = 'waiting' AND used_told_at IS NULL",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("recovery_wait");
  await knex.schema.dropTable("recovery_phone");
}

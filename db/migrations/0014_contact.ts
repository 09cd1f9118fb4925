import type { Knex } from "knex";

/** Changes of an account's e-mail or phone: what a code has proven, and what became or waits to become of it. */
export async function up(knex: Knex): Promise<void> {
  // One for each kind and session; `sent` is 0 where the contact belongs to an account already, and no code fits.
  await knex.schema.createTable("contact_proof", (table) => {
    table.string("id").primary();
    table.string("session_digest").notNullable();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("kind").notNullable();
    table.string("value").notNullable();
    table.integer("sent").notNullable();
    table.string("code_digest").notNullable();
    table.integer("code_tries").notNullable();
    table.integer("codes_sent").notNullable();
    table.bigInteger("code_expires_at").notNullable();
    table.bigInteger("proven_at");
    table.bigInteger("expires_at").notNullable();
    table.unique(["session_digest", "kind"]);
    table.index(["account_id"]);
    table.index(["expires_at"]);
  });
  // Its id is that of the proof that it stands on, so that a proof is good for one change.
  await knex.schema.createTable("contact_change", (table) => {
    table.string("id").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("kind").notNullable();
    table.string("value").notNullable();
    table.string("former").notNullable();
    table.string("status").notNullable();
    table.string("stop_digest").unique();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("due_at").notNullable();
    table.bigInteger("ended_at");
    table.index(["account_id"]);
    table.index(["ended_at"]);
  });
  await knex.schema.raw(
    "CREATE UNIQUE INDEX contact_change_waiting ON contact_change (account_id, kind) WHERE status = 'waiting'",
  );
  await knex.schema.raw("CREATE INDEX contact_change_due ON contact_change (due_at) WHERE status = 'waiting'");
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("contact_change");
  await knex.schema.dropTable("contact_proof");
}

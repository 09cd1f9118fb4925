import type { Knex } from "knex";

/** What an online phone sees and does (PROTOCOL 6): where a request came from, how a device ended or signed it, renewal, the guard. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("challenge", (table) => {
    // JSON: where the browser is that asked; personal, and gone with the row an hour after the challenge's end.
    table.text("origin");
    // What an answer is judged by without the browser: for an operation, the site's request.
    table.text("details_sealed");
    table.text("signature");
    // Why it ended, where a device or a judgement without the browser ended it.
    table.string("end_reason");
    // By it one poll finds what other nodes have changed.
    table.bigInteger("changed_at").notNullable().defaultTo(0);
    table.index(["changed_at"], "challenge_changed_at");
  });
  await knex.schema.alterTable("confirmation", (table) => {
    table.text("signature");
  });
  // A renewed pad, until its first right response.
  await knex.schema.alterTable("device", (table) => {
    table.text("next_pad_sealed");
  });
  // After "It was not me": until then no request of an unknown browser is brought to the phone.
  await knex.schema.createTable("guard", (table) => {
    table.string("account_id").primary().references("id").inTable("account").onDelete("CASCADE");
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("guard");
  await knex.schema.raw("ALTER TABLE device DROP COLUMN next_pad_sealed");
  await knex.schema.raw("ALTER TABLE confirmation DROP COLUMN signature");
  await knex.schema.raw("DROP INDEX challenge_changed_at");
  for (const column of ["origin", "details_sealed", "signature", "end_reason", "changed_at"])
    await knex.schema.raw(`ALTER TABLE challenge DROP COLUMN ${column}`);
}

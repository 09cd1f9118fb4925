import type { Knex } from "knex";

/** Which browser a session is in, and what the known ones call themselves; and events in the order in which their owner turns their pages. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("known_browser", (table) => {
    table.text("user_agent");
    table.string("country");
  });
  await knex.schema.createTable("session_browser", (table) => {
    // A digest of the name by which oidc-provider knows the session as long as it lasts.
    table.string("session").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("browser_digest");
    table.text("user_agent").notNullable();
    table.string("ip").notNullable();
    table.string("country");
    table.bigInteger("at").notNullable();
    table.index(["account_id"]);
    table.index(["at"]);
  });
  await knex.schema.raw("CREATE INDEX event_history ON event (account_id, at, id)");
  await knex.schema.alterTable("event", (table) => table.dropIndex(["account_id", "at"]));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("event", (table) => table.index(["account_id", "at"]));
  await knex.schema.raw("DROP INDEX event_history");
  await knex.schema.dropTable("session_browser");
  for (const column of ["user_agent", "country"])
    await knex.schema.raw(`ALTER TABLE known_browser DROP COLUMN ${column}`);
}

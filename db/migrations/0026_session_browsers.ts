import type { Knex } from "knex";

/**
 * Where a session began is sealed in the session now. What was kept beside it went after two days; until then such a session is listed
 * without its browser, as it is after a step back.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.dropTable("session_browser");
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.createTable("session_browser", (table) => {
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
}

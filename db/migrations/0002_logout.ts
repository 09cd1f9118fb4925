import type { Knex } from "knex";

/** Sites that are to be told that a session has ended; each row one site of one session. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("logout_notice", (table) => {
    table.string("id").primary();
    table.string("client_id").notNullable();
    table.string("account_id").notNullable();
    table.string("sid");
    table.string("status").notNullable();
    table.integer("attempts").notNullable();
    table.bigInteger("next_at").notNullable();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("ended_at");
    table.index(["status", "next_at"]);
    table.index(["ended_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("logout_notice");
}

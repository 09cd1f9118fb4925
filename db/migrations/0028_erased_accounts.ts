import type { Knex } from "knex";

/** Accounts that are gone, until what a request in flight has saved of them since is gone as well. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("erased_account", (table) => {
    table.string("account_id").primary();
    // Under which its events go on.
    table.string("name").notNullable();
    table.bigInteger("again_at").notNullable();
    table.index(["again_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("erased_account");
}

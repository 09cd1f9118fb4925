import type { Knex } from "knex";

/** Codes on paper that bring a person back without a phone client: keyed digests, each used once; making new ones deletes the old. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("recovery_code", (table) => {
    table.string("digest").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.bigInteger("created_at").notNullable();
    table.bigInteger("used_at");
    table.index(["account_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("recovery_code");
}

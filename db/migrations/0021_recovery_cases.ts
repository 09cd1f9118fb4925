import type { Knex } from "knex";

/** Cases of who has lost phone, e-mail and number, for an operator to decide. */
export async function up(knex: Knex): Promise<void> {
  // `id` is the reference number that people tell; `kind` and `value` are what they typed, and `account_id` is null where it is nobody's.
  await knex.schema.createTable("recovery_case", (table) => {
    table.string("id").primary();
    table.string("code_digest").notNullable();
    table.string("kind").notNullable();
    table.string("value").notNullable();
    table.string("account_id").references("id").inTable("account").onDelete("CASCADE");
    table.string("status").notNullable();
    // The recovery that it has led to.
    table.string("wait_id");
    table.string("decided_by");
    table.text("decided_why");
    table.bigInteger("decided_at");
    table.bigInteger("created_at").notNullable();
    table.bigInteger("expires_at").notNullable();
    table.index(["account_id"]);
    table.index(["expires_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("recovery_case");
}

import type { Knex } from "knex";

/** The code that an account demands of sites that ask on the phone: a slow digest of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("till_code", (table) => {
    table.string("account_id").primary().references("id").inTable("account").onDelete("CASCADE");
    table.text("code_digest").notNullable();
    table.bigInteger("set_at").notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("till_code");
}

import type { Knex } from "knex";

/** Which notices a person does without; what is not here is sent. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("muted_notice", (table) => {
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("notice").notNullable();
    table.bigInteger("at").notNullable();
    table.primary(["account_id", "notice"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("muted_notice");
}

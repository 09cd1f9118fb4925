import type { Knex } from "knex";

/** Which notices a person does without: what is not here is sent. And when the language was chosen, rather than taken over from a page. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("muted_notice", (table) => {
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("notice").notNullable();
    table.bigInteger("at").notNullable();
    table.primary(["account_id", "notice"]);
  });
  await knex.schema.alterTable("account", (table) => table.bigInteger("locale_chosen_at"));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw("ALTER TABLE account DROP COLUMN locale_chosen_at");
  await knex.schema.dropTable("muted_notice");
}

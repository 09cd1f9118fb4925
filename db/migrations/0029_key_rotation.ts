import type { Knex } from "knex";

/** When a key begins to sign, and from when it is good for nothing any more; null where it has signed since it was made, and where it has no end. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("key", (table) => {
    table.bigInteger("signs_at");
    table.bigInteger("ends_at");
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("key", (table) => {
    table.dropColumns("signs_at", "ends_at");
  });
}

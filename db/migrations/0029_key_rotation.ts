import type { Knex } from "knex";

/** When a key begins to sign, and from when it is good for nothing any more; null where it has signed since it was made, and where it has no end. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("key", (table) => {
    table.bigInteger("signs_at");
    table.bigInteger("ends_at");
  });
}

/** An older program signs with every key that has a private half, the newest first, and knows no end of one. */
export async function down(knex: Knex): Promise<void> {
  // What is just being taken out at once is gone by then, and what takes its place signs.
  const soon = Date.now() + 2 * 60_000;
  await knex("key").where("ends_at", "<=", soon).delete();
  await knex("key").where("signs_at", ">", soon).delete();
  await knex("key").where("retired_at", ">", soon).update({ retired_at: null });
  await knex.schema.alterTable("key", (table) => {
    table.dropColumns("signs_at", "ends_at");
  });
}

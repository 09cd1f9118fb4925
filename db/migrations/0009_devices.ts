import type { Knex } from "knex";

/** What a person is told of the own devices: when each was last heard of, and who ended it; and that a confirmation was spent. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("device", (table) => {
    // Of its own calls, kept to some minutes; what it has answered is in the events.
    table.bigInteger("seen_at");
    table.string("ended_by");
    table.index(["ended_at"], "device_ended_at", { predicate: knex.whereNotNull("ended_at") });
  });
  // Until now a device that had worked ended by its own word alone.
  await knex("device").where({ status: "revoked" }).whereNotNull("activated_at").update({ ended_by: "device" });
  await knex.schema.raw(
    "CREATE INDEX event_device ON event (device_id, at) WHERE type IN ('login.accepted', 'operation.confirmed')",
  );
  await knex.schema.alterTable("confirmation", (table) => {
    table.bigInteger("spent_at");
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw("ALTER TABLE confirmation DROP COLUMN spent_at");
  await knex.schema.raw("DROP INDEX event_device");
  await knex.schema.raw("DROP INDEX device_ended_at");
  for (const column of ["seen_at", "ended_by"]) await knex.schema.raw(`ALTER TABLE device DROP COLUMN ${column}`);
}

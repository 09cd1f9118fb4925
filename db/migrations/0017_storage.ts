import type { Knex } from "knex";

/** E-num Storage: whose keys are kept, and the versions of each file, sealed once more over what its owner has encrypted. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("kept_keys", (table) => {
    // One WMID's keys are in one account alone.
    table.string("wmid").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    // The newest; numbers are not used again while it is kept.
    table.integer("version").notNullable();
    table.bigInteger("kept_at").notNullable();
    table.bigInteger("read_at");
    table.string("read_by");
    // Moved out: until then it can be retrieved once more, then it goes.
    table.bigInteger("ends_at");
    table.index(["account_id"]);
    table.index(["ends_at"], "kept_keys_ends_at", { predicate: knex.whereNotNull("ends_at") });
  });
  await knex.schema.createTable("key_file", (table) => {
    table.string("id").primary();
    table.string("wmid").notNullable().references("wmid").inTable("kept_keys").onDelete("CASCADE");
    table.integer("version").notNullable();
    // Bytes of the envelope, and its SHA-256 in base64url.
    table.integer("size").notNullable();
    table.string("digest").notNullable();
    table.text("envelope_sealed").notNullable();
    table.string("client_id").notNullable();
    table.bigInteger("created_at").notNullable();
    table.unique(["wmid", "version"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("key_file");
  await knex.schema.dropTable("kept_keys");
}

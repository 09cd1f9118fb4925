import type { Knex } from "knex";

/** Sites that are to be told that their person has answered (OpenID Connect CIBA Core section 10.2); `id` is the challenge's. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("ciba_ping", (table) => {
    table.string("id").primary();
    table.string("client_id").notNullable();
    // The auth_req_id: whoever has it, and is the client, gets the tokens.
    table.text("request_sealed").notNullable();
    table.string("status").notNullable();
    table.integer("attempts").notNullable();
    table.bigInteger("next_at").notNullable();
    table.bigInteger("expires_at").notNullable();
    table.index(["status", "next_at"], "ciba_ping_due");
    table.index(["expires_at"], "ciba_ping_expires");
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("ciba_ping");
}

import type { Knex } from "knex";

/** Times are milliseconds since 1970 (`*_at`); `*_digest` is a keyed digest of a secret; `*_sealed` opens only in its own place. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("key", (table) => {
    table.string("id").primary();
    table.string("purpose").notNullable();
    table.string("alg");
    table.text("public_jwk");
    table.text("private_sealed");
    table.string("status").notNullable();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("retired_at");
    table.index(["purpose", "status"]);
  });

  // What oidc-provider stores, one row for each of its models' records; `id` and `uid` are digests, since they are bearer secrets.
  await knex.schema.createTable("oidc", (table) => {
    table.string("model").notNullable();
    table.string("id").notNullable();
    table.text("payload_sealed").notNullable();
    table.string("grant_id");
    table.string("uid");
    table.string("user_code");
    table.string("account_id");
    table.string("client_id");
    table.bigInteger("saved_at").notNullable();
    table.bigInteger("expires_at");
    table.bigInteger("consumed_at");
    table.primary(["model", "id"]);
    table.index(["grant_id"], "oidc_grant_id", { predicate: knex.whereNotNull("grant_id") });
    table.index(["uid"], "oidc_uid", { predicate: knex.whereNotNull("uid") });
    table.index(["user_code"], "oidc_user_code", { predicate: knex.whereNotNull("user_code") });
    table.index(["account_id"], "oidc_account_id", { predicate: knex.whereNotNull("account_id") });
    table.index(["expires_at"], "oidc_expires_at", { predicate: knex.whereNotNull("expires_at") });
  });

  await knex.schema.createTable("account", (table) => {
    table.string("id").primary();
    table.string("email").notNullable().unique();
    table.string("phone").notNullable().unique();
    table.string("locale").notNullable();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("updated_at").notNullable();
  });
  await knex.schema.createTable("account_wmid", (table) => {
    table.string("wmid").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.bigInteger("created_at").notNullable();
    table.index(["account_id"]);
  });
  // Which of several WMIDs a site sees, as the person chose on the consent page.
  await knex.schema.createTable("wmid_choice", (table) => {
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("client_id").notNullable();
    table.string("wmid").notNullable();
    table.bigInteger("chosen_at").notNullable();
    table.primary(["account_id", "client_id"]);
  });

  // What an account has let a site see, so that it is asked about once and not after each sign-out.
  await knex.schema.createTable("consent", (table) => {
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("client_id").notNullable();
    table.text("scope").notNullable();
    table.bigInteger("given_at").notNullable();
    table.primary(["account_id", "client_id"]);
  });

  await knex.schema.createTable("device", (table) => {
    table.string("id").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("name").notNullable();
    table.string("platform").notNullable();
    table.string("status").notNullable();
    table.text("public_jwk").notNullable();
    table.text("pad_sealed").notNullable();
    table.integer("pad_version").notNullable();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("activated_at");
    table.bigInteger("ended_at");
    table.index(["account_id", "status"]);
  });
  // The `jti` of each device proof that changes something is accepted once.
  await knex.schema.createTable("device_proof", (table) => {
    table.string("id_digest").primary();
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
  });

  await knex.schema.createTable("enrolment", (table) => {
    table.string("id").primary();
    table.string("browser_digest").notNullable().unique();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.string("code_digest").notNullable().unique();
    table.text("code_sealed").notNullable();
    table.string("status").notNullable();
    table.string("device_id");
    table.text("return_to");
    table.bigInteger("created_at").notNullable();
    table.bigInteger("code_expires_at").notNullable();
    table.bigInteger("expires_at").notNullable();
    table.index(["account_id"]);
    table.index(["expires_at"]);
  });

  await knex.schema.createTable("registration", (table) => {
    table.string("browser_digest").primary();
    table.string("email").notNullable();
    table.string("phone").notNullable();
    table.string("stage").notNullable();
    table.string("code_digest");
    table.integer("code_tries").notNullable();
    table.integer("codes_sent").notNullable();
    table.bigInteger("code_expires_at").notNullable();
    table.text("return_to");
    table.string("locale").notNullable();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
  });

  // A challenge for nobody (a decoy) has no account; `subject` is the account's id, or a digest of the identifier.
  await knex.schema.createTable("challenge", (table) => {
    table.string("id").primary();
    table.string("context").notNullable();
    table.string("subject").notNullable();
    table.string("account_id");
    table.string("counter").notNullable();
    table.string("client_id");
    table.string("purpose").notNullable();
    table.string("answered_mode");
    table.string("digits").notNullable();
    table.string("status").notNullable();
    table.integer("tries").notNullable();
    table.string("wrong_digest");
    table.string("device_id");
    table.bigInteger("issued_at").notNullable();
    table.bigInteger("answered_at");
    table.bigInteger("expires_at").notNullable();
    table.index(["context", "issued_at"]);
    table.index(["account_id", "status"]);
    table.index(["expires_at"]);
  });
  // The same digits never come twice to one account: a response that was had beforehand must not fit.
  await knex.schema.createTable("issued_number", (table) => {
    table.string("subject").notNullable();
    table.string("digits").notNullable();
    table.bigInteger("issued_at").notNullable();
    table.primary(["subject", "digits"]);
  });

  await knex.schema.createTable("counter", (table) => {
    table.string("id").primary();
    table.integer("failures").notNullable();
    table.integer("total").notNullable();
    table.integer("locks").notNullable();
    table.bigInteger("locked_until").notNullable();
    table.bigInteger("admitted_until").notNullable();
    table.bigInteger("updated_at").notNullable();
    table.index(["updated_at"]);
  });
  await knex.schema.createTable("throttle", (table) => {
    table.string("id").primary();
    table.integer("count").notNullable();
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
  });
  // A browser that proves the account's e-mail before it is shown another check number.
  await knex.schema.createTable("email_proof", (table) => {
    table.string("context").primary();
    table.string("subject").notNullable();
    table.string("account_id");
    table.string("code_digest");
    table.integer("code_tries").notNullable();
    table.integer("codes_sent").notNullable();
    table.bigInteger("code_expires_at").notNullable();
    table.bigInteger("proven_at");
    table.bigInteger("expires_at").notNullable();
    table.index(["expires_at"]);
  });
  await knex.schema.createTable("known_browser", (table) => {
    table.string("browser_digest").notNullable();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.bigInteger("first_at").notNullable();
    table.bigInteger("last_at").notNullable();
    table.primary(["browser_digest", "account_id"]);
    table.index(["account_id"]);
  });

  await knex.schema.createTable("event", (table) => {
    table.string("id").primary();
    table.string("type").notNullable();
    table.string("account_id");
    table.string("client_id");
    table.string("device_id");
    table.text("detail").notNullable();
    table.bigInteger("at").notNullable();
    table.index(["account_id", "at"]);
    table.index(["at"]);
  });
  await knex.schema.createTable("message", (table) => {
    table.string("id").primary();
    table.string("channel").notNullable();
    table.string("recipient").notNullable();
    table.text("content_sealed");
    table.string("status").notNullable();
    table.integer("attempts").notNullable();
    table.bigInteger("next_at").notNullable();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("ended_at");
    table.index(["status", "next_at"]);
    table.index(["ended_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  const tables = [
    "message",
    "event",
    "known_browser",
    "email_proof",
    "throttle",
    "counter",
    "issued_number",
    "challenge",
    "registration",
    "enrolment",
    "device_proof",
    "device",
    "consent",
    "wmid_choice",
    "account_wmid",
    "account",
    "oidc",
    "key",
  ];
  for (const table of tables) await knex.schema.dropTable(table);
}

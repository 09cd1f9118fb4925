import type { Knex } from "knex";

/** What each account has confirmed under a rule of the policy in a calendar period, and what was raised for a time (docs/policy.md). */
export async function up(knex: Knex): Promise<void> {
  // `id` names account, currency, window, the period's first day in the operator's time zone, and rule; the sum is `whole` and `fraction` of 10^-8.
  await knex.schema.createTable("policy_spent", (table) => {
    table.string("id").primary();
    table.string("account_id").notNullable().references("id").inTable("account").onDelete("CASCADE");
    table.bigInteger("whole").notNullable();
    table.bigInteger("fraction").notNullable();
    table.bigInteger("expires_at").notNullable();
    table.index(["account_id"]);
    table.index(["expires_at"]);
  });

  // More than the policy demands; `until` is null for a person's own switch, which stands until it is confirmed away.
  await knex.schema.createTable("policy_raised", (table) => {
    table.string("id").primary();
    table.string("raised_by").notNullable();
    table.string("demands").notNullable();
    table.string("account_id").references("id").inTable("account").onDelete("CASCADE");
    table.string("client_id");
    table.string("recipient");
    table.text("reason");
    table.bigInteger("created_at").notNullable();
    table.bigInteger("until");
    table.index(["account_id"]);
    table.index(["client_id"]);
    table.index(["recipient"]);
    table.index(["until"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("policy_raised");
  await knex.schema.dropTable("policy_spent");
}

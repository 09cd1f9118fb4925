import type { Knex } from "knex";

/** A person's own switches, one row each however often the button is pressed, and the sites that an account has signed in to. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(
    "CREATE UNIQUE INDEX policy_raised_own ON policy_raised (account_id, demands, COALESCE(client_id, '')) WHERE raised_by = 'person'",
  );
  // A site is looked up for what is demanded of everybody there; what each person demands there is found by the account.
  await knex.schema.alterTable("policy_raised", (table) => {
    table.dropIndex(["client_id"]);
    table.index(["client_id"], "policy_raised_site", { predicate: knex.whereNull("account_id") });
  });
  await knex.schema.raw(
    "CREATE INDEX event_site ON event (account_id, client_id, at) WHERE type IN ('login.accepted', 'consent.given')",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw("DROP INDEX event_site");
  await knex.schema.alterTable("policy_raised", (table) => {
    table.dropIndex(["client_id"], "policy_raised_site");
    table.index(["client_id"]);
  });
  await knex.schema.raw("DROP INDEX policy_raised_own");
}

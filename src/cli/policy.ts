/** The operator's verbs about what is demanded of whom. */
import { randomBytes } from "node:crypto";
import { createAccounts } from "../account/account.ts";
import { createAudit } from "../audit/audit.ts";
import { explain, parseExplained } from "../policy/explain.ts";
import { createOwnDemands } from "../policy/person.ts";
import { createPolicy, type RaisedRow } from "../policy/policy.ts";
import { createRaises } from "../policy/raise.ts";
import { policyLines } from "../policy/table.ts";
import { offeredAcrs } from "../provider/assurance.ts";
import { ownClient } from "../provider/own-client.ts";
import { fail, none, readText, spoken, type Tools, type Verb } from "./tools.ts";

export function policyVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "policy",
      words: "",
      what: "shows what each site's operations demand, and by which rule",
      run: none(() => showPolicy(tools)),
    },
    {
      verb: "explain",
      words: "<file>",
      what: "tells of a request what is demanded, step by step; - reads standard input",
      run: (words) => explainFile(tools, words),
    },
    {
      verb: "raised",
      words: "list | end <id>",
      what: "lists what the security bot demands beyond the policy, or ends one of it",
      run: (words) => raised(tools, words),
    },
  ];
}

async function showPolicy({ settings }: Tools): Promise<void> {
  const { config, clients, policy, operationTypes } = settings();
  console.log(`The policy is ${config.policy}; its days begin at midnight of ${policy.time_zone}.`);
  const all = [...clients, ownClient(config.issuer)];
  for (const line of policyLines({ file: policy, types: operationTypes, clients: all })) console.log(line);
}

function explainFile(tools: Tools, [file, ...more]: readonly string[]): Promise<void> | undefined {
  return file === undefined || more.length > 0 ? undefined : explainOne(tools, file);
}

async function explainOne({ settings, withDatabase }: Tools, file: string): Promise<void> {
  const parsed = parseExplained(readText(file === "-" ? 0 : file));
  if (!parsed.ok)
    return fail(`${spoken(file)} is no request that can be explained (docs/policy.md shows one):`, ...parsed.faults);
  const { config, clients: given, policy: rules, operationTypes: types } = settings();
  const clients = [...given, ownClient(config.issuer)];
  await withDatabase(async (database) => {
    const kernel = { clock: Date.now, random: { bytes: (length: number) => randomBytes(length) } };
    const accounts = createAccounts(kernel);
    const { refused, lines } = await explain(parsed.request, {
      sql: database,
      policy: createPolicy({ clock: Date.now, file: rules, types }),
      types,
      acrs: offeredAcrs({ byCertificate: config.certificateSignIn !== undefined }),
      client(id) {
        const client = clients.find(({ client_id }) => client_id === id);
        if (client === undefined) return undefined;
        const { client_name: name, first_party: firstParty, authorization_details_types: wished } = client;
        return { name, firstParty, types: wished };
      },
      account: async (typed) => (await accounts.named(database, typed))?.id,
      own: (accountId) => createOwnDemands(kernel).of(database, accountId),
    });
    for (const line of lines) console.log(line);
    if (refused) process.exitCode = 1;
  });
}

function raised({ withDatabase }: Tools, [what, id, ...more]: readonly string[]): Promise<void> | undefined {
  if (more.length > 0 || (what === "list") !== (id === undefined) || (what !== "list" && what !== "end"))
    return undefined;
  return withDatabase(async (database) => {
    const kernel = { database, clock: Date.now, random: { bytes: (length: number) => randomBytes(length) } };
    const raises = createRaises({ ...kernel, audit: createAudit(kernel) });
    if (id !== undefined) {
      if (!(await raises.end(id))) return fail(`Nothing that the security bot demands has the id ${id}.`);
      return console.log(`${id} has ended.`);
    }
    const rows = await raises.all(database);
    if (rows.length === 0) console.log("Nothing is demanded beyond the policy.");
    for (const row of rows) console.log(raisedLine(row));
  });
}

function raisedLine({ id, by, demands, about, until, reason }: RaisedRow): string {
  const whom = [
    about.accountId === undefined ? "" : `account ${about.accountId}`,
    about.clientId === undefined ? "" : `site ${about.clientId}`,
    about.recipient === undefined ? "" : `payee ${about.recipient}`,
  ].filter((part) => part !== "");
  const end = until === undefined ? "until it is taken back" : `until ${new Date(until).toISOString()}`;
  return [id, by, demands, whom.join(", "), end, reason?.en ?? ""].join("  ").trimEnd();
}

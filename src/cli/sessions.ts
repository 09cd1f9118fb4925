/** The operator's word on the end of an account's sessions, by itself or with something else that ends. */
import { randomBytes } from "node:crypto";
import { createAccounts } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import { endAnswered } from "../app/answered.ts";
import { createAudit } from "../audit/audit.ts";
import { loadKeys } from "../keys/keys.ts";
import { readMasterKeys } from "../keys/master-key.ts";
import { createLogout, type LogoutPorts } from "../logout/logout.ts";
import type { Sessions, SessionsPorts } from "../provider/sessions.ts";
import { createDigester, createSealer } from "../secrecy.ts";
import { settled } from "../settled.ts";
import { fail, type Tools, type Verb } from "./tools.ts";

export function sessionVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "sessions",
      words: "end <account>",
      what: "signs an account out of every browser, ends what sites were granted there, and has the sites told; an account by e-mail, WMID, phone or id",
      run: (words) => sessions(tools, words),
    },
  ];
}

function sessions(tools: Tools, [what, named, ...more]: readonly string[]): Promise<void> | undefined {
  return what !== "end" || named === undefined || more.length > 0 ? undefined : endSessions(tools, named);
}

/** Sessions as an operator's verb ends them: it only queues what sites are told; whoever runs the server tells them. */
export async function operatorSessions(
  kernel: Omit<SessionsPorts, "audit" | "logout" | "endAnswered"> & Pick<LogoutPorts, "random">,
): Promise<Sessions> {
  const tell = () => Promise.reject(new Error("only the server tells sites"));
  const logout = createLogout({ ...kernel, tell, logger: { warn: () => undefined, error: () => undefined } });
  // Loaded here, since the other verbs do without the engine.
  const { createSessions } = await import("../provider/sessions.ts");
  return createSessions({ ...kernel, audit: createAudit(kernel), logout, endAnswered });
}

async function endSessions(tools: Tools, named: string): Promise<void> {
  const { config, clients } = tools.settings();
  await tools.withDatabase(async (database) => {
    const kernel = { database, clock: Date.now, random: { bytes: (length: number) => randomBytes(length) } };
    const account = await createAccounts(kernel).named(database, named);
    if (account === undefined) return fail(`There is no account ${parseIdentifier(named)?.value ?? named}.`);
    const sealer = createSealer(await readMasterKeys({ ...kernel, source: config.masterKey }), kernel.random);
    const digest = createDigester((await loadKeys({ ...kernel, sealer })).digest);
    const sessions = await operatorSessions({ ...kernel, sealer, digest, clients });
    const first = await sessions.end(account.id, "operator");
    // A request that was in flight has saved its session again by then.
    await settled();
    const second = await sessions.end(account.id, "operator");
    const [ended, sites] = [first.sessions + second.sessions, first.sites + second.sites];
    console.log(`Sessions of ${account.email} that were ended: ${ended}. Sites that the server tells: ${sites}.`);
  });
}

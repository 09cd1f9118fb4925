import Router from "@koa/router";
import type { Context } from "koa";
import { type Clock, DAY, MINUTE, SECOND } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { parseRecipient } from "../e-num/purse.ts";
import { parseText } from "../e-num/text.ts";
import { Fault } from "../errors.ts";
import { type Form, readForm } from "../http/body.ts";
import type { Raises } from "./raise.ts";
import type { Raised } from "./rules.ts";
import type { About } from "./store.ts";

export interface PolicyApiPorts {
  database: Database;
  clock: Clock;
  raises: Raises;
  /** The client that a request authenticates as, by the methods of the token endpoint. */
  authenticate(context: Context, body: URLSearchParams): Promise<string | undefined>;
  /** Whether the operator lets this client raise demands (`security_bot` in the clients file). */
  maySet(clientId: string): boolean;
  isClient(clientId: string): boolean;
  /** The account's id, by e-mail, WMID, phone or `sub`. */
  account(typed: string): Promise<string | undefined>;
}

const DEMANDS = ["operation", "no-sms", "refuse"] as const satisfies readonly Raised["demands"][];
/** A minute is the least that a person would notice; after a month somebody should have looked and written a rule. */
const LEAST = MINUTE / SECOND;
const MOST = (30 * DAY) / SECOND;

/** The security bot's hook: it can raise what is demanded of an account, a site or a payee, for a time, and never lower it. */
export function createPolicyApi(ports: PolicyApiPorts): Router {
  const router = new Router({ prefix: "/policy" });

  router.post("/demands", async (context) => {
    const form = await readForm(context);
    const clientId = await ports.authenticate(context, credentialsOf(form));
    if (clientId === undefined || !ports.maySet(clientId)) {
      context.set("WWW-Authenticate", 'Basic realm="policy"');
      throw new Fault("invalid-client", { detail: "authenticate as a client with security_bot" });
    }
    const about = await aboutOf(form);
    const demands = DEMANDS.find((each) => each === form.get("demands"));
    if (demands === undefined) throw wrong(`demands must be ${DEMANDS.join(" or ")}`);
    const seconds = Number(/^\d{1,7}$/.exec(form.get("seconds"))?.[0]);
    if (!(seconds >= LEAST && seconds <= MOST)) throw wrong(`seconds must be a number from ${LEAST} to ${MOST}`);
    const reason = {
      en: reasonOf(form, "reason"),
      ru: reasonOf(form, form.get("reason_ru") === "" ? "reason" : "reason_ru"),
    };
    const until = ports.clock() + seconds * SECOND;
    const row = await ports.database.transaction((sql) => ports.raises.raise(sql, { about, demands, reason, until }));
    context.status = 201;
    context.body = { id: row.id, until: new Date(until).toISOString() };
  });

  const aboutOf = async (form: Form): Promise<About> => {
    const [typed, site, payee] = [form.get("account"), form.get("site"), form.get("payee")];
    if (typed === "" && site === "" && payee === "") throw wrong("name account, site or payee: one of them at least");
    const accountId = typed === "" ? undefined : await ports.account(typed);
    if (typed !== "" && accountId === undefined) throw wrong("account is none that is here");
    if (site !== "" && !ports.isClient(site)) throw wrong("site is no client's client_id");
    if (payee !== "" && !parseRecipient(payee).ok)
      throw wrong("payee must be a purse such as Z123456789012, or a WMID");
    return {
      accountId,
      clientId: site === "" ? undefined : site,
      recipient: payee === "" ? undefined : payee,
    };
  };
  return router;
}

/** People read it, so it is a line of visible text. */
function reasonOf(form: Form, name: string): string {
  const text = form.get(name);
  if (text.trim() === "" || !parseText(text).ok)
    throw wrong(`${name} must be one line of 1 to 140 visible characters: the person is shown it`);
  return text;
}

function credentialsOf(form: Form): URLSearchParams {
  const names = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];
  return new URLSearchParams(names.map((name) => [name, form.get(name)]).filter(([, value]) => value !== ""));
}

function wrong(detail: string): Fault {
  return new Fault("invalid-request", { detail });
}

import { ok } from "../../e-num/parsed.ts";
import type { OpenRequest, OpenRequests } from "../answers.ts";
import type { DeclineReason } from "../device-client.ts";
import { accountsInTurn, call, changeContents, loadContents } from "./accounts.ts";
import { aligned } from "./lines.ts";
import { done, type Failure, failed, misused, type Outcome } from "./outcome.ts";
import type { PhonePorts } from "./ports.ts";
import type { PhoneAccount } from "./store.ts";

/** A request, and the account on this phone that it is for. */
type Listed = { readonly account: PhoneAccount; readonly request: OpenRequest };

/** What is open for every account on this phone: `requests`. */
export async function requests(ports: PhonePorts): Promise<Outcome<undefined>> {
  const accounts = await accountsInTurn(ports);
  if (!accounts.ok) return accounts;
  const lists = await Promise.all(
    accounts.value.map(async (account) => ({ account, open: await listed(ports, account) })),
  );
  const failures = lists.flatMap(({ account, open }) => (open.ok ? [] : [{ account, open }]));
  const [first] = failures;
  if (first !== undefined && failures.length === lists.length) return first.open;
  for (const { account, open } of failures) ports.terminal.say(`${named(account)}: ${open.sentence}`);
  return show(
    ports,
    lists.flatMap(({ account, open }) => (open.ok ? open.value.requests.map((request) => ({ account, request })) : [])),
    accounts.value.length > 1,
  );
}

/** The list, again whenever it changes, until somebody ends it or no account is left. */
export async function watch(ports: PhonePorts): Promise<Outcome<undefined>> {
  const accounts = await accountsInTurn(ports);
  if (!accounts.ok) return accounts;
  const who = accounts.value.map(({ identifier }) => identifier).join(", ");
  ports.terminal.say(`Watching for requests to ${who} (Ctrl-C ends it).`);
  const several = accounts.value.length > 1;
  const lists = new Map<PhoneAccount, readonly OpenRequest[]>();
  const follow = async (account: PhoneAccount): Promise<Failure> => {
    let cursor: string | undefined;
    for (;;) {
      const open = await listed(ports, account, { after: cursor, signal: AbortSignal.timeout(HELD) });
      if (!open.ok && open.passing === true) {
        // The provider restarts, or the phone has no network for a while.
        await ports.pause(AGAIN);
        continue;
      }
      if (!open.ok) return open;
      if (open.value.cursor === cursor) continue;
      ({ cursor } = open.value);
      lists.set(account, open.value.requests);
      const all = accounts.value.flatMap((one) => (lists.get(one) ?? []).map((request) => ({ account: one, request })));
      const shown = await show(ports, all, several);
      if (!shown.ok) return shown;
    }
  };
  const ends = await Promise.all(
    accounts.value.map(async (account) => {
      const end = await follow(account);
      lists.delete(account);
      // The others are watched further.
      if (several) ports.terminal.say(`${named(account)}: ${end.sentence}`);
      return end;
    }),
  );
  return ends[0] ?? done;
}

/** Milliseconds. */
const AGAIN = 5000;
/** Milliseconds: the provider holds an answer for 25 s; what takes much longer never comes. */
const HELD = 45_000;

const REASONS: readonly DeclineReason[] = ["not_me", "wrong_details", "changed_mind"];

export async function decline(ports: PhonePorts, words: readonly string[]): Promise<Outcome<undefined>> {
  const [which, ...reasonWords] = words;
  if (which === undefined) return misused(`Give the request and why: decline 1 ${REASONS.join(", decline 1 ")}.`);
  const typed = reasonWords.join("_") || (await ports.terminal.ask(`Why (${REASONS.join(", ")})?`));
  const reason = REASONS.find((known) => known === typed?.replaceAll(" ", "_"));
  if (reason === undefined) return misused(`Say why: ${REASONS.join(", ")}.`);
  const found = await find(ports, which);
  if (!found.ok) return found;
  const { account, request } = found.value;
  const asked = await call(ports, account, (credentials) => ports.client.decline(credentials, request.id, reason));
  if (!asked.ok) return asked;
  ports.terminal.say(
    reason === "not_me"
      ? `Declined. All open requests of ${account.identifier} are closed; for a day none of unknown browsers is listed.`
      : `Declined: ${request.client.name} is told so.`,
  );
  return done;
}

/** By its number in the list that was shown last, or by its id; only what is still open, and whichever account of this phone it is for. */
export async function find(ports: PhonePorts, which: string): Promise<Outcome<Listed>> {
  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const accounts = await accountsInTurn(ports);
  if (!accounts.ok) return accounts;
  const isNumber = /^[0-9]{1,2}$/.test(which);
  const numbered = isNumber ? contents.value.listed?.[Number(which) - 1] : undefined;
  if (isNumber && numbered === undefined)
    return failed(`There is no number ${which} in the list: run "requests" to see what is open.`);
  const id = numbered?.request ?? which;
  let refused: Outcome<Listed> = failed(
    "That request is not open any more, or is not listed for this phone: look at the page, or ask the site.",
  );
  for (const account of accounts.value) {
    if (numbered !== undefined && account.device.id !== numbered.device) continue;
    const open = await listed(ports, account);
    if (!open.ok) refused = open;
    const request = open.ok ? open.value.requests.find((one) => one.id === id) : undefined;
    if (request !== undefined) return ok({ account, request });
  }
  return refused;
}

/** Who asks, from where, and whether that browser is known. */
export function requestLines(request: OpenRequest, identifier: string): string[] {
  const { client, kind, origin, binding_message: message, created_at: since, expires_at: until } = request;
  return aligned([
    ["site", client.address === undefined ? client.name : `${client.name} (${client.address})`],
    ["asks", kind === "login" ? `to sign ${identifier} in` : "to confirm an operation"],
    ...(origin === undefined
      ? [["from", "the site itself: it shows you the check number or reads it out"] as const]
      : ([
          ["place", [origin.ip || "unknown", ...(origin.country === undefined ? [] : [origin.country])].join(", ")],
          ["browser", origin.user_agent || "unknown"],
          ["known", origin.known ? "yes: it has signed this account in before" : "NO: it never signed this account in"],
        ] as const)),
    ...(message === undefined ? [] : [["says", message] as const]),
    ["time", `${clock(since)}, open until ${clock(until)}`],
  ]);
}

/** What the provider lists now; with a cursor, when it is another list. */
export async function listed(
  ports: PhonePorts,
  account: PhoneAccount,
  wait: { readonly after?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<Outcome<OpenRequests>> {
  const asked = await call(ports, account, (credentials) => ports.client.requests(credentials, wait));
  return asked.ok ? ok(asked.value.value) : asked;
}

/** `several`: accounts are on this phone, so that each request says for whom it is. */
async function show(ports: PhonePorts, open: readonly Listed[], several: boolean): Promise<Outcome<undefined>> {
  if (open.length === 0) ports.terminal.say("No request is open.");
  for (const [index, { account, request }] of open.entries()) {
    ports.terminal.say(`${index + 1}. ${request.client.name}${several ? `, for ${named(account)}` : ""}`);
    for (const line of requestLines(request, account.identifier)) ports.terminal.say(` ${line}`);
  }
  const shown = open.map(({ account, request }) => ({ device: account.device.id, request: request.id }));
  return changeContents(ports, (contents) => ({ ...contents, listed: shown }));
}

function named({ identifier, issuer }: PhoneAccount): string {
  return `${identifier} at ${issuer}`;
}

function clock(time: string): string {
  return new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

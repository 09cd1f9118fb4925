import { ok } from "../../e-num/parsed.ts";
import type { OpenRequest } from "../answers.ts";
import type { DeclineReason } from "../device-client.ts";
import { call, currentAccount, loadContents, saveContents } from "./accounts.ts";
import { aligned } from "./lines.ts";
import { done, failed, misused, type Outcome } from "./outcome.ts";
import type { PhonePorts } from "./ports.ts";
import type { PhoneAccount } from "./store.ts";

/** What is open at the provider: `requests`. */
export async function requests(ports: PhonePorts): Promise<Outcome<undefined>> {
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  const open = await listed(ports, account.value);
  return open.ok ? show(ports, account.value, open.value.requests) : open;
}

/** The list, again whenever it changes, until somebody ends it. */
export async function watch(ports: PhonePorts): Promise<Outcome<undefined>> {
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  ports.terminal.say(`Watching for requests to ${account.value.identifier} (Ctrl-C ends it).`);
  let cursor: string | undefined;
  for (;;) {
    const open = await listed(ports, account.value, cursor);
    if (!open.ok && open.passing === true) {
      // The provider restarts, or the phone has no network for a while.
      await ports.pause(AGAIN);
      continue;
    }
    if (!open.ok) return open;
    if (open.value.cursor === cursor) continue;
    ({ cursor } = open.value);
    const shown = await show(ports, account.value, open.value.requests);
    if (!shown.ok) return shown;
  }
}

/** Milliseconds. */
const AGAIN = 5000;

const REASONS: readonly DeclineReason[] = ["not_me", "wrong_details", "changed_mind"];

export async function decline(ports: PhonePorts, words: readonly string[]): Promise<Outcome<undefined>> {
  const [which, ...reasonWords] = words;
  if (which === undefined) return misused(`Give the request and why: decline 1 ${REASONS.join(", decline 1 ")}.`);
  const typed = reasonWords.join("_") || (await ports.terminal.ask(`Why (${REASONS.join(", ")})?`));
  const reason = REASONS.find((known) => known === typed?.replaceAll(" ", "_"));
  if (reason === undefined) return misused(`Say why: ${REASONS.join(", ")}.`);
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  const request = await find(ports, account.value, which);
  if (!request.ok) return request;
  const asked = await call(ports, account.value, (credentials) =>
    ports.client.decline(credentials, request.value.id, reason),
  );
  if (!asked.ok) return asked;
  ports.terminal.say(
    reason === "not_me"
      ? `Declined. All open requests of ${account.value.identifier} are closed; for a day none of unknown browsers is listed.`
      : `Declined: ${request.value.client.name} is told so.`,
  );
  return done;
}

/** By its number in the list that was shown last, or by its id; only what is still open. */
export async function find(ports: PhonePorts, account: PhoneAccount, which: string): Promise<Outcome<OpenRequest>> {
  const id = /^[0-9]{1,2}$/.test(which) ? account.listed?.[Number(which) - 1] : which;
  if (id === undefined) return failed(`There is no number ${which} in the list: run "requests" to see what is open.`);
  const open = await listed(ports, account);
  if (!open.ok) return open;
  const found = open.value.requests.find((request) => request.id === id);
  return found === undefined
    ? failed("That request is not open any more, or is not listed for this phone: look at the page.")
    : ok(found);
}

/** Who asks, from where, and whether that browser is known. */
export function requestLines(request: OpenRequest, identifier: string): string[] {
  const { client, kind, origin, binding_message: message, created_at: since, expires_at: until } = request;
  return aligned([
    ["site", `${client.name} (${client.id})`],
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
export async function listed(ports: PhonePorts, account: PhoneAccount, after?: string) {
  const asked = await call(ports, account, (credentials) => ports.client.requests(credentials, { after }));
  return asked.ok ? ok(asked.value.value) : asked;
}

async function show(
  ports: PhonePorts,
  account: PhoneAccount,
  open: readonly OpenRequest[],
): Promise<Outcome<undefined>> {
  if (open.length === 0) ports.terminal.say("No request is open.");
  for (const [index, request] of open.entries()) {
    ports.terminal.say(`${index + 1}. ${request.client.name}`);
    for (const line of requestLines(request, account.identifier)) ports.terminal.say(` ${line}`);
  }
  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const accounts = contents.value.accounts.map((other) =>
    other.device.id === account.device.id ? { ...other, listed: open.map(({ id }) => id) } : other,
  );
  return saveContents(ports, { ...contents.value, accounts });
}

function clock(time: string): string {
  return new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

import { z } from "zod";
import { parseFile } from "../config/file-faults.ts";
import type { Sql } from "../database/database.ts";
import type { OperationTypes } from "../operation/operation.ts";
import {
  type Acr,
  assess,
  CERTIFICATE,
  demandedAcrs,
  keysDemanded,
  LOGIN,
  namesSms,
  PASSKEY,
  parseAcr,
  SMS,
} from "../provider/assurance.ts";
import type { OwnDemand, Policy } from "./policy.ts";

/** Says of a request what it demands, step by step, and which rule decided: `enum-id explain`. Nothing is kept, nobody is told. */

const seconds = z.int().min(0);

/** A request as a site would send it, and who would answer it. */
const request = z.strictObject({
  client_id: z.string(),
  scope: z.string().default(""),
  acr_values: z.string().exactOptional(),
  prompt: z.string().exactOptional(),
  max_age: seconds.exactOptional(),
  authorization_details: z.array(z.unknown()).exactOptional(),
  /** E-mail of the account that would answer. */
  account: z.string().exactOptional(),
  /** How long ago it signed in at this browser; left out where it has not. */
  signed_in_seconds: seconds.exactOptional(),
  /** By a response, or by a code that was sent by SMS. */
  signed_in_by: z.enum(["login", "sms"]).default("login"),
});

export type ExplainedRequest = z.output<typeof request>;

export interface ExplainPorts {
  sql: Sql;
  policy: Policy;
  types: OperationTypes;
  /** What a sign-in can reach here. */
  acrs: readonly Acr[];
  client(id: string): { name: string; firstParty: boolean; types: readonly string[] } | undefined;
  /** The account's id, by what identifies it. */
  account(identifier: string): Promise<string | undefined>;
  /** What the account's owner demands beyond the policy. */
  own(accountId: string): Promise<OwnDemand[]>;
}

/** Faults are sentences that begin with the member. */
export function parseExplained(
  text: string,
): { readonly ok: true; readonly request: ExplainedRequest } | { readonly ok: false; readonly faults: string[] } {
  const read = parseFile(text, request);
  return read.ok ? { ok: true, request: read.file } : read;
}

/** `refused`: the request leads to no token, and the last line says why. */
export async function explain(
  asked: ExplainedRequest,
  ports: ExplainPorts,
): Promise<{ refused: boolean; lines: string[] }> {
  const lines: string[] = [];
  const refuse = (line: string) => ({ refused: true, lines: [...lines, line] });
  const client = ports.client(asked.client_id);
  if (client === undefined) return refuse(`There is no client ${asked.client_id}: refused.`);
  lines.push(
    `${asked.client_id} is ${client.name}, ${client.firstParty ? "a first-party site: no consent is asked for" : "a site that asks for consent"}.`,
  );
  const accountId = asked.account === undefined ? undefined : await ports.account(asked.account);
  if (asked.account !== undefined && accountId === undefined)
    return refuse("There is no such account: its pages are those of any other, and no response fits.");
  const own = accountId === undefined ? [] : await ports.own(accountId);
  lines.push(...own.map(ownLine));
  const { acrs } = ports;
  const about = { asked, accountId, own, acrs, openid: asked.scope.split(" ").includes("openid"), lines, refuse };
  return asked.authorization_details === undefined
    ? explainLogin(about)
    : explainOperation(about, asked.authorization_details, client.types, ports);
}

interface Explained {
  asked: ExplainedRequest;
  accountId: string | undefined;
  own: readonly OwnDemand[];
  acrs: readonly Acr[];
  openid: boolean;
  lines: string[];
  refuse(line: string): { refused: boolean; lines: string[] };
}

function ownLine({ demands, clientId = "" }: OwnDemand): string {
  switch (demands) {
    case "no-sms":
      return "The account's owner has switched on: no codes by SMS.";
    case "operation":
      return "The account's owner has switched on: what has an amount is scanned.";
    case "login":
      return `The account's owner has switched on: a response at every sign-in to ${clientId}.`;
    default:
      return demands satisfies never;
  }
}

function explainLogin({ asked, own, acrs, lines, refuse }: Explained): { refused: boolean; lines: string[] } {
  const { signed_in_seconds: age } = asked;
  const reached = reachedBy(asked);
  lines.push(
    reached === undefined ? "Nobody is signed in at this browser." : `Signed in ${age} s ago, at ${reached}.`,
    ...demandLines(asked),
  );
  const demanded = demandedAcrs({ acrValues: asked.acr_values, claim: undefined });
  const assurance = assess(demanded, reached, acrs);
  if (assurance.kind === "impossible")
    return refuse("None of them can be met by a login: refused with unmet_authentication_requirements.");
  const fresh = freshness(asked, own);
  if (fresh !== undefined) lines.push(fresh);
  const needed = assurance.kind === "login" || fresh !== undefined;
  if (needed && asked.prompt === "none")
    return refuse(
      assurance.kind === "login" && reached !== undefined && demanded !== undefined
        ? "prompt is none: refused with unmet_authentication_requirements."
        : "prompt is none: refused with login_required.",
    );
  lines.push(
    needed
      ? `Demanded: ${signInLine(asked, own, acrs)}.`
      : `Demanded: nothing. The token says ${assurance.kind === "met" ? assurance.acr : LOGIN}.`,
  );
  return { refused: false, lines };
}

async function explainOperation(
  { asked, accountId, openid, lines, refuse }: Explained,
  details: readonly unknown[],
  allowed: readonly string[],
  { sql, policy, types }: ExplainPorts,
): Promise<{ refused: boolean; lines: string[] }> {
  const [element, ...more] = details;
  if (element === undefined || more.length > 0)
    return refuse("One request confirms one operation: refused with invalid_authorization_details.");
  const parsed = types.parse(element);
  if (!parsed.ok) return refuse(`${parsed.member}: ${parsed.reason}. Refused with invalid_authorization_details.`);
  const { operation } = parsed;
  if (!allowed.includes(operation.type))
    return refuse(
      `${operation.type} is not among the client's authorization_details_types: refused with invalid_authorization_details.`,
    );
  if (asked.prompt === "none") return refuse("A person confirms: prompt=none is refused with interaction_required.");
  if (asked.acr_values !== undefined && !openid)
    return refuse("acr_values needs the scope openid: refused with invalid_request.");
  lines.push(...demandLines(asked));
  const acrRequest = { acrValues: asked.acr_values, claim: undefined };
  const demanded = demandedAcrs(acrRequest);
  const names = namesSms(acrRequest);
  if (demanded !== undefined && !demanded.some((value) => parseAcr(value) !== undefined))
    return refuse("None of these is known here: refused with unmet_authentication_requirements.");
  lines.push(whoAnswers(asked, openid));
  const decision = await policy.decide(sql, { clientId: asked.client_id, operation, accountId });
  lines.push(...decision.steps);
  if (decision.kind === "confirm" && (decision.sms || names)) lines.push(codeLine(decision.sms, names));
  return { refused: decision.kind === "refused", lines };
}

/** What the session has; undefined where there is none. */
function reachedBy({ signed_in_seconds: age, signed_in_by: by }: ExplainedRequest): Acr | undefined {
  if (age === undefined) return undefined;
  return by === "sms" ? SMS : LOGIN;
}

/** What signs the person in; where they want a response at each sign-in to this site, no key does. */
function signInLine(asked: ExplainedRequest, own: readonly OwnDemand[], acrs: readonly Acr[]): string {
  const responseAlone = own.some(({ demands, clientId }) => demands === "login" && clientId === asked.client_id);
  const keys = keysDemanded({ acrValues: asked.acr_values, claim: undefined }, acrs).map(keyName);
  if (keys.length > 0)
    return `${keys.join(" or ")}${responseAlone ? ", which is not taken for this account here" : ""}`;
  const taken = acrs.includes(CERTIFICATE) ? ", a passkey or a certificate" : " or a passkey";
  return `a login, with a response to login${responseAlone ? "" : taken}${smsLine(asked, own)}`;
}

function keyName(acr: Acr): string {
  return acr === PASSKEY ? "a passkey" : "a certificate";
}

/** A site that does not name it gets a response. */
function smsLine({ acr_values: acrValues, client_id: clientId }: ExplainedRequest, own: readonly OwnDemand[]): string {
  if (!namesSms({ acrValues, claim: undefined })) return "";
  const isAgainst = ({ demands, clientId: site }: OwnDemand) =>
    demands === "no-sms" || (demands === "login" && site === clientId);
  return own.some(isAgainst) ? "; a code by SMS is not taken for this account here" : ", or a code by SMS";
}

/** The last word on a code by SMS: the policy's and the request's together. */
function codeLine(taken: boolean, names: boolean): string {
  if (!taken) return "acr_values names a code by SMS, which is not enough here: a response alone confirms it.";
  return names
    ? "acr_values names a code by SMS: it confirms this, by its own code."
    : "acr_values names no code by SMS: a response alone confirms it.";
}

function demandLines({ acr_values: values }: ExplainedRequest): string[] {
  if (values === undefined) return ["The site asks for no acr."];
  const listed = values.split(" ").filter((value) => value !== "");
  return listed.map(
    (value, index) =>
      `acr_values, ${index + 1}: ${value}${parseAcr(value) === undefined ? " is not known here and is skipped" : ""}.`,
  );
}

/** Why a login that is there is not enough. */
function freshness(
  { client_id: clientId, prompt, max_age: most, signed_in_seconds: age }: ExplainedRequest,
  own: readonly OwnDemand[],
): string | undefined {
  if (prompt?.split(" ").includes("login") === true) return "prompt=login asks for a new one.";
  if (age !== undefined && own.some((one) => one.demands === "login" && one.clientId === clientId))
    return "The account's owner is asked at every sign-in here: a new one.";
  if (most === undefined || age === undefined || age <= most) return undefined;
  return `max_age is ${most} s, and the login is ${age} s old: a new one.`;
}

function whoAnswers(
  { signed_in_seconds: age, signed_in_by: by, acr_values: acrValues, account }: ExplainedRequest,
  openid: boolean,
): string {
  if (by === "sms" && age !== undefined && openid && !namesSms({ acrValues, claim: undefined }))
    return `Signed in ${age} s ago by SMS, which this request does not name, and openid asks for a sign-in: a response comes first.`;
  if (age !== undefined)
    return `Signed in ${age} s ago: only that account can confirm, with one response, which answers prompt=login and max_age as well.`;
  const whose = account === undefined ? "" : ` As ${account}:`;
  return openid
    ? `Nobody is signed in, and openid asks for it: the login comes first, and its response confirms nothing.${whose}`
    : `Nobody is signed in: identifier and one response, and no session is left.${whose}`;
}

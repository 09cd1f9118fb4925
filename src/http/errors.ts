import type { Context, Middleware } from "koa";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { catalogue, type ErrorCode, Fault } from "../errors.ts";
import type { Pages } from "./page.ts";
import type { ErrorPageCode } from "./views.ts";

const PAGE_CODES: Partial<Record<ErrorCode, ErrorPageCode>> = {
  "invalid-request": "bad-request",
  "not-found": "not-found",
  "method-not-allowed": "method",
  "too-large": "too-large",
  "wrong-host": "wrong-host",
  "too-many": "too-many",
  "session-lost": "session-lost",
  "cross-site": "cross-site",
  "site-error": "site-error",
  "site-gone": "site-gone",
  unavailable: "unavailable",
};

/** As much of a fault as a line of the log holds: a body that is wrong in a thousand members names them all. */
const LOGGED = 500;

export interface ErrorPorts {
  pages: Pages;
  logger: Logger;
  issuer: string;
  clock: Clock;
  /** Asked by machines. */
  probes: readonly string[];
  /** Where programs alone speak OAuth. */
  oauth: readonly string[];
}

/** The one place that turns what was thrown into a page, for a program into a problem document (RFC 9457), or into an error of OAuth (RFC 6749). */
export function errorBoundary(ports: ErrorPorts): Middleware {
  return async (context, next) => {
    try {
      await next();
      if (context.status === 404 && context.body === undefined && context.respond !== false)
        throw new Fault("not-found");
      if (context.status === 405 || context.status === 501) throw otherMethod(context);
    } catch (thrown) {
      const fault = toFault(thrown);
      const said = fault.detail === undefined ? fault.code : `${fault.code}: ${fault.detail}`;
      context.state["fault"] = said.slice(0, LOGGED);
      if (fault.status >= 500)
        ports.logger.error({ reference: context.state["reference"], err: describeCause(fault) }, fault.message);
      if (fault.retryAfter !== undefined) context.set("Retry-After", String(fault.retryAfter));
      context.vary("Accept");
      SHOWN[formOf(context, fault, ports)](context, fault, ports);
    }
  };
}

/** The router refuses a method that it knows nowhere, such as TRACE, at any address: where nothing is mounted, no other will do either. */
function otherMethod(context: Context): Fault {
  const allowed = context.response.get("Allow");
  if (allowed !== "") return new Fault("method-not-allowed", { detail: `use ${allowed}` });
  context.remove("Allow");
  return new Fault("not-found");
}

const SHOWN = { page: showPage, problem: showProblem, oauth: showOAuthError } as const;

/** A browser asks for HTML by name (Fetch, section 4.1); who takes anything, or says nothing, gets what a program reads where there is no page anyway. */
function formOf(context: Context, { code }: Fault, { oauth, probes }: ErrorPorts): keyof typeof SHOWN {
  if (isForPrograms(context) || probes.includes(context.path)) return "problem";
  const json = ["json", PROBLEM];
  const browses = context.accepts([...json, "html"]) === "html";
  if (oauth.includes(context.path)) return browses ? "page" : "oauth";
  if (code === "not-found") return browses ? "page" : "problem";
  const best = context.accepts(["html", ...json]);
  return best === "html" || best === false ? "page" : "problem";
}

const PROBLEM = "application/problem+json";
/** Of a device's own scheme (PROTOCOL 6): a 401 names how one shows who one is (RFC 9110 section 15.5.2), and no browser asks people for it. */
const OF_DEVICES: ReadonlySet<string> = new Set(["invalid-proof", "device-revoked"]);

function isForPrograms(context: Context): boolean {
  return (
    /^\/(device\/v1|storage\/v1|wmid\/v1|policy|sms)(\/|$)/.test(context.path) ||
    /^\/(confirmations\/(jwks|.*receipt)|enrolment\/same-browser)$/.test(context.path)
  );
}

/** Everything unexpected is the server's own error, but a database that cannot be reached is one that passes. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (isUnstorable(thrown))
    return new Fault("invalid-request", { detail: "a value cannot be stored as text", cause: thrown });
  return new Fault(isOutage(thrown) ? "unavailable" : "server-error", {
    cause: thrown,
    ...(isOutage(thrown) ? { retryAfter: 2 } : {}),
  });
}

/** PostgreSQL takes no NUL (22021; in JSON 22P05), SQLite does; we write none ourselves, so that one can only have been sent to us. */
function isUnstorable(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "22021" || thrown.code === "22P05");
}

/** PostgreSQL's class 57P (shutdown), class 08 (connection), the sockets' own codes, and a pool that waited in vain. */
function isOutage(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code = "code" in thrown ? String(thrown.code) : "";
  return (
    /^(57P0\d|08\d{3}|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|SQLITE_BUSY)$/.test(code) ||
    thrown.name === "KnexTimeoutError" ||
    /connection terminated|connection ended|Connection was closed/i.test(thrown.message)
  );
}

/** What the log may hold of an unexpected error: never its SQL with bindings. */
function describeCause(fault: Fault): object {
  const { cause } = fault;
  if (!(cause instanceof Error)) return { name: fault.name };
  const code = "code" in cause ? String(cause.code) : undefined;
  return {
    name: cause.name,
    code,
    stack: cause.stack
      ?.split("\n")
      .filter((line) => line.trimStart().startsWith("at "))
      .slice(0, 8),
  };
}

/** As oidc-provider itself answers there (RFC 6749 section 5.2, and section 4.1.2.1 for what is our own fault). */
function showOAuthError(context: Context, fault: Fault): void {
  const ours = fault.code === "unavailable" ? "temporarily_unavailable" : "server_error";
  context.status = fault.status;
  context.body = { error: fault.status >= 500 ? ours : "invalid_request", error_description: fault.message };
}

function showProblem(context: Context, fault: Fault, ports: { clock: Clock }): void {
  context.status = fault.status;
  if (OF_DEVICES.has(fault.code)) context.set("WWW-Authenticate", "Device");
  context.body = {
    type: `urn:e-num:problem:${fault.code}`,
    title: catalogue[fault.code].message,
    status: fault.status,
    ...(fault.detail === undefined ? {} : { detail: fault.detail }),
    ...(fault.retryAfter === undefined ? {} : { retry_after: fault.retryAfter }),
    ...(fault.triesLeft === undefined ? {} : { tries_left: fault.triesLeft }),
    ...(fault.code === "invalid-proof" ? { now: new Date(ports.clock()).toISOString() } : {}),
  };
  context.type = PROBLEM;
}

function showPage(context: Context, fault: Fault, ports: { pages: Pages; issuer: string }): void {
  const code = PAGE_CODES[fault.code] ?? "server-error";
  const reference = String(context.state["reference"] ?? "");
  const detail = fault.code === "site-error" && fault.detail !== undefined ? { detail: fault.detail } : {};
  const host = code === "wrong-host" ? { host: new URL(ports.issuer).host } : {};
  // Whose address is wrong has no page to go back to.
  const way = code === "not-found" || code === "site-gone" ? { code, next: `${ports.issuer}/` } : { code };
  ports.pages.show(context, "error/error", { ...way, reference, ...detail, ...host }, { status: fault.status });
}

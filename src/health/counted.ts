/** Rooms as they are, with what they do counted on the way: they themselves know nothing of figures. */
import type { Middleware } from "koa";
import type { Challenges } from "../challenge/challenge.ts";
import type { Codes } from "../code/code.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Holding, onEnd } from "../http/holding.ts";
import type { Login } from "../login/login.ts";
import { segmentsOf } from "../messaging/gsm.ts";
import type { DeliveryReports } from "../messaging/reports.ts";
import type { Transports } from "../messaging/transports.ts";
import type { Metrics } from "./metrics.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const VERBS = new Set(["select", "insert", "update", "delete"]);

/** By the route's pattern, never by the path: a path has ids, and strangers choose it. */
export function countRequests(metrics: Pick<Metrics, "request">, holding: Holding): Middleware {
  return async (context, next) => {
    const started = holding.begun(context);
    const silence = onEnd(context, () => {
      const method = METHODS.has(context.method) ? context.method : "other";
      metrics.request(routeOf(context), method, context.res.statusCode, (performance.now() - started) / 1000);
    });
    await next();
    if (holding.isHeld(context)) silence();
  };
}

/** Our router's and oidc-provider's own say it alike; `assets`, and `none` for what was not found or refused before. */
function routeOf(context: { path: string; [name: string]: unknown }): string {
  const { _matchedRoute: pattern } = context;
  if (typeof pattern === "string") return pattern;
  return context.path.startsWith("/assets/") ? "assets" : "none";
}

export function countLogins(login: Login, metrics: Pick<Metrics, "login">): Login {
  return {
    ...login,
    async answer(...given) {
      const verdict = await login.answer(...given);
      // A double click is one sign-in.
      if (verdict.kind !== "accepted" || verdict.judged) metrics.login(verdict.kind);
      return verdict;
    },
    async answerPasskey(...given) {
      const verdict = await login.answerPasskey(...given);
      if (verdict.kind === "right" && !verdict.done.demandsResponse) metrics.login("accepted");
      return verdict;
    },
    async answerCertificate(...given) {
      const verdict = await login.answerCertificate(...given);
      if (verdict.kind === "right" && !verdict.done.demandsResponse) metrics.login("accepted");
      return verdict;
    },
    async decline(...given) {
      await login.decline(...given);
      metrics.login("declined");
    },
  };
}

export function countAnswers(challenges: Challenges, metrics: Pick<Metrics, "challengeAnswer">): Challenges {
  return {
    ...challenges,
    async answer(...given) {
      const answered = await challenges.answer(...given);
      given[0].afterwards(() => metrics.challengeAnswer(answered.verdict.kind));
      return answered;
    },
  };
}

/** Codes by SMS that were asked for and tried; whether one was sent for nobody's account is not told apart. */
export function countCodes(codes: Codes, metrics: Pick<Metrics, "smsCode">): Codes {
  return {
    ...codes,
    async send(...given) {
      const sent = await codes.send(...given);
      given[0].afterwards(() => metrics.smsCode(given[1].purpose, sent.kind));
      return sent;
    },
    async answer(...given) {
      const answered = await codes.answer(...given);
      given[0].afterwards(() => metrics.smsCode(given[2].purpose, answered.verdict.kind));
      return answered;
    },
  };
}

/** The same of answers that phones send by themselves. */
export function countPhoneAnswers(metrics: Pick<Metrics, "challengeAnswer" | "login">) {
  return (purpose: "login" | "operation", verdict: string, judged: boolean): void => {
    if (verdict !== "declined") metrics.challengeAnswer(verdict);
    if (purpose === "login" && judged) metrics.login(verdict);
  };
}

/** What a gateway has taken, as it is paid for. */
export function countSms(transports: Transports, metrics: Pick<Metrics, "smsSegments">): Transports {
  const { sms } = transports;
  if (sms === undefined) return transports;
  return {
    ...transports,
    async sms(message) {
      await sms(message);
      metrics.smsSegments(segmentsOf(message.text));
    },
  };
}

/** A report that is repeated counts once. */
export function countReports(reports: DeliveryReports, metrics: Pick<Metrics, "smsReport">): DeliveryReports {
  return {
    async record(token, state) {
      const verdict = await reports.record(token, state);
      if (verdict !== "known") metrics.smsReport(verdict === "recorded" ? state : "unknown");
      return verdict;
    },
  };
}

export function measureDatabase(
  database: Database,
  metrics: Pick<Metrics, "statement" | "unawaited" | "databaseError">,
): Database {
  const counted = new WeakSet<object>();
  const count = (error: unknown): never => {
    if (error instanceof Error) counted.add(error);
    metrics.databaseError(codeOf(error));
    throw error;
  };
  /** A transaction fails with its work, which may fail for its own reasons, or with a statement of it that is counted already. */
  const countOfTransaction = (error: unknown): never => {
    if (error instanceof Error && !counted.has(error) && codeOf(error) !== OTHER) return count(error);
    throw error;
  };
  const timed = async <T>(statement: string, work: Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await work;
    } catch (error) {
      return count(error);
    } finally {
      metrics.statement(verbOf(statement), (performance.now() - started) / 1000);
    }
  };
  const measured = (sql: Sql): Sql => ({
    engine: sql.engine,
    rows: (statement, bindings) => timed(statement, sql.rows(statement, bindings)),
    first: (statement, bindings) => timed(statement, sql.first(statement, bindings)),
    run: (statement, bindings) => timed(statement, sql.run(statement, bindings)),
    afterwards: sql.afterwards,
  });
  return {
    ...database,
    ...measured(database),
    transaction: (work) =>
      database
        .transaction((sql) => {
          const run: Sql["run"] = (statement, bindings) => {
            metrics.unawaited(verbOf(statement));
            return sql.run(statement, bindings);
          };
          return work({ ...measured(sql), run });
        })
        .catch(countOfTransaction),
  };
}

function verbOf(statement: string): string {
  // All four are of six letters.
  const verb = statement.trimStart().slice(0, 6).toLowerCase();
  return VERBS.has(verb) ? verb : OTHER;
}

const OTHER = "other";

/** SQLSTATE, or SQLite's and the sockets' names; what else there is has no bound, so it is one. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return OTHER;
  if (error.name === "KnexTimeoutError") return "pool-timeout";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return /^([0-9A-Z]{5}|SQLITE_[A-Z_]{1,30}|E[A-Z]{3,20})$/.test(code) ? code : OTHER;
}

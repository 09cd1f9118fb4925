import type { IncomingMessage, ServerResponse } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Sql } from "../database/database.ts";
import { within } from "./health.ts";

/** The figures of this process. Labels have few values each, all ours: no id, no address, nothing of a person's. */
export interface Metrics {
  request(route: string, method: string, status: number, seconds: number): void;
  login(verdict: string): void;
  challengeAnswer(verdict: string): void;
  smsSegments(count: number): void;
  /** Of codes for a sign-in or an operation: what has become of asking for one, or of trying one. */
  smsCode(purpose: "login" | "operation", verdict: string): void;
  /** `state`: buffered, failed, delivered, or unknown. */
  smsReport(state: string): void;
  /** `outcome`: sent, gone, refused, failed, limited or dropped. */
  push(outcome: string): void;
  /** `verb`: the statement's first word. Waiting for a connection is in it. */
  statement(verb: string, seconds: number): void;
  /** One that its transaction does not wait for, so that nobody knows how long it takes. */
  unawaited(verb: string): void;
  databaseError(code: string): void;
  /** How many phones this process holds a request of, asked at each scrape. */
  watchPhones(waiting: () => number): void;
  /** Memory, event loop, garbage: watched from now on, once in a process. */
  watchProcess(): void;
  /** Prometheus' text format, version 0.0.4. */
  text(): Promise<string>;
  contentType: string;
}

/** A page from memory takes a millisecond, a login's answer a few, a phone that is waited for up to half a minute. */
const REQUEST_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30];
const STATEMENT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10];
/** A scrape is not held up by a database that hangs; the outbox's figures are missing from it then. */
const PATIENCE = 1500;

const WAITING = `
  SELECT channel AS kind, status, COUNT(*) AS rows FROM message WHERE status IN ('waiting', 'failed') GROUP BY channel, status
  UNION ALL
  SELECT 'logout' AS kind, status, COUNT(*) AS rows FROM logout_notice WHERE status IN ('waiting', 'given-up') GROUP BY status`;

export function createMetrics({ database }: { database: Pick<Sql, "rows"> }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: "enum_id_http_request_seconds",
    help: "Requests by route, method and status, in seconds to the end of the answer",
    labelNames: ["route", "method", "status"],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const logins = new Counter({
    name: "enum_id_logins_total",
    help: "Responses to check numbers of sign-ins, by verdict; declined ones as well",
    labelNames: ["verdict"],
    registers,
  });
  const answers = new Counter({
    name: "enum_id_challenge_answers_total",
    help: "Responses to check numbers, of sign-ins and enrolments, by verdict",
    labelNames: ["verdict"],
    registers,
  });
  const segments = new Counter({
    name: "enum_id_sms_segments_total",
    help: "SMS that the gateway took, by the parts in which they go and are paid for",
    registers,
  });
  const codes = new Counter({
    name: "enum_id_sms_codes_total",
    help: "Codes by SMS for sign-ins and operations: asked for (sent, too-soon, too-many) and tried (the other verdicts)",
    labelNames: ["purpose", "verdict"],
    registers,
  });
  const reports = new Counter({
    name: "enum_id_sms_reports_total",
    help: "What the gateway said of SMS that it took, by state; each once",
    labelNames: ["state"],
    registers,
  });
  const pushes = new Counter({
    name: "enum_id_pushes_total",
    help: "Pushes to phones, by outcome; limited ones were too many for their account, dropped ones for this process",
    labelNames: ["outcome"],
    registers,
  });
  const statements = new Histogram({
    name: "enum_id_database_seconds",
    help: "Statements by their first word, in seconds, waiting for a connection included",
    labelNames: ["statement"],
    buckets: STATEMENT_SECONDS,
    registers,
  });
  const unawaited = new Counter({
    name: "enum_id_database_unawaited_total",
    help: "Statements by their first word that their transactions did not wait for, and that have no time of their own",
    labelNames: ["statement"],
    registers,
  });
  const errors = new Counter({
    name: "enum_id_database_errors_total",
    help: "Statements that failed, by the database's code",
    labelNames: ["code"],
    registers,
  });
  // Looked up once: labels that are hashed each time cost more than the observation.
  const timed = lookedUp((verb) => statements.labels(verb));
  const untimed = lookedUp((verb) => unawaited.labels(verb));
  const routes = new Map<string, ReturnType<typeof requests.labels>>();
  const outbox = outboxGauges(registry, database);

  return {
    contentType: registry.contentType,
    request(route, method, status, seconds) {
      const name = `${method} ${route} ${status}`;
      const child = routes.get(name) ?? requests.labels(route, method, String(status));
      routes.set(name, child);
      child.observe(seconds);
    },
    login: (verdict) => logins.inc({ verdict }),
    challengeAnswer: (verdict) => answers.inc({ verdict }),
    smsSegments: (count) => segments.inc(count),
    smsCode: (purpose, verdict) => codes.inc({ purpose, verdict }),
    smsReport: (state) => reports.inc({ state }),
    push: (outcome) => pushes.inc({ outcome }),
    statement: (verb, seconds) => timed(verb).observe(seconds),
    unawaited: (verb) => untimed(verb).inc(),
    databaseError: (code) => errors.inc({ code }),
    watchPhones(waiting) {
      new Gauge({
        name: "enum_id_phones_waiting",
        help: "Phones whose request for news this process holds",
        registers,
        collect() {
          this.set(waiting());
        },
      });
    },
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    async text() {
      await outbox();
      return registry.metrics();
    },
  };
}

function lookedUp<Child>(labels: (verb: string) => Child): (verb: string) => Child {
  const children = new Map<string, Child>();
  return (verb) => {
    const child = children.get(verb) ?? labels(verb);
    children.set(verb, child);
    return child;
  };
}

/** What waits and what was given up, as the database has it: the same from every node. */
function outboxGauges(registry: Registry, database: Pick<Sql, "rows">): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ["kind"], registers: [registry] });
  const waiting = gauge("enum_id_outbox_waiting", "Mails, SMS and notices of logout that wait to be sent");
  const failed = gauge("enum_id_outbox_given_up", "Those that were given up in the last seven days");
  return async () => {
    const read = database.rows<{ kind: string; status: string; rows: number }>(WAITING).catch(() => undefined);
    const rows = await within(PATIENCE, read, undefined);
    waiting.reset();
    failed.reset();
    if (rows === undefined) return;
    for (const kind of ["mail", "sms", "logout"]) {
      const count = (isWaiting: boolean) =>
        rows.find((row) => row.kind === kind && (row.status === "waiting") === isWaiting)?.rows ?? 0;
      waiting.set({ kind }, count(true));
      failed.set({ kind }, count(false));
    }
  };
}

/** Answers `GET /metrics` and nothing else; it listens on an address of its own, which the public does not reach. */
export function metricsListener(metrics: Pick<Metrics, "text" | "contentType">) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const found = request.url?.split("?")[0] === "/metrics";
    const allowed = request.method === "GET" || request.method === "HEAD";
    if (!found || !allowed) {
      response.writeHead(found ? 405 : 404, found ? { allow: "GET, HEAD" } : {}).end();
      return;
    }
    try {
      const text = await metrics.text();
      response.writeHead(200, { "content-type": metrics.contentType, "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : text);
    } catch {
      response.writeHead(500).end();
    }
  };
}

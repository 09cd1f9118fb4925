import type { Audit } from "../audit/audit.ts";
import type { DeviceChallenges, DeviceRequest, DeviceVerdict } from "../challenge/on-device.ts";
import type { Clock } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Device } from "../device/device.ts";
import type { Challenge, Response } from "../e-num/challenge.ts";
import { type Counter, isSite } from "../limits/limits.ts";
import type { Notices } from "../notice/notice.ts";
import { type Approvers, NotApproved } from "./request.ts";
import { verifyAnswer } from "./signature.ts";

export interface GivenAnswer {
  challenge: Challenge;
  response: Response;
  signature: string | undefined;
}

export type AnswerVerdict =
  | DeviceVerdict
  | { kind: "not-found" }
  /** The browser never signed this account in: the person types the response there. */
  | { kind: "typed-only" }
  | { kind: "bad-signature"; detail: string }
  | { kind: "not-approved"; reason: NotApproved["reason"] };

export type AnswerRequest = (device: Device, id: string, given: GivenAnswer) => Promise<AnswerVerdict>;

export interface AnswerPorts {
  database: Database;
  clock: Clock;
  challenges: Pick<DeviceChallenges, "find" | "answer" | "end">;
  approvers: Approvers;
  knownCounters(sql: Sql, accountId: string): Promise<ReadonlySet<Counter>>;
  lockedOut: TellLocked;
  audit: Audit;
  issuer: string;
  /** For figures. */
  onVerdict(purpose: DeviceRequest["purpose"], verdict: AnswerVerdict): void;
}

/** An answer over the device API (PROTOCOL 6): what follows from a right one is kept in the same transaction. */
export function createAnswerRequest(ports: AnswerPorts): AnswerRequest {
  const { database, challenges } = ports;

  const judge = async (
    sql: Sql,
    device: Device,
    request: DeviceRequest,
    { challenge, response, signature }: GivenAnswer,
  ): Promise<AnswerVerdict> => {
    const approver = ports.approvers[request.purpose];
    let { accepted } = await approver.expectation(sql, request);
    if (signature !== undefined) {
      const { id, issuedAt } = request;
      const signed = { key: device.key, issuer: ports.issuer, request: id, challenge, issuedAt, now: ports.clock() };
      const verified = await verifyAnswer(signature, signed);
      if (!verified.ok) return { kind: "bad-signature", detail: verified.detail };
      // What was signed is what is judged: a response for another statement than the signed one is wrong.
      accepted = accepted.filter(({ hash }) => Buffer.from(hash).toString("base64url") === verified.statementHash);
      if (accepted.length === 0)
        return { kind: "bad-signature", detail: "statement_sha256 is of no statement that this request allows" };
    }
    const given = { deviceId: device.id, challenge, response, accepted, signature };
    const verdict = await challenges.answer(sql, request, given);
    if (!verdict.judged) return verdict;
    const about = { accountId: device.accountId, clientId: request.clientId, deviceId: device.id };
    switch (verdict.kind) {
      case "accepted":
        await approver.accept(sql, request, { ...verdict, signature });
        break;
      case "locked":
        await ports.lockedOut(sql, device, verdict);
        break;
      case "wrong-challenge":
      case "wrong-response":
      case "exhausted": {
        const detail = { reason: verdict.kind };
        await ports.audit.append(sql, { ...about, type: `${request.purpose}.refused`, detail });
        break;
      }
      case "expired":
      case "already-used":
      case "declined":
        break;
      default:
        verdict satisfies never;
    }
    return verdict;
  };

  const isKnown = async (request: DeviceRequest) =>
    // Of a site that asks by itself no browser waits: the check number that it shows is what crosses over (PROTOCOL 12).
    isSite(request.counter) || (await ports.knownCounters(database, request.accountId)).has(request.counter);

  return async (device, id, given) => {
    const request = await challenges.find(database, device.accountId, id);
    if (request === undefined) return { kind: "not-found" };
    // Nothing is judged for a stranger's browser, so that a link that a stranger sends about opens nothing.
    if (request.state === "open" && !(await isKnown(request))) return { kind: "typed-only" };
    try {
      const verdict = await database.transaction((sql) => judge(sql, device, request, given));
      ports.onVerdict(request.purpose, verdict);
      return verdict;
    } catch (error) {
      if (!(error instanceof NotApproved)) throw error;
      const { reason } = error;
      // The response is taken back with all that followed; the page must learn why.
      await database.transaction((sql) => challenges.end(sql, request, reason));
      return { kind: "not-approved", reason };
    }
  };
}

/** At its first lock the owner is told. */
export type TellLocked = (sql: Sql, device: Device, lock: { until: number; first: boolean }) => Promise<void>;

export function createTellLocked(ports: { audit: Audit; notices: Pick<Notices, "tell"> }): TellLocked {
  return async (sql, device, { until, first }) => {
    const about = { accountId: device.accountId, deviceId: device.id };
    await ports.audit.append(sql, { ...about, type: "device.locked", detail: { until } });
    if (first) await ports.notices.tell(sql, device.accountId, { kind: "device-locked", device: device.name, until });
  };
}

import { type CryptoKey, compactDecrypt, exportJWK, generateKeyPair, type JWK } from "jose";
import type * as z from "zod/mini";
import type { ActivationCode } from "../e-num/activation-code.ts";
import type { Challenge, Response } from "../e-num/challenge.ts";
import { ok } from "../e-num/parsed.ts";
import {
  accepted,
  activation,
  admission,
  type DeviceState,
  deviceState,
  type OpenRequests,
  openRequests,
  padDelivery,
  problem,
  renewalChallenge,
  renewedPad,
  type StatementKeys,
} from "./answers.ts";
import { authorization, type DeviceCredentials } from "./device-proof.ts";

/** The provider's refusal, or why there is no answer; `code` is that of PROTOCOL section 6 or one of ours. */
export type Problem = {
  readonly ok: false;
  readonly code: string;
  /** Seconds. */
  readonly retryAfter?: number;
  /** After a wrong answer. */
  readonly triesLeft?: number;
};
export type Answer<Value> = { readonly ok: true; readonly value: Value } | Problem;

/** No answer that counts: there was none, or it was not the provider's own. The same may work in a moment, and nobody knows what became of it. */
export function isPassing({ code }: Problem): boolean {
  return ["no-answer", "not-understood", "unavailable"].includes(code);
}

type ActivationRequest = {
  readonly identifier: string;
  readonly code: ActivationCode;
  readonly name: string;
  readonly platform: "web" | "cli";
  /** The public half of the device's signing key. */
  readonly key: JWK;
};

type Activated = {
  readonly device: DeviceState["device"];
  readonly emailHint: string;
  readonly pad: Uint8Array;
  readonly padVersion: number;
  readonly statementKeys: StatementKeys;
};

/** A value from a call that was proven, and the difference of clocks that the proof needed. */
export type Proven<Value> = { readonly value: Value; readonly clockOffset: number };

export type DeviceClient = {
  /** Problems of ours beside the provider's: `other-issuer`, `unusable-pad`. */
  activate(issuer: string, request: ActivationRequest): Promise<Answer<Activated>>;
  state(credentials: DeviceCredentials): Promise<Answer<Proven<DeviceState>>>;
  /** What is open. `after`: comes when the list is another than this cursor's, or after 25 seconds. `signal` ends it in the place of a time limit. */
  requests(
    credentials: DeviceCredentials,
    wait?: { readonly after?: string | undefined; readonly signal?: AbortSignal },
  ): Promise<Answer<Proven<OpenRequests>>>;
  answer(credentials: DeviceCredentials, request: string, answer: RequestAnswer): Promise<Answer<Proven<undefined>>>;
  decline(credentials: DeviceCredentials, request: string, reason: DeclineReason): Promise<Answer<Proven<undefined>>>;
  /** The check number of a renewal, which the phone answers by itself. */
  renewalChallenge(credentials: DeviceCredentials): Promise<Answer<Proven<Challenge>>>;
  /** A new pad for the old one's response. Problem of ours beside the provider's: `unusable-pad`. */
  renew(
    credentials: DeviceCredentials,
    answer: { readonly challenge: Challenge; readonly response: Response },
  ): Promise<Answer<Proven<{ readonly pad: Uint8Array; readonly padVersion: number }>>>;
  /** Lets browsers that the account does not know try again; until when, as RFC 3339 writes it. */
  admit(credentials: DeviceCredentials): Promise<Answer<Proven<string>>>;
  /** From now on the provider wakes this device there, and nowhere else. */
  pushTo(credentials: DeviceCredentials, address: PushAddress): Promise<Answer<Proven<undefined>>>;
  pushNoMore(credentials: DeviceCredentials): Promise<Answer<Proven<undefined>>>;
  unlink(credentials: DeviceCredentials): Promise<Answer<Proven<undefined>>>;
};

/** Of a browser's push subscription (RFC 8291 section 2.1). */
export type PushAddress = {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
};

export type RequestAnswer = {
  readonly challenge: Challenge;
  readonly response: Response;
  /** A compact JWS by the device's key. */
  readonly signature: string;
};

export type DeclineReason = "not_me" | "wrong_details" | "changed_mind";

// PROTOCOL section 6: the longest that an answer is held.
const WAIT_SECONDS = 25;
// A person waits: longer than any answer of a working provider takes.
const TIMEOUT = 15_000;
const PUSH = "/device/v1/push-subscription";
/** What a 204 says, which no JSON can. */
const DONE = Symbol("204");

/** The device API of PROTOCOL sections 5 and 6, as a phone uses it; `now` in seconds since 1970. */
export function createDeviceClient(ports: { readonly fetch: typeof fetch; readonly now: () => number }): DeviceClient {
  async function send(
    url: URL,
    init: RequestInit,
    timeout = TIMEOUT,
  ): Promise<Answer<unknown> & { clockOffset?: number }> {
    let response: Awaited<ReturnType<typeof fetch>>;
    let text: string;
    try {
      response = await ports.fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeout), ...init });
      text = await response.text();
    } catch {
      return { ok: false, code: "no-answer" };
    }
    const json = response.status === 204 ? DONE : parseJson(text);
    if (response.ok) return ok(json);
    const refusal = problem.safeParse(json);
    if (!refusal.success) return { ok: false, code: "not-understood" };
    const { type, now, retry_after: retryAfter, tries_left: triesLeft } = refusal.data;
    return {
      ok: false,
      code: type.slice("urn:e-num:problem:".length),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(triesLeft === undefined ? {} : { triesLeft }),
      ...(now === undefined ? {} : { clockOffset: Math.round(Date.parse(now) / 1000) - ports.now() }),
    };
  }

  async function proven<Value>(
    credentials: DeviceCredentials,
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    understand: (json: unknown) => Answer<Value> | Promise<Answer<Value>>,
    {
      json,
      timeout,
      ...more
    }: { readonly json?: object; readonly timeout?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Answer<Proven<Value>>> {
    const url = new URL(credentials.issuer + path);
    const body = json === undefined ? "" : JSON.stringify(json);
    const once = async (by: DeviceCredentials) => {
      const proof = await authorization(by, { method, url, body }, ports.now());
      const init =
        body === ""
          ? { method, headers: { authorization: proof } }
          : { method, headers: { authorization: proof, "content-type": "application/json" }, body };
      return send(url, { ...init, ...more }, timeout);
    };

    let { clockOffset } = credentials;
    let answer = await once(credentials);
    // A phone with a wrong clock keeps the difference and tries once more.
    if (!answer.ok && answer.code === "invalid-proof" && answer.clockOffset !== undefined) {
      clockOffset = answer.clockOffset;
      answer = await once({ ...credentials, clockOffset });
    }
    const understood = answer.ok ? await understand(answer.value) : answer;
    return understood.ok ? ok({ value: understood.value, clockOffset }) : understood;
  }

  return {
    async activate(issuer, request) {
      // Serves this one delivery: its private half cannot be exported and is gone when this call ends.
      const agreement = await generateKeyPair("ECDH-ES", { crv: "P-256" });
      const body = JSON.stringify({ ...request, agreement_key: await exportJWK(agreement.publicKey) });
      const headers = { "content-type": "application/json" };
      const answer = await send(new URL(`${issuer}/device/v1/activations`), { method: "POST", headers, body });
      if (!answer.ok) return answer;
      const activated = understoodAs(activation)(answer.value);
      if (!activated.ok) return activated;
      const { device, account, pad: jwe, statement_keys: statementKeys } = activated.value;
      // The proofs' audience and the statements' issuer will be this name: it must be the one that the person chose.
      if (activated.value.issuer !== issuer) return { ok: false, code: "other-issuer" };
      const delivery = await decryptPad(jwe, agreement.privateKey);
      if (!delivery.ok) return delivery;
      const { k: pad, version: padVersion } = delivery.value;
      return ok({ device, emailHint: account.email_hint, pad, padVersion, statementKeys });
    },
    state: (credentials) => proven(credentials, "GET", "/device/v1", understoodAs(deviceState)),
    requests: (credentials, { after, ...signal } = {}) =>
      after === undefined
        ? proven(credentials, "GET", "/device/v1/requests", understoodAs(openRequests), signal)
        : proven(
            credentials,
            "GET",
            `/device/v1/requests?after=${encodeURIComponent(after)}&wait=${WAIT_SECONDS}`,
            understoodAs(openRequests),
            { timeout: TIMEOUT + WAIT_SECONDS * 1000, ...signal },
          ),
    answer: (credentials, request, answer) =>
      proven(credentials, "POST", `/device/v1/requests/${request}/answer`, understoodAs(accepted), { json: answer }),
    decline: (credentials, request, reason) =>
      proven(credentials, "POST", `/device/v1/requests/${request}/decline`, done, { json: { reason } }),
    renewalChallenge: (credentials) =>
      proven(credentials, "POST", "/device/v1/pad/challenge", (json) => {
        const asked = understoodAs(renewalChallenge)(json);
        return asked.ok ? ok(asked.value.challenge) : asked;
      }),
    async renew(credentials, answer) {
      // As at the activation: it serves this one delivery.
      const agreement = await generateKeyPair("ECDH-ES", { crv: "P-256" });
      const json = { ...answer, agreement_key: await exportJWK(agreement.publicKey) };
      const understand = async (body: unknown) => {
        const renewed = understoodAs(renewedPad)(body);
        if (!renewed.ok) return renewed;
        const delivery = await decryptPad(renewed.value.pad, agreement.privateKey);
        return delivery.ok ? ok({ pad: delivery.value.k, padVersion: delivery.value.version }) : delivery;
      };
      return proven(credentials, "POST", "/device/v1/pad", understand, { json });
    },
    admit: (credentials) =>
      proven(credentials, "POST", "/device/v1/admissions", (json) => {
        const admitted = understoodAs(admission)(json);
        return admitted.ok ? ok(admitted.value.until) : admitted;
      }),
    pushTo: (credentials, json) => proven(credentials, "PUT", PUSH, done, { json }),
    pushNoMore: (credentials) => proven(credentials, "DELETE", PUSH, done),
    unlink: (credentials) => proven(credentials, "DELETE", "/device/v1", done),
  };
}

async function decryptPad(jwe: string, key: CryptoKey): Promise<Answer<z.infer<typeof padDelivery>>> {
  const algorithms = { keyManagementAlgorithms: ["ECDH-ES"], contentEncryptionAlgorithms: ["A256GCM"] };
  try {
    const { plaintext } = await compactDecrypt(jwe, key, algorithms);
    const delivery = padDelivery.safeParse(parseJson(new TextDecoder().decode(plaintext)));
    return delivery.success ? ok(delivery.data) : { ok: false, code: "unusable-pad" };
  } catch {
    return { ok: false, code: "unusable-pad" };
  }
}

function understoodAs<Schema extends z.ZodMiniType>(schema: Schema): (json: unknown) => Answer<z.infer<Schema>> {
  return (json) => {
    const parsed = schema.safeParse(json);
    return parsed.success ? ok(parsed.data) : { ok: false, code: "not-understood" };
  };
}

/** Nothing but a 204 says that it was done: a page that somebody else has put in its place may well be a 200. */
function done(answer: unknown): Answer<undefined> {
  return answer === DONE ? ok(undefined) : { ok: false, code: "not-understood" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

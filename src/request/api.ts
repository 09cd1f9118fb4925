import type { IncomingMessage } from "node:http";
import Router from "@koa/router";
import type { Context } from "koa";
import { z } from "zod";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import { throwVerdict } from "../device/problems.ts";
import type { ProveDevice } from "../device/proof.ts";
import { parseChallenge, parseResponse } from "../e-num/challenge.ts";
import { Fault } from "../errors.ts";
import { malformed, parseJsonBody } from "../http/body.ts";
import type { Holding } from "../http/holding.ts";
import { isSite } from "../limits/limits.ts";
import type { Digester } from "../secrecy.ts";
import type { AnswerRequest, AnswerVerdict, GivenAnswer } from "./answer.ts";
import type { DeclineRequest, DeclineVerdict } from "./decline.ts";
import type { Feed, Waiting } from "./feed.ts";
import type { Approvers, Listed, RequestList, SiteShown } from "./request.ts";

export interface RequestApiPorts {
  prove: ProveDevice;
  isThere(deviceId: string): Promise<boolean>;
  list: RequestList;
  feed: Feed;
  holding: Holding;
  answer: AnswerRequest;
  decline: DeclineRequest;
  approvers: Approvers;
  site(clientId: string): SiteShown | undefined;
  clock: Clock;
  digest: Digester;
  issuer: string;
}

/** Shorter than proxies cut an answer that does not come. */
const LONGEST_WAIT = 25;
/** As we make them; what a stranger writes instead goes to no database. */
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

const answerBody = z.strictObject({
  challenge: z.string().max(40),
  response: z.string().max(40),
  signature: z.string().max(2000).optional(),
});
const declineBody = z.strictObject({ reason: z.enum(["not_me", "wrong_details", "changed_mind"]) });

/** What is open, and what the phone says to it (PROTOCOL 6). Nothing here sends a challenge or a digest of one. */
export function createRequestApi(ports: RequestApiPorts): Router {
  const router = new Router({ prefix: "/device/v1/requests" });

  /** Requests whose next pass begins, and what is remembered of the first: who has proven itself in it, for one. */
  const held = new WeakMap<IncomingMessage, Held>();

  router.get("/", async (context) => {
    const before = held.get(context.req);
    held.delete(context.req);
    if (before !== undefined) return look(context, before, true);
    const { id: deviceId, accountId } = await ports.prove(context, { pendingToo: false });
    const { after, wait } = asked(context);
    // One that is not to wait takes no place.
    if (after === undefined || wait === 0) return send(context, await ports.list.of(accountId));
    const waiting = ports.feed.wait(accountId, deviceId);
    if (waiting === undefined)
      throw new Fault("too-many", { retryAfter: LONGEST_WAIT, detail: "this device waits in four places already" });
    await look(context, { after, until: ports.clock() + wait * SECOND, waiting, none: false }, false);
  });

  const read = async ({ accountId, deviceId }: Waiting, again: boolean): Promise<Listed[]> => {
    // One that was removed meanwhile is told nothing more.
    if (again && !(await ports.isThere(deviceId))) throw new Fault("device-revoked");
    return ports.list.of(accountId);
  };

  /** Answers where there is anything to say; else the request is held until there may be. */
  const look = async (context: Context, phone: Held, again: boolean): Promise<void> => {
    const { waiting, after, until } = phone;
    // Where nothing was open and nothing has changed for the whole wait, nothing is read: most waits end so, and the phone asks anew at once.
    const isKnown = phone.none && ports.clock() >= until;
    try {
      const listed = isKnown || context.res.destroyed ? [] : await read(waiting, again);
      if (context.res.destroyed) {
        // Nobody is there to be told anything.
        context.respond = false;
      } else if (cursorOf(listed) !== after || ports.clock() >= until || waiting.over) {
        await send(context, listed);
      } else {
        const remembered = { ...phone, none: listed.length === 0 };
        const next = Math.min(until, ...listed.map(({ expiresAt }) => expiresAt));
        const again = ports.holding.hold(context, (request) => void held.set(request, remembered));
        return ports.feed.next(waiting, next, again);
      }
    } catch (error) {
      ports.feed.leave(waiting);
      throw error;
    }
    ports.feed.leave(waiting);
  };

  router.post("/:id/answer", async (context) => {
    const device = await ports.prove(context, { pendingToo: false });
    const given = toAnswer(parseJsonBody(context, device.body));
    acceptedOrThrow(await ports.answer(device, requestId(context), given), ports.clock());
    context.body = { status: "accepted" };
  });

  router.post("/:id/decline", async (context) => {
    const device = await ports.prove(context, { pendingToo: false });
    const body = declineBody.safeParse(parseJsonBody(context, device.body));
    if (!body.success)
      throw new Fault("invalid-request", {
        detail: "reason is not_me, wrong_details or changed_mind, and there is no other member",
      });
    endedOrThrow(await ports.decline(device, requestId(context), body.data.reason));
    context.status = 204;
  });

  const cursorOf = (listed: readonly Listed[]): string =>
    ports.digest("request-cursor", listed.map(({ id, known }) => `${id} ${known}`).join("\n"));

  const send = async (context: Context, listed: readonly Listed[]): Promise<void> => {
    context.body = { requests: await Promise.all(listed.map(describe)), cursor: cursorOf(listed) };
    await ports.list.delivered(listed);
  };

  const describe = async (request: Listed): Promise<object> => {
    const { id, purpose, clientId = "", issuedAt, expiresAt, origin, known } = request;
    const site = ports.site(clientId);
    const statement = await ports.approvers[purpose].statement(request);
    const { ip = "", userAgent = "", country } = origin ?? {};
    const from = isSite(request.counter)
      ? messageOf(request)
      : { origin: { ip, user_agent: userAgent, ...(country === undefined ? {} : { country }), known } };
    return {
      id,
      kind: purpose,
      client: {
        id: clientId,
        name: site?.name ?? clientId,
        ...(site?.origin === undefined ? {} : { address: site.origin }),
        ...(site?.logo === undefined ? {} : { logo_uri: `${ports.issuer}${site.logo}` }),
      },
      created_at: new Date(issuedAt).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
      ...from,
      ...(statement === undefined ? {} : { statement }),
    };
  };
  return router;
}

/** What the site has written for its person; such a request comes from no browser, so that it has no `origin`. */
function messageOf({ details }: Listed): { binding_message?: string } {
  const { binding_message: message }: { binding_message?: string } = JSON.parse(details ?? "{}");
  return message === undefined ? {} : { binding_message: message };
}

interface Held {
  /** The cursor of the list that the phone has. */
  after: string;
  until: Millis;
  waiting: Waiting;
  /** That list was read, and has nothing in it. */
  none: boolean;
}

function asked(context: Context): { after: string | undefined; wait: number } {
  const { after, wait = "0" } = context.query;
  const seconds = typeof wait === "string" && /^\d{1,4}$/.test(wait) ? Number(wait) : undefined;
  if (seconds === undefined) throw new Fault("invalid-request", { detail: "wait is a number of seconds" });
  if (after !== undefined && typeof after !== "string")
    throw new Fault("invalid-request", { detail: "after comes once: it is the cursor of the list that you have" });
  return { after, wait: Math.min(seconds, LONGEST_WAIT) };
}

function requestId(context: Context): string {
  const id = String(context["params"]["id"]);
  if (!REQUEST_ID.test(id)) throw new Fault("not-found", { detail: "no request has this id" });
  return id;
}

function toAnswer(value: unknown): GivenAnswer {
  const body = answerBody.safeParse(value);
  if (!body.success) throw malformed(body.error);
  const challenge = parseChallenge(body.data.challenge);
  if (!challenge.ok) throw new Fault("invalid-request", { detail: "challenge is eight digits, the first is not 0" });
  const response = parseResponse(body.data.response);
  if (!response.ok) throw new Fault("invalid-request", { detail: "response is seven digits" });
  return { challenge: challenge.value, response: response.value, signature: body.data.signature };
}

function acceptedOrThrow(verdict: AnswerVerdict, now: Millis): void {
  switch (verdict.kind) {
    case "accepted":
      return;
    case "not-found":
      throw new Fault("not-found", { detail: "no request of this account has this id" });
    case "typed-only":
      throw new Fault("typed-only");
    case "bad-signature":
      throw new Fault("invalid-request", { detail: verdict.detail });
    case "not-approved":
      throw NOT_APPROVED[verdict.reason]();
    default:
      throwVerdict(verdict, now);
  }
}

const NOT_APPROVED = {
  foreign: () => new Fault("declined", { detail: "a WMID of the operation is not the account's own" }),
  "other-account": () => new Fault("declined", { detail: "the site has asked for another account" }),
  refused: () => new Fault("declined", { detail: "the policy of the provider refuses it now" }),
  "already-confirmed": () => new Fault("already-used", { detail: "this operation was confirmed by another request" }),
} as const;

function endedOrThrow({ kind }: DeclineVerdict): void {
  if (kind !== "ended") throw new Fault(kind);
}

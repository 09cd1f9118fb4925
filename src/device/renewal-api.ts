import Router from "@koa/router";
import { z } from "zod";
import { type Clock, HOUR, SECOND } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { parseChallenge, parseResponse } from "../e-num/challenge.ts";
import { Fault } from "../errors.ts";
import { malformed, parseJsonBody } from "../http/body.ts";
import type { Throttle } from "../limits/throttle.ts";
import { deliveryTo, publicKey } from "./delivery.ts";
import { throwVerdict } from "./problems.ts";
import type { ProveDevice } from "./proof.ts";
import type { Renewal } from "./renewal.ts";

export interface RenewalApiPorts {
  database: Database;
  clock: Clock;
  prove: ProveDevice;
  renewal: Renewal;
  throttle: Throttle;
}

const body = z.strictObject({
  challenge: z.string().max(40),
  response: z.string().max(40),
  agreement_key: publicKey,
});

/** Each leaves a number behind that never comes again: more than a person changes a PIN, with every slip. */
const CHALLENGES = { limit: 20, window: HOUR };

/** A phone renews its pad: its one way to another PIN (PROTOCOL 6). */
export function createRenewalApi(ports: RenewalApiPorts): Router {
  const router = new Router({ prefix: "/device/v1/pad" });

  router.post("/challenge", async (context) => {
    const device = await ports.prove(context, { pendingToo: false });
    if (!(await ports.throttle.pass(ports.database, `renewals of ${device.id}`, CHALLENGES)))
      throw new Fault("too-many", { retryAfter: HOUR / SECOND, detail: "too many renewals of this device" });
    const { challenge, expiresAt } = await ports.renewal.challenge(device);
    context.status = 201;
    context.body = { challenge, expires_at: new Date(expiresAt).toISOString() };
  });

  router.post("/", async (context) => {
    const device = await ports.prove(context, { pendingToo: false });
    const parsed = body.safeParse(parseJsonBody(context, device.body));
    if (!parsed.success) throw malformed(parsed.error);
    const challenge = parseChallenge(parsed.data.challenge);
    const response = parseResponse(parsed.data.response);
    if (!challenge.ok || !response.ok)
      throw new Fault("invalid-request", { detail: "challenge has eight digits, response seven" });
    const deliver = await deliveryTo(parsed.data.agreement_key);
    const verdict = await ports.renewal.renew(device, challenge.value, response.value);
    if (verdict.kind === "revoked") throw new Fault("device-revoked");
    if (verdict.kind !== "renewed") throwVerdict(verdict, ports.clock());
    else context.body = { pad: await deliver(verdict.pad, verdict.version) };
  });
  return router;
}

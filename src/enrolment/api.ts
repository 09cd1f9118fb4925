import Router from "@koa/router";
import { z } from "zod";
import { emailHint, parseEmail } from "../account/identifier.ts";
import { HOUR } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { type DeliverPad, deliveryTo, publicKey, usableKey } from "../device/delivery.ts";
import { parseDeviceName } from "../device/name.ts";
import { parseActivationCode } from "../e-num/activation-code.ts";
import { Fault } from "../errors.ts";
import { malformed, readJson } from "../http/body.ts";
import { networkOf } from "../http/network.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Activation, Enrolments } from "./enrolment.ts";

export interface ActivationApiPorts {
  database: Database;
  enrolments: Enrolments;
  throttle: Throttle;
  issuer: string;
  statementKeys(): { keys: readonly object[] };
}

const request = z.strictObject({
  identifier: z.string().max(254),
  code: z.string().max(40),
  // Its length is counted in characters, of which an emoji has several units.
  name: z.string().max(200),
  platform: z.enum(["web", "android", "ios", "cli"]),
  key: publicKey,
  agreement_key: publicKey,
});

/** Fifty bits and ten tries an hour from one address (PROTOCOL 5): guessing is hopeless. */
const WRONG_CODES = { limit: 10, window: HOUR };

/** `POST /device/v1/activations` (PROTOCOL 5): the phone sends the code and its keys, and gets its pad, encrypted to it alone. */
export function createActivationApi(ports: ActivationApiPorts): Router {
  const router = new Router({ prefix: "/device/v1/activations" });
  router.post("/", async (context) => {
    const { value } = await readJson(context);
    const parsed = request.safeParse(value);
    if (!parsed.success) throw malformed(parsed.error);
    const { code, identifier, name, platform, key, agreement_key: agreementKey } = parsed.data;
    const line = parseDeviceName(name);
    if (!line.ok) throw new Fault("invalid-request", { detail: "name is one line of 1 to 40 visible characters" });
    await usableKey(key);
    const deliver = await deliveryTo(agreementKey);

    // Counted before it is judged. A right one is taken back: many people may be behind one address.
    const tries = `activation ${networkOf(context.ip)}`;
    if (!(await ports.throttle.pass(ports.database, tries, WRONG_CODES)))
      throw new Fault("too-many", { retryAfter: HOUR / 1000, detail: "too many activation codes from this address" });
    const email = parseEmail(identifier);
    const activation = parseActivationCode(code);
    const activated =
      email === undefined || !activation.ok
        ? undefined
        : await ports.enrolments.activate(email, activation.value, { name: line.value, platform, key });
    if (activated === undefined) throw new Fault("invalid-code");
    await ports.throttle.refund(ports.database, tries);
    context.status = 201;
    context.body = await describe(ports, activated, deliver);
  });
  return router;
}

async function describe(
  ports: ActivationApiPorts,
  { device, account, pad }: Activation,
  deliver: DeliverPad,
): Promise<object> {
  return {
    device: { id: device.id, name: device.name, status: device.status },
    account: { email_hint: emailHint(account.email) },
    issuer: ports.issuer,
    pad: await deliver(pad, device.padVersion),
    statement_keys: ports.statementKeys(),
  };
}

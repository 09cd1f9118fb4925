import Router from "@koa/router";
import { decodeJwt, type JWTPayload } from "jose";
import type { Account } from "../account/account.ts";
import { type Clock, epochSeconds } from "../clock.ts";
import { Fault } from "../errors.ts";
import { readText } from "../http/body.ts";
import { ASSERTION_TYPE, judgeAssertion } from "./assertion.ts";
import type { Joining } from "./joining.ts";

export interface AssertionApiPorts {
  joining: Joining;
  clock: Clock;
  /** What people call a client that may assert WMIDs; undefined for every other. */
  asserter(clientId: string): string | undefined;
  /** What this client has signed for us with a key that it is registered with, as a JWT of this type; undefined for anything else. */
  verify(clientId: string, jwt: string, type: string): Promise<JWTPayload | undefined>;
  /** Whether this client's `jti` is here for the first time, remembered until then. */
  firstTime(clientId: string, jti: string, until: number): Promise<boolean>;
  account(sub: string): Promise<Account | undefined>;
}

/** `POST /wmid/v1/assertions`: a service that knows whose a WMID is says so, in a JWT that shows by its signature whose word it is. */
export function createAssertionApi(ports: AssertionApiPorts): Router {
  const router = new Router({ prefix: "/wmid/v1/assertions" });
  router.post("/", async (context) => {
    const jwt = await readText(context, "application/jwt");
    const clientId = issuerOf(jwt);
    const name = ports.asserter(clientId);
    const claims = name === undefined ? undefined : await ports.verify(clientId, jwt, ASSERTION_TYPE);
    if (name === undefined || claims === undefined) {
      context.set("WWW-Authenticate", 'JWT realm="wmid"');
      const detail = `send a JWT of type ${ASSERTION_TYPE}, with aud the issuer, signed by the client iss, which may wmid:assert`;
      throw new Fault("invalid-client", { detail });
    }
    const judged = judgeAssertion(claims, epochSeconds(ports.clock()));
    if (!judged.ok) throw new Fault("invalid-request", { detail: judged.why });
    const { sub, wmid, jti, until } = judged;
    if (!(await ports.firstTime(clientId, jti, until)))
      throw new Fault("already-used", { detail: "this jti was here before: sign another assertion" });
    const account = await ports.account(sub);
    if (account === undefined) throw new Fault("not-found", { detail: "sub is no account" });
    const status = await ports.joining.join(account, wmid, { site: { clientId, name } });
    if (status === "taken") throw new Fault("wmid-taken");
    context.status = status === "added" ? 201 : 200;
    context.body = { sub, wmid, status };
  });
  return router;
}

/** Whose word it claims to be; nothing is believed of it yet. */
function issuerOf(jwt: string): string {
  try {
    return decodeJwt(jwt).iss ?? "";
  } catch {
    return "";
  }
}

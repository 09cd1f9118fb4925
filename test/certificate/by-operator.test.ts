/** The operator's word on a certificate: its end takes with it what it has opened, as its owner's does. */
import { randomBytes } from "node:crypto";
import { tokenIntrospection } from "openid-client";
import { expect, test } from "vitest";
import { createAudit } from "../../src/audit/audit.ts";
import { forgetBrowsers } from "../../src/authentication/browsers.ts";
import { createRevocation } from "../../src/certificate/revocation.ts";
import { revokeAsOperator } from "../../src/cli/certificates.ts";
import { operatorNotices } from "../../src/cli/notices.ts";
import { operatorSessions } from "../../src/cli/sessions.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createDigester } from "../../src/secrecy.ts";
import { eventsOf } from "../account/support.ts";
import { certificateWorld } from "../support/certificate-proxy.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { SHOP, type World } from "../support/world.ts";
import { signedInBy } from "./by-certificate.ts";
import { aliceAt, issued } from "./support.ts";

/** As the verb does it, in a process of its own. */
async function operator({ database, sealer, issuer }: World) {
  const random = { bytes: (length: number) => randomBytes(length) };
  const kernel = { database, clock: Date.now, random, sealer };
  const digest = createDigester((await loadKeys(kernel)).digest);
  const notices = operatorNotices({ ...kernel, digest }, { issuer });
  const revocation = createRevocation({ ...kernel, audit: createAudit(kernel), notices, forgetBrowsers });
  const sessions = await operatorSessions({ ...kernel, digest, clients: [SHOP] });
  return { database, revocation, sessions, settled: async () => undefined };
}

test("a certificate that the operator revokes takes with it the sessions that certificates have opened, with what sites were granted, and no others", async () => {
  await using world = await certificateWorld();
  const alice = await aliceAt(world);
  const own = await issued(world, alice);
  const offline = { scope: "openid offline_access", prompt: "consent" };
  const thief = await signedInBy(world, own, offline);
  const taken = await thief.attempt.finish((await thief.visitor.submit(thief.page, "allow")).url);
  const { config } = await createRelyingParty(world.issuer, SHOP);
  const isActive = async () => (await tokenIntrospection(config, taken.refresh_token ?? "")).active;
  expect(await isActive()).toBe(true);

  const by = await operator(world);
  expect(await revokeAsOperator(by, own.serial, "superseded")).toEqual({ sessions: 1, sites: 0 });
  expect((await thief.visitor.open("/account")).title).toContain("Sign in to");
  expect(await isActive()).toBe(false);
  expect((await alice.visitor.open("/account")).text).toContain(ALICE);
  expect(await eventsOf(world, "session.ended")).toEqual([{ clientId: null, by: "operator" }]);

  expect(await revokeAsOperator(by, own.serial, "superseded")).toBeUndefined();
  expect(await revokeAsOperator(by, "00", "superseded")).toBeUndefined();
});

test("nothing of either is done where the other fails", async () => {
  await using world = await certificateWorld();
  const own = await issued(world, await aliceAt(world));
  const { visitor } = await signedInBy(world, own);
  const { sessions, ...by } = await operator(world);
  const fails = { endOpenedBy: () => Promise.reject(new Error("the disk is full")) };
  await expect(revokeAsOperator({ ...by, sessions: fails }, own.serial, "superseded")).rejects.toThrow("disk");
  expect(await world.database.rows("SELECT revoked_at FROM certificate")).toEqual([{ revoked_at: null }]);
  expect((await visitor.open("/account")).text).toContain(ALICE);
  expect(await revokeAsOperator({ ...by, sessions }, own.serial, "superseded")).toEqual({ sessions: 1, sites: 0 });
});

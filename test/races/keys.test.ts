/** A key that ends while it signs somebody in: whichever is faster, nobody is signed in by it afterwards. */
import { expect, inject, test } from "vitest";
import { atSignIn as atSignInByCertificate, by, sentAway } from "../certificate/by-certificate.ts";
import { aliceAt as aliceWithCertificates, issued } from "../certificate/support.ts";
import { added, aliceAt, atSignIn, give, optionsOf } from "../passkey/support.ts";
import { certificateWorld, show } from "../support/certificate-proxy.ts";
import { freshDatabase } from "../support/databases.ts";
import { beforeResult } from "../support/held.ts";
import type { Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

/** A database of which the world's is made, and the moment in it. */
async function between() {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database, happens } = beforeResult(fresh.database);
  return { options: { database: { ...fresh, database } }, happens };
}

const openedBy = (world: World, type: string) =>
  world.database.rows("SELECT id FROM event WHERE type = ? AND client_id = 'shop'", [type]);

async function expectNobody(visitor: Visitor) {
  expect((await visitor.open("/account")).title).toContain("Sign in to");
}

test("a certificate that is revoked after it was judged, and before its sign-in is kept, opens no session", async () => {
  const { options, happens } = await between();
  await using world = await certificateWorld(options);
  const alice = await aliceWithCertificates(world);
  const own = await issued(world, alice);
  const { visitor, page } = await atSignInByCertificate(world);
  const { location } = await show(await sentAway(visitor, page), own);
  // Pressed, and all that follows from it done, the second time after a moment as well.
  happens(() => alice.visitor.post(`${new URL(own.page.url).pathname}/revoke`, "action=revoke&reason=superseded"));
  const over = await visitor.open(location);
  expect([over.status, over.url.includes("code=")]).toEqual([410, false]);
  // It was right at that time, and is in the history.
  expect(await openedBy(world, "login.accepted")).toHaveLength(1);
  expect(await world.database.rows("SELECT id FROM event WHERE type = 'certificate.revoked'")).toHaveLength(1);
  await expectNobody(visitor);
});

test("nor does a passkey that is removed then", async () => {
  const { options, happens } = await between();
  await using world = await createWorld(options);
  const alice = await aliceAt(world);
  const { authenticator } = await added(world, alice);
  const [passkey] = await world.database.rows<{ id: string }>("SELECT id FROM passkey");
  const { visitor, page } = await atSignIn(world);
  happens(() => alice.visitor.post(`/account/passkeys/${passkey?.id}/remove`, "action=remove"));
  const over = await give(visitor, page, authenticator.use(optionsOf(page)));
  expect([over.status, over.url.includes("code=")]).toEqual([410, false]);
  expect(await world.database.rows("SELECT id FROM passkey")).toEqual([]);
  await expectNobody(visitor);
});

test("sixteen browsers that show a certificate while it is revoked are signed in by it no longer, or never were", async () => {
  await using world = await certificateWorld();
  const alice = await aliceWithCertificates(world);
  const own = await issued(world, alice);
  const revoke = () =>
    alice.visitor.post(`${new URL(own.page.url).pathname}/revoke`, "action=revoke&reason=superseded");
  const visits = await Promise.all(Array.from({ length: 16 }, () => atSignInByCertificate(world)));
  const [, ...pages] = await Promise.all([revoke(), ...visits.map(({ visitor, page }) => by(visitor, page, own))]);
  for (const { status } of pages) expect(status).toBeLessThan(500);
  // What was on its way all that time has come by now.
  await revoke();
  for (const { visitor } of visits) await expectNobody(visitor);
});

import { expect, test } from "vitest";
import { atSignIn, sentAway } from "../certificate/by-certificate.ts";
import { aliceAt, asked, ecRequest, issued, listOf } from "../certificate/support.ts";
import { confirmedUntilCallback } from "../device/own-support.ts";
import { certificateWorld, show } from "../support/certificate-proxy.ts";
import { createWorld } from "../support/world.ts";

const AT_ONCE = 16;
const sixteen = <Result>(work: (place: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, place) => work(place)));

test("of one confirmation that comes back sixteen times at once, one certificate is made", async () => {
  await using world = await createWorld();
  const { visitor, phone } = await aliceAt(world);
  const callback = await confirmedUntilCallback(world, visitor, await asked(visitor, ecRequest().pem), phone);
  const pages = await sixteen(() => visitor.once(callback));
  const shown = pages.map(({ url }) => url).filter((url) => url.includes("/certificates/"));
  expect(new Set(shown).size).toBe(1);
  expect(await world.database.rows("SELECT serial FROM certificate")).toHaveLength(1);
  expect(await world.database.rows("SELECT id FROM event WHERE type = 'certificate.issued'")).toHaveLength(1);
});

test("revoked sixteen times at once, a certificate is revoked once, and everybody who asks gets the list that has it", async () => {
  await using world = await createWorld();
  const alice = await aliceAt(world);
  const { page, serial } = await issued(world, alice);
  const path = `${new URL(page.url).pathname}/revoke`;
  await sixteen(() => alice.visitor.once(path, "action=revoke&reason=superseded"));
  expect(await world.database.rows("SELECT id FROM event WHERE type = 'certificate.revoked'")).toHaveLength(1);
  const lists = await sixteen(() => listOf(world));
  expect(new Set(lists.map(({ der }) => der.toString("base64"))).size).toBe(1);
  expect(lists[0]?.revoked).toEqual([serial]);
});

test("asked for sixteen times at once, the authority makes its certificate once", async () => {
  await using world = await createWorld();
  const ask = async () => (await fetch(`${world.issuer}/certificates/authority.pem`)).text();
  expect(new Set(await sixteen(ask)).size).toBe(1);
  expect(await world.database.rows("SELECT id FROM event WHERE type = 'certificate.authority-made'")).toHaveLength(1);
});

test("shown sixteen times at once for one ticket, a certificate gives one proof, which signs in once", async () => {
  await using world = await certificateWorld();
  const own = await issued(world, await aliceAt(world));
  const { visitor, page } = await atSignIn(world);
  const address = await sentAway(visitor, page);
  const answers = await sixteen(() => show(address, own));
  const proofs = answers.map(({ location }) => location).filter((location) => location.includes("proof="));
  expect(proofs).toHaveLength(1);
  await sixteen(() => visitor.once(proofs[0] ?? ""));
  expect(
    await world.database.rows("SELECT id FROM event WHERE type = 'login.accepted' AND client_id = 'shop'"),
  ).toHaveLength(1);
});

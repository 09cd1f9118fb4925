import { expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { ALICE } from "../support/sign-in.ts";
import { createWorld, type World } from "../support/world.ts";
import { ALICE_WMID, aliceAt, issued } from "./support.ts";

const told = async (world: World) =>
  (await world.messages()).filter(({ to, subject }) => to === ALICE && subject?.endsWith("runs out"));

/** As far as so many days before the certificate's end. */
const goTo = (world: World, end: Date, days: number) => world.pass(end.getTime() - days * DAY - world.now());

test("an owner is told that a certificate runs out a month and a week ahead, once each", async () => {
  await using world = await createWorld();
  const { certificate, serial } = await issued(world, await aliceAt(world));
  const counts: number[] = [];
  for (const days of [31, 29, 28, 8, 6, 5, -1]) {
    goTo(world, certificate.validToDate, days);
    await world.remind();
    await world.remind();
    counts.push((await told(world)).length);
  }
  expect(counts).toEqual([0, 1, 1, 1, 2, 2, 2]);
  const [mail] = await told(world);
  expect(mail?.subject).toBe(`A certificate of your WMID ${ALICE_WMID} runs out`);
  expect(mail?.text).toContain(serial.toUpperCase());
  expect(mail?.text).toContain(`${world.issuer}/account/certificates`);
});

test("of one that was not told of in time, the owner is told once", async () => {
  await using world = await createWorld();
  const { certificate } = await issued(world, await aliceAt(world));
  goTo(world, certificate.validToDate, 3);
  await world.remind();
  expect(await told(world)).toHaveLength(1);
});

test("of one that is revoked nobody is told", async () => {
  await using world = await createWorld();
  const alice = await aliceAt(world);
  const { certificate, page } = await issued(world, alice);
  await alice.visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=superseded");
  goTo(world, certificate.validToDate, 6);
  await world.remind();
  expect(await told(world)).toEqual([]);
});

test("the next one is given beside the one that runs out, which lives on until its time", async () => {
  await using world = await createWorld();
  const first = await issued(world, await aliceAt(world));
  goTo(world, first.certificate.validToDate, 20);
  const alice = await aliceAt(world);
  const page = await alice.visitor.open(first.page.url);
  const renewal = page.html.querySelectorAll("a").find(({ text }) => text === "Renew it");
  expect(renewal?.getAttribute("href")).toBe(`/account/certificates/new?wmid=${ALICE_WMID}`);
  const second = await issued(world, alice);
  expect(second.certificate.validToDate.getTime()).toBeGreaterThan(first.certificate.validToDate.getTime() + 700 * DAY);
  expect((await alice.visitor.open(first.page.url)).text).toContain("It is valid");
});

test("sixteen nodes that look at once tell an owner once", async () => {
  await using world = await createWorld();
  const { certificate } = await issued(world, await aliceAt(world));
  goTo(world, certificate.validToDate, 20);
  await Promise.all(Array.from({ length: 16 }, () => world.remind()));
  expect(await told(world)).toHaveLength(1);
});

import { describe, expect, test } from "vitest";
import { DAY, MINUTE } from "../../src/clock.ts";
import { eventsOf } from "../account/support.ts";
import { ALICE } from "../support/sign-in.ts";
import { createWorld } from "../support/world.ts";
import { ALICE_WMID, aliceAt, issued, listOf } from "./support.ts";

describe("a certificate is revoked by its owner", () => {
  test("with a reason, at once, as an event and a mail, and stands in the next list", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { page, serial } = await issued(world, alice);
    expect((await listOf(world)).revoked).toEqual([]);
    const path = `${new URL(page.url).pathname}/revoke`;
    const asked = await alice.visitor.open(path);
    expect((await alice.visitor.submit(asked, "revoke")).alert).toContain("Choose why it is revoked");
    const done = await alice.visitor.submit(asked, "revoke", { reason: "key-compromise" });
    expect(done.url).toBe(page.url);
    expect(done.text).toContain("It is revoked");
    expect(done.text).toContain("Somebody else may have the key");
    expect((await listOf(world)).revoked).toEqual([serial]);
    expect(await eventsOf(world, "certificate.revoked")).toEqual([
      { clientId: null, serial, by: "account", reason: "key-compromise" },
    ]);
    const mail = await world.message(ALICE);
    expect(mail.subject).toBe(`A certificate of your WMID ${ALICE_WMID} was revoked`);
    expect(mail.text).toContain("on your account page");
  });

  test("once: a second click changes nothing, and its page no longer asks", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { page } = await issued(world, alice);
    const path = `${new URL(page.url).pathname}/revoke`;
    const open = await alice.visitor.open(path);
    await alice.visitor.submit(open, "revoke", { reason: "superseded" });
    expect((await alice.visitor.submit(open, "revoke", { reason: "key-compromise" })).text).toContain(
      "I have a new certificate",
    );
    expect((await alice.visitor.open(path)).url).toBe(page.url);
    expect(await eventsOf(world, "certificate.revoked")).toHaveLength(1);
  });

  test("and is listed among those that have ended, as one is that has run out", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { page } = await issued(world, alice);
    const list = "/account/certificates";
    expect((await alice.visitor.open(list)).text).toContain("Valid until");
    await alice.visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=no-longer-used");
    const ended = await alice.visitor.open(list);
    expect(ended.text).toContain("You have no certificate.");
    expect(ended.text).toContain("Revoked on");
    await world.database.rows("UPDATE certificate SET revoked_at = NULL, expires_at = ?", [world.now() - DAY]);
    expect((await alice.visitor.open(list)).text).toContain("Ran out on");
    expect((await alice.visitor.open(page.url)).text).toContain("It has run out");
  });
});

describe("the list of revoked certificates", () => {
  test("is the same until something changes or a day is over, and each has the next number", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const first = await listOf(world);
    expect(first.headers.get("content-type")).toBe("application/pkix-crl");
    expect(first.headers.get("cache-control")).toBe("public, max-age=600");
    expect([first.number, (await listOf(world)).der.equals(first.der)]).toEqual([1, true]);
    const { page } = await issued(world, alice);
    expect((await listOf(world)).number).toBe(1);
    await alice.visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=superseded");
    expect((await listOf(world)).number).toBe(2);
    world.pass(DAY - MINUTE);
    expect((await listOf(world)).number).toBe(2);
    world.pass(2 * MINUTE);
    const third = await listOf(world);
    expect([third.number, third.revoked.length]).toEqual([3, 1]);
  });

  test("names a revoked one for as long as it would have lived, and a week after", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { page, serial, certificate } = await issued(world, alice);
    await alice.visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=superseded");
    world.pass(certificate.validToDate.getTime() + 6 * DAY - world.now());
    expect((await listOf(world)).revoked).toEqual([serial]);
    world.pass(2 * DAY);
    expect((await listOf(world)).revoked).toEqual([]);
  });

  test("goes on where another process left off", async () => {
    await using world = await createWorld();
    const first = await listOf(world);
    await world.restart();
    expect((await listOf(world)).der.equals(first.der)).toBe(true);
  });
});

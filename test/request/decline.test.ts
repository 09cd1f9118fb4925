import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../src/clock.ts";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { order, STORE } from "../support/payment.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld, LIBRARY } from "../support/world.ts";
import { asked, askedBy, knownAsked, requestIn } from "./asked.ts";

const onward = (page: Page) => page.html.querySelector("a.primary")?.getAttribute("href") ?? "";
const described = (page: Page) => new URL(page.url).searchParams.get("error_description");

describe("a request that is declined on the phone", () => {
  test.each(["wrong_details", "changed_mind"])("%s: the page says so, and the site who said no", async (reason) => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page, visitor } = await knownAsked(world);
    const declined = await phone.decline(requestIn(page), reason);
    expect([declined.status, declined.text]).toEqual([204, ""]);
    const status = await visitor.open(page.url.replace("/challenge", "/status"));
    expect(JSON.parse(status.html.text)).toEqual({ state: "over" });
    const told = await visitor.open(page.url);
    expect([told.status, told.title]).toEqual([200, expect.stringContaining("Declined on the phone")]);
    const back = await visitor.open(onward(told));
    expect([errorOf(back), described(back)]).toEqual([
      "access_denied",
      `declined by the person on the phone: ${reason}`,
    ]);
    const [event] = await world.database.rows<{ detail: string }>(
      "SELECT detail FROM event WHERE type = 'login.declined'",
    );
    expect(JSON.parse(event?.detail ?? "")).toEqual({ by: "device", reason });
    expect(await world.messages()).toEqual([]);
  });

  test("an operation's page does the same", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    expect((await phone.decline(requestIn(page), "wrong_details")).status).toBe(204);
    const told = await visitor.open(page.url);
    expect(told.title).toContain("Declined on the phone");
    expect(described(await visitor.open(onward(told)))).toBe("declined by the person on the phone: wrong_details");
  });

  test("only once, not after it was answered, and not by somebody else's phone", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const one = await knownAsked(world);
    await phone.decline(requestIn(one.page), "changed_mind");
    expect(problemOf(await phone.decline(requestIn(one.page), "changed_mind"))).toEqual([410, "declined"]);
    const two = await knownAsked(world);
    await phone.answer(requestIn(two.page), two.page.challenge);
    expect(problemOf(await phone.decline(requestIn(two.page), "not_me"))).toEqual([409, "already-used"]);
    const three = await knownAsked(world);
    world.pass(6 * MINUTE);
    expect(problemOf(await phone.decline(requestIn(three.page), "changed_mind"))).toEqual([410, "expired"]);
    const strangers = await asked(world, createVisitor(world.issuer), "bob@example.com");
    expect(problemOf(await phone.decline(requestIn(strangers), "not_me"))).toEqual([404, "not-found"]);
  });

  test.each([
    ["no reason", {}],
    ["an unknown reason", { reason: "bored" }],
    ["a member too many", { reason: "not_me", really: true }],
  ])("%s is invalid-request", async (_name, body) => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const reply = await phone.call("POST", `/device/v1/requests/${requestIn(page)}/decline`, body);
    expect(problemOf(reply)).toEqual([400, "invalid-request"]);
  });
});

describe("declined in a browser that never signed in", () => {
  test("the page goes on as for nobody's account: it says nothing, and no response fits any more", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const nobody = createVisitor(world.issuer);
    const decoy = await asked(world, nobody, "nobody@example.com");
    expect((await phone.decline(requestIn(page), "wrong_details")).status).toBe(204);
    expect((await phone.requests()).requests).toEqual([]);
    const seen = await Promise.all(
      [[visitor, page] as const, [nobody, decoy] as const].map(async ([who, shown]) => {
        const status = (await who.open(shown.url.replace("/challenge", "/status"))).html.text;
        const again = await who.open(shown.url);
        const answered = await who.submit(again, "next", { response: world.answer(ALICE, shown.challenge) });
        const fresh = await who.submit(answered, "new-challenge");
        return [status, again.title, answered.status, answered.alert, fresh.title];
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
    expect((await phone.requests()).requests).toEqual([]);
    expect(problemOf(await phone.answer(requestIn(page), page.challenge))).toEqual([410, "declined"]);
  });
});

describe('"It was not me"', () => {
  test("ends every open request, tells the owner on all channels, and is an event", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const first = await knownAsked(world);
    const second = await askedBy(world, first.visitor, { site: LIBRARY });
    const strange = createVisitor(world.issuer);
    const stranger = await asked(world, strange);
    expect((await phone.requests()).requests).toHaveLength(3);
    expect((await phone.decline(requestIn(stranger), "not_me")).status).toBe(204);
    expect((await phone.requests()).requests).toEqual([]);
    expect((await first.visitor.open(second.page.url)).title).toContain("Declined on the phone");
    expect((await strange.open(stranger.url)).title).not.toContain("Declined");
    const sent = await world.messages();
    expect(sent.map(({ channel }) => channel).sort()).toEqual(["mail", "sms"]);
    expect(sent.find(({ channel }) => channel === "mail")?.text).toContain("alice's phone");
    const [event] = await world.database.rows<{ detail: string; device_id: string }>(
      "SELECT detail, device_id FROM event WHERE type = 'login.not-me'",
    );
    expect([JSON.parse(event?.detail ?? ""), event?.device_id]).toEqual([{ ended: 2 }, phone.deviceId]);
  });

  test("raises the guard: for a day strangers' requests are not listed; they can still be typed, and known browsers go on", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page, visitor } = await knownAsked(world);
    await phone.decline(requestIn(page), "not_me");
    const strange = createVisitor(world.issuer);
    const stranger = await asked(world, strange);
    expect((await phone.requests()).requests).toEqual([]);
    const known = await askedBy(world, visitor);
    expect((await phone.requests()).requests.map(({ id }) => id)).toEqual([requestIn(known.page)]);
    expect(errorOf(await strange.submit(stranger, "next", { response: phone.respond(stranger.challenge) }))).toBeNull();
    world.pass(25 * HOUR);
    const later = await asked(world, createVisitor(world.issuer));
    expect((await phone.requests()).requests.map(({ id }) => id)).toEqual([requestIn(later)]);
    await world.sweep();
    expect(await world.database.rows("SELECT account_id FROM guard")).toEqual([]);
  });

  test("said in a browser that is signed in, it raises the guard as well", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    await visitor.submit(page, "decline", { reason: "not_me" });
    await asked(world, createVisitor(world.issuer), ALICE, STORE);
    expect((await phone.requests()).requests).toEqual([]);
  });
});

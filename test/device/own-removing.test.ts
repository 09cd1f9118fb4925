import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../src/clock.ts";
import { atAccount, eventsOf, toldOf } from "../account/support.ts";
import { askedBy, knownAsked, requestIn } from "../request/asked.ts";
import { numberFor } from "../support/by-sms.ts";
import { codeTo } from "../support/newcomer.ts";
import { type OnlinePhone, problemOf } from "../support/online-phone.ts";
import { scanned } from "../support/scan.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { closed, confirmBy, confirmedUntilCallback, count, listed, pathOf, stage, state } from "./own-support.ts";

const PHONE = "+15555550101";

async function removal(visitor: Visitor, phone: OnlinePhone, way: "confirm" | "email"): Promise<Page> {
  return visitor.submit(await visitor.open(`${pathOf(phone)}/remove`), way);
}

const other = ({ more }: { more: OnlinePhone[] }): OnlinePhone => {
  const [first] = more;
  if (first === undefined) throw new Error("alice has one phone");
  return first;
};

describe("a phone is removed by a confirmation", () => {
  test("of another phone: at once, as an event, and told on all channels", async () => {
    await using on = await stage({ others: 1 });
    const asked = await removal(on.visitor, on.phone, "confirm");
    expect((await scanned(on.world, asked.qr)).operation).toMatchObject({
      type: "security_settings",
      setting: "Phone: alice's phone",
      from: "Connected",
      to: "Removed",
    });
    expect(await state(on.phone)).toBe("there");
    const page = await confirmBy(on.world, on.visitor, asked, other(on));
    expect(page.url).toBe(`${on.world.issuer}/account/devices`);
    expect(toldOf(page)).toContain("The phone is removed");
    expect(listed(page)).toEqual(["Phone number 1"]);
    expect(closed(page)).toEqual([expect.stringMatching(/^alice's phone Removed on .*, on this page$/)]);
    expect(await state(on.phone)).toBe("device-revoked");
    const gone = "SELECT pad_sealed, next_pad_sealed, ended_by FROM device WHERE id = ?";
    expect(await on.world.database.rows(gone, [on.phone.deviceId])).toEqual([
      { pad_sealed: "", next_pad_sealed: null, ended_by: "account" },
    ]);
    const [confirmed] = await on.world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    expect(await eventsOf(on.world, "device.revoked")).toEqual([
      { clientId: null, by: "account", proof: "confirmation", confirmation: confirmed?.id },
    ]);
    const mail = await on.world.message(ALICE);
    expect(mail.subject).toBe("A phone was removed from your E-num account");
    expect(mail.text).toContain(`"alice's phone" was removed`);
    expect(mail.text).not.toContain("No other phone is connected");
    expect((await on.world.message(PHONE)).text).toContain(`"alice's phone" was removed`);
  });

  test("of its own, and its responses are worth nothing from then on", async () => {
    await using on = await stage({ others: 1 });
    await confirmBy(on.world, on.visitor, await removal(on.visitor, on.phone, "confirm"), on.phone);
    const { page } = await askedBy(on.world, createVisitor(on.world.issuer));
    const { visitor, page: shown } = { visitor: createVisitor(on.world.issuer), page };
    expect(shown.challenge).not.toBe("");
    const fresh = await askedBy(on.world, visitor);
    const refused = await visitor.submit(fresh.page, "next", { response: on.phone.respond(fresh.page.challenge) });
    expect(refused.status).toBe(422);
    const right = await visitor.submit(fresh.page, "next", { response: other(on).respond(fresh.page.challenge) });
    expect(right.url).toContain("code=");
  });

  test("with the longest name, which is cut where phones could not read it", async () => {
    await using on = await stage({ others: 1 });
    await on.visitor.submit(await on.visitor.open(pathOf(on.phone)), "rename", { name: "Щ".repeat(40) });
    const asked = await removal(on.visitor, on.phone, "confirm");
    expect((await scanned(on.world, asked.qr)).operation["setting"]).toBe(`Phone: ${"Щ".repeat(22)}…`);
    expect(toldOf(await confirmBy(on.world, on.visitor, asked, other(on)))).toContain("The phone is removed");
  });

  test("of its former name not, and the person is told that nothing has changed", async () => {
    await using on = await stage({ others: 1 });
    const callback = await confirmedUntilCallback(
      on.world,
      on.visitor,
      await removal(on.visitor, on.phone, "confirm"),
      other(on),
    );
    await on.world.database.rows("UPDATE device SET name = 'Renamed' WHERE id = ?", [on.phone.deviceId]);
    expect(toldOf(await on.visitor.open(callback))).toContain("Nothing has changed");
    expect(await state(on.phone)).toBe("there");
  });

  test("that comes back twice, or after another tab was faster, is one removal", async () => {
    await using on = await stage({ others: 1 });
    const open = await on.visitor.open(pathOf(on.phone));
    const callback = await confirmedUntilCallback(
      on.world,
      on.visitor,
      await removal(on.visitor, on.phone, "confirm"),
      other(on),
    );
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(toldOf(await on.visitor.open(callback))).toContain("The phone is removed");
    expect(await count(on.world, "device.revoked")).toBe(1);
    for (const page of [
      await on.visitor.submit(open, "rename", { name: "Mine" }),
      await on.visitor.open(`${pathOf(on.phone)}/remove`),
      await on.visitor.post(`${pathOf(on.phone)}/remove`, "action=email"),
    ])
      expect(page.url).toBe(`${on.world.issuer}/account/devices`);
    expect(await count(on.world, "device.renamed")).toBe(0);
    expect((await on.world.messages()).filter(({ to }) => to === ALICE)).toHaveLength(1);
  });
});

describe("a phone is removed by a code from a mail", () => {
  test("which names it, and works once, in the browser that asked for it", async () => {
    await using on = await stage({ others: 1 });
    const page = await removal(on.visitor, on.phone, "email");
    expect(page.url).toBe(`${on.world.issuer}${pathOf(on.phone)}/email-code`);
    const mail = await on.world.message(ALICE);
    expect(mail.subject).toContain("removes a phone");
    expect(mail.text).toContain(`remove the phone "alice's phone"`);
    const code = await codeTo(on.world, ALICE);
    const { visitor: elsewhere } = await atAccount(on.world);
    expect((await elsewhere.open(`${pathOf(on.phone)}/email-code`)).url).toContain("/remove");
    const stolen = await elsewhere.post(`${pathOf(on.phone)}/email-code`, `action=next&code=${code}`);
    expect(stolen.alert).toContain("This code has run out");
    const forOther = await on.visitor.post(`${pathOf(other(on))}/email-code`, `action=next&code=${code}`);
    expect(forOther.alert).toContain("This code has run out");
    expect(await state(on.phone)).toBe("there");
    const done = await on.visitor.submit(page, "next", { code });
    expect(toldOf(done)).toContain("The phone is removed");
    expect(await state(on.phone)).toBe("device-revoked");
    expect(await state(other(on))).toBe("there");
    expect(await eventsOf(on.world, "device.revoked")).toEqual([{ clientId: null, by: "account", proof: "email" }]);
    expect((await on.visitor.submit(page, "next", { code })).url).toBe(`${on.world.issuer}/account/devices`);
    expect(await count(on.world, "device.revoked")).toBe(1);
  });

  test("of which three wrong ones and ten minutes leave nothing", async () => {
    await using on = await stage();
    const page = await removal(on.visitor, on.phone, "email");
    expect((await on.visitor.submit(page, "next", { code: "" })).alert).toContain("Enter the code");
    for (const left of ["2 tries left", "1 try left"])
      expect((await on.visitor.submit(page, "next", { code: "AAAAAAAA" })).alert).toContain(left);
    const right = await codeTo(on.world, ALICE);
    expect((await on.visitor.submit(page, "next", { code: "AAAAAAAA" })).alert).toContain("used up");
    expect((await on.visitor.submit(page, "next", { code: right })).alert).toContain("used up");
    const resent = await on.visitor.submit(page, "resend");
    expect(toldOf(resent)).toContain("A new code is on its way");
    const second = await codeTo(on.world, ALICE);
    on.world.pass(10 * MINUTE);
    expect((await on.visitor.submit(resent, "next", { code: second })).alert).toContain("run out");
    expect(await state(on.phone)).toBe("there");
  });

  test("which is not sent more than three times, and no more than five times an hour for an account", async () => {
    await using on = await stage();
    const page = await removal(on.visitor, on.phone, "email");
    for (let sent = 0; sent < 2; sent += 1) await on.visitor.submit(page, "resend");
    const refused = await on.visitor.submit(page, "resend");
    expect(refused.status).toBe(429);
    const { visitor } = await atAccount(on.world);
    const answers = [];
    for (let asked = 0; asked < 4; asked += 1) answers.push(await removal(visitor, on.phone, "email"));
    expect((await on.world.messages()).filter(({ to }) => to === ALICE).length).toBeLessThanOrEqual(5);
    const { visitor: third } = await atAccount(on.world);
    const tooMany = await removal(third, on.phone, "email");
    expect(tooMany.status).toBe(429);
    on.world.pass(HOUR);
    expect((await removal(third, on.phone, "email")).status).toBe(200);
  });

  test("is sent whatever strangers ask for at a sign-in, who would keep a thief's phone connected", async () => {
    await using on = await stage();
    for (let asked = 0; asked < 6; asked += 1) {
      const stranger = createVisitor(on.world.issuer);
      const { page } = await numberFor(on.world, stranger, ALICE);
      expect((await stranger.submit(page, "sms")).status).toBe(asked < 5 ? 200 : 429);
    }
    const page = await removal(on.visitor, on.phone, "email");
    await on.visitor.submit(page, "next", { code: await codeTo(on.world, ALICE) });
    expect(await state(on.phone)).toBe("device-revoked");
  });
});

describe("the only phone", () => {
  test("is removed after a page that says plainly what follows; then nobody signs in, and the account page says so", async () => {
    await using on = await stage();
    const page = await on.visitor.open(`${pathOf(on.phone)}/remove`);
    expect(page.text).toContain("It is the only phone of your account");
    const asked = await on.visitor.submit(page, "email");
    expect(asked.text).toContain("nobody can sign in");
    const done = await on.visitor.submit(asked, "next", { code: await codeTo(on.world, ALICE) });
    expect(toldOf(done)).toContain("Your only phone is removed");
    expect(done.text).toContain("No phone is connected");
    expect((await on.world.message(ALICE)).text).toContain("No other phone is connected");
    expect((await on.world.message(PHONE)).text).toContain("No other is connected.");
    expect(toldOf(await on.visitor.post("/account/devices", "action=add"))).toContain(
      "No phone is there to confirm it",
    );
    const { page: number } = await askedBy(on.world, createVisitor(on.world.issuer));
    expect(number.challenge).toMatch(/^\d{8}$/);
  });

  test("is removed by its own confirmation as well, and ends all that was open", async () => {
    await using on = await stage();
    const known = await knownAsked(on.world);
    const strange = createVisitor(on.world.issuer);
    const { page: number } = await askedBy(on.world, strange);
    const done = await confirmBy(on.world, on.visitor, await removal(on.visitor, on.phone, "confirm"), on.phone);
    expect(toldOf(done)).toContain("Your only phone is removed");
    expect(
      await on.world.database.rows("SELECT id FROM challenge WHERE status = 'open' AND account_id IS NOT NULL"),
    ).toEqual([]);
    // A stranger's page says nothing: no response fits it.
    const wrong = await strange.submit(number, "next", { response: on.phone.respond(number.challenge) });
    expect([wrong.status, wrong.url]).toEqual([422, number.url]);
    expect((await known.visitor.open(known.page.url)).html.querySelector("input[name=identifier]")).not.toBeNull();
  });
});

describe("what a removed phone had open", () => {
  test("its call that waits ends at once", async () => {
    await using on = await stage({ others: 1 });
    const asked = await removal(on.visitor, on.phone, "confirm");
    const callback = await confirmedUntilCallback(on.world, on.visitor, asked, other(on));
    const { cursor } = await on.phone.requests();
    const started = performance.now();
    const waiting = on.phone.call("GET", `/device/v1/requests?after=${cursor}&wait=25`);
    await on.phone.requests();
    expect(toldOf(await on.visitor.open(callback))).toContain("The phone is removed");
    expect(problemOf(await waiting)).toEqual([401, "device-revoked"]);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test("its call that waits at another node ends within a second or two, of which that knows by the table alone", async () => {
    await using on = await stage();
    const { cursor } = await on.phone.requests();
    const started = performance.now();
    const waiting = on.phone.call("GET", `/device/v1/requests?after=${cursor}&wait=25`);
    await on.phone.requests();
    const end = "UPDATE device SET status = 'revoked', ended_at = ? WHERE id = ?";
    await on.world.database.rows(end, [on.world.now(), on.phone.deviceId]);
    expect(problemOf(await waiting)).toEqual([401, "device-revoked"]);
    expect(performance.now() - started).toBeLessThan(6000);
  });

  test("a sign-in that it has answered, and whose page has not gone on, begins again", async () => {
    await using on = await stage({ others: 1 });
    const { visitor, page } = await knownAsked(on.world);
    expect((await on.phone.answer(requestIn(page), page.challenge)).status).toBe(200);
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    const again = await visitor.open(page.url);
    expect(again.html.querySelector("input[name=identifier]")).not.toBeNull();
    const number = await visitor.submit(again, "next", { identifier: ALICE });
    expect((await visitor.submit(number, "next", { response: other(on).respond(number.challenge) })).url).toContain(
      "code=",
    );
  });

  test("a request of the account stays open for its other phones, which are not told of another device's end", async () => {
    await using on = await stage({ others: 1 });
    const { visitor, page } = await knownAsked(on.world);
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(problemOf(await on.phone.answer(requestIn(page), page.challenge))).toEqual([401, "device-revoked"]);
    expect((await other(on).requests()).requests.map(({ id }) => id)).toEqual([requestIn(page)]);
    expect((await other(on).answer(requestIn(page), page.challenge)).status).toBe(200);
    expect((await visitor.open(page.url)).url).toContain("code=");
  });

  test("a renewal that it has begun ends", async () => {
    await using on = await stage({ others: 1 });
    expect((await on.phone.call("POST", "/device/v1/pad/challenge")).status).toBe(201);
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(await on.world.database.rows("SELECT status FROM challenge WHERE purpose = 'renew'")).toEqual([
      { status: "replaced" },
    ]);
  });

  test("digits that were shown while its pad lived never come again", async () => {
    await using on = await stage({ others: 1 });
    const { page } = await askedBy(on.world, createVisitor(on.world.issuer));
    await on.phone.call("DELETE", "/device/v1");
    await on.world.sweep();
    const kept = "SELECT digits FROM issued_number WHERE digits = ?";
    expect(await on.world.database.rows(kept, [page.challenge])).toHaveLength(1);
  });
});

describe("a phone that unlinks itself", () => {
  test("ends as by its owner: told on all channels, as an event, in the list of removed ones", async () => {
    await using on = await stage({ others: 1 });
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(await eventsOf(on.world, "device.revoked")).toEqual([{ clientId: null, by: "device" }]);
    expect((await on.world.message(ALICE)).text).toContain("by the phone itself");
    expect((await on.world.message(PHONE)).text).toContain("was removed");
    expect(closed(await on.visitor.open("/account/devices"))).toEqual([expect.stringContaining("by the phone itself")]);
  });
});

test("who is signed in at a browser that a removed phone has signed in goes on there, and is told to sign out elsewhere", async () => {
  await using world = await createWorld();
  const { visitor } = await signIn(world);
  await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [world.phone(ALICE).deviceId]);
  expect((await visitor.open("/account/devices")).text).toContain("No phone is connected");
});

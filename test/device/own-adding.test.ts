import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { atAccount, eventsOf, press, toldOf } from "../account/support.ts";
import { connectedDevice } from "../support/connected-device.ts";
import { problemOf } from "../support/online-phone.ts";
import { activate } from "../support/phone.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import {
  allowed,
  confirmBy,
  confirmedUntilCallback,
  count,
  enrolled,
  firstResponse,
  listed,
  pathOf,
  stage,
  state,
} from "./own-support.ts";

describe("another phone", () => {
  test("is allowed by one that works, connected with one code and a first response, and told on all channels", async () => {
    await using on = await stage();
    const asked = await press(on.visitor, "add");
    expect(asked.text).toContain("Change the security setting “Another phone”?");
    const { operation, client: site } = await scanned(on.world, asked.qr);
    expect(operation).toMatchObject({ type: "security_settings", setting: "Another phone", from: "Not allowed" });
    expect(operation["operation_id"]).toMatch(/^add_device\./);
    expect(site).toEqual({ id: "account", name: "E-num account" });
    expect(await count(on.world, "enrolment.started")).toBe(0);
    const code = await confirmBy(on.world, on.visitor, asked, on.phone);
    expect(code.url).toBe(`${on.world.issuer}/enrolment/activate`);
    expect(code.text).not.toContain("Step 4");
    const { phone, first } = await enrolled(on.world, on.visitor, code);
    expect((await phone.get()).body["device"]).toMatchObject({ status: "pending" });
    const waiting = await on.visitor.open("/account/devices");
    expect(listed(waiting)).toEqual(["alice's phone", "New phone"]);
    expect(waiting.text).toContain("Not connected yet");
    const done = await on.visitor.submit(first, "next", { response: firstResponse(phone, first) });
    expect(done.text).toContain("From now on New phone answers for you.");
    const page = await on.visitor.submit(done, "next");
    expect(page.url).toBe(`${on.world.issuer}/account/devices`);
    expect(page.text).not.toContain("Not connected yet");
    const [confirmed] = await on.world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    expect(await eventsOf(on.world, "enrolment.started")).toMatchObject([{ confirmation: confirmed?.id }]);
    expect((await on.world.message(ALICE)).text).toContain('"New phone" was connected');
    expect((await on.world.message("+15555550101")).text).toContain('"New phone" was connected');
  });

  test("in Russian is asked for in Russian, on the phone as well", async () => {
    await using on = await stage();
    const visitor = createVisitor(on.world.issuer, { "accept-language": "ru" });
    await atAccount(on.world, { visitor });
    const asked = await press(visitor, "add");
    expect((await scanned(on.world, asked.qr)).operation).toMatchObject({ setting: "Ещё один телефон" });
    expect((await confirmBy(on.world, visitor, asked, on.phone)).activation).not.toBe("");
  });

  test("is not allowed by who is signed in and declines, or answers for something else", async () => {
    await using on = await stage();
    const asked = await press(on.visitor, "add");
    const wrong = await on.visitor.submit(asked, "next", { response: on.phone.respond(asked.challenge) });
    expect(wrong.status).toBe(422);
    const declined = await on.visitor.submit(asked, "decline");
    const back = await on.visitor.open(declined.html.querySelector("a.button")?.getAttribute("href") ?? "");
    expect(toldOf(back)).toContain("Nothing has changed");
    expect(await count(on.world, "enrolment.started")).toBe(0);
    expect((await on.visitor.open("/enrolment/activate")).status).toBe(400);
  });

  test.each([
    ["other words", { setting: "A free book" }],
    ["another end", { to: "Allowed for ever" }],
    ["one member more", { description: "Press yes" }],
  ])(
    "is not allowed by a confirmation in %s, whatever the browser has made of the request",
    async (_title, members) => {
      await using on = await stage();
      // The page is asked as always, so that the way back is expected; the request itself is another.
      const { url } = await on.visitor.once("/account/devices", "action=add");
      const address = new URL(url);
      const [element] = JSON.parse(address.searchParams.get("authorization_details") ?? "[]");
      address.searchParams.set("authorization_details", JSON.stringify([{ ...element, ...members }]));
      const asked = await on.visitor.open(address.href);
      expect(toldOf(await confirmBy(on.world, on.visitor, asked, on.phone))).toContain("Nothing has changed");
      expect(await count(on.world, "enrolment.started")).toBe(0);
    },
  );

  test("gets one code for a confirmation: the way back a second time gives none", async () => {
    await using on = await stage();
    const callback = await confirmedUntilCallback(on.world, on.visitor, await press(on.visitor, "add"), on.phone);
    const first = await on.visitor.open(callback);
    expect(first.activation).toMatch(/^[0-9A-Z]{10}$/);
    const again = await on.visitor.open(callback);
    expect(again.url).toBe(`${on.world.issuer}/account`);
    expect(await count(on.world, "enrolment.started")).toBe(1);
    expect((await on.visitor.open("/enrolment/activate")).activation).toBe(first.activation);
  });

  test("gets no other code when the ten minutes are over: it is to be allowed again", async () => {
    await using on = await stage();
    const code = await allowed(on.world, on.visitor, on.phone);
    on.world.pass(10 * MINUTE);
    const over = await on.visitor.open("/enrolment/activate");
    expect(over.text).toContain("For a new one confirm it again");
    expect((await on.visitor.submit(over, "new-challenge")).url).toBe(`${on.world.issuer}/account/devices`);
    await expect(activate(on.world.issuer, ALICE, code.activation)).rejects.toThrow("invalid-code");
    const rows = await on.world.database.rows("SELECT status FROM enrolment");
    expect(rows).toEqual([{ status: "waiting" }]);
  });

  test("gets no code for a confirmation that is older than ten minutes", async () => {
    await using on = await stage();
    const callback = await confirmedUntilCallback(on.world, on.visitor, await press(on.visitor, "add"), on.phone);
    on.world.pass(10 * MINUTE);
    expect(toldOf(await on.visitor.open(callback))).toContain("Nothing has changed");
    expect(await count(on.world, "enrolment.started")).toBe(0);
  });

  test("gets no code on the word of a phone that has been removed meanwhile", async () => {
    await using on = await stage({ others: 1 });
    const callback = await confirmedUntilCallback(on.world, on.visitor, await press(on.visitor, "add"), on.phone);
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(toldOf(await on.visitor.open(callback))).toContain("Nothing has changed");
    expect(await count(on.world, "enrolment.started")).toBe(0);
  });

  test("is not connected after five wrong first responses, and is to be allowed again", async () => {
    await using on = await stage();
    const { phone, first } = await enrolled(on.world, on.visitor, await allowed(on.world, on.visitor, on.phone));
    const refused = await on.visitor.submit(first, "decline");
    expect(refused.text).toContain("The phone was not connected");
    expect((await on.visitor.submit(refused, "new-challenge")).url).toBe(`${on.world.issuer}/account/devices`);
    expect((await phone.get()).body).toMatchObject({ type: "urn:e-num:problem:device-revoked" });
    expect(listed(await on.visitor.open("/account/devices"))).toEqual(["alice's phone"]);
  });

  test("that waits is removed by its owner without anybody's word, and cannot answer any more", async () => {
    await using on = await stage();
    const { phone, first } = await enrolled(on.world, on.visitor, await allowed(on.world, on.visitor, on.phone));
    const page = await on.visitor.open(`${pathOf({ deviceId: phone.id })}/remove`);
    expect(page.text).toContain("It was never connected");
    expect(toldOf(await on.visitor.submit(page, "remove"))).toContain("The phone is removed");
    const answer = await on.visitor.submit(first, "next", { response: firstResponse(phone, first) });
    expect(answer.status).toBe(400);
    expect((await phone.get()).body).toMatchObject({ type: "urn:e-num:problem:device-revoked" });
    expect((await on.world.messages()).filter(({ text }) => text.includes("removed"))).toEqual([]);
  });
});

describe("a sixth phone", () => {
  test("is refused before anything starts", async () => {
    await using on = await stage({ others: 4 });
    expect(on.page.text).toContain("Five phones are connected");
    expect(on.page.html.querySelector('button[value="add"]')).toBeNull();
    const page = await on.visitor.post("/account/devices", "action=add");
    expect(page.url).toBe(`${on.world.issuer}/account/devices`);
    expect(toldOf(page)).toContain("Five phones are connected");
    expect(await on.world.database.rows("SELECT id FROM challenge WHERE purpose = 'operation'")).toEqual([]);
  });

  test("gets no code where the fifth has come meanwhile, and the confirmation is not spent", async () => {
    await using on = await stage({ others: 3 });
    const callback = await confirmedUntilCallback(on.world, on.visitor, await press(on.visitor, "add"), on.phone);
    await connectedDevice(on.world, ALICE);
    expect(toldOf(await on.visitor.open(callback))).toContain("Five phones are connected");
    expect(await on.world.database.rows("SELECT spent_at FROM confirmation")).toEqual([{ spent_at: null }]);
  });

  test("does not use the code up where the fifth has come meanwhile", async () => {
    await using on = await stage({ others: 3 });
    const code = await allowed(on.world, on.visitor, on.phone);
    await connectedDevice(on.world, ALICE);
    await expect(activate(on.world.issuer, ALICE, code.activation)).rejects.toThrow("invalid-code");
    expect((await on.visitor.open("/enrolment/activate")).activation).toBe(code.activation);
  });

  test("is not connected by its first response where the fifth has come meanwhile", async () => {
    await using on = await stage({ others: 3 });
    const { phone, first } = await enrolled(on.world, on.visitor, await allowed(on.world, on.visitor, on.phone));
    await connectedDevice(on.world, ALICE);
    const answer = await on.visitor.submit(first, "next", { response: firstResponse(phone, first) });
    expect(answer.text).toContain("the phones of your account have changed meanwhile");
    expect(await eventsOf(on.world, "enrolment.failed")).toMatchObject([{ reason: "no-room" }]);
    expect((await phone.get()).body).toMatchObject({ type: "urn:e-num:problem:device-revoked" });
  });
});

describe("what is being connected", () => {
  test("ends when a phone is removed, since it may stand on that phone's word", async () => {
    await using on = await stage({ others: 1 });
    const [other] = on.more;
    const code = await allowed(on.world, on.visitor, on.phone);
    await other?.call("DELETE", "/device/v1");
    await expect(activate(on.world.issuer, ALICE, code.activation)).rejects.toThrow("invalid-code");
    expect((await on.visitor.open("/enrolment/activate")).status).toBe(400);

    const { phone, first } = await enrolled(on.world, on.visitor, await allowed(on.world, on.visitor, on.phone));
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(await state(on.phone)).toBe("device-revoked");
    const answer = await on.visitor.submit(first, "next", { response: firstResponse(phone, first) });
    expect(answer.status).toBe(400);
    const rows = await on.world.database.rows("SELECT status FROM device WHERE id = ?", [phone.id]);
    expect(rows).toEqual([{ status: "revoked" }]);
    expect(problemOf(await on.phone.call("GET", "/device/v1"))).toEqual([401, "device-revoked"]);
  });
});

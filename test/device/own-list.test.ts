import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/clock.ts";
import { placeOfRecord } from "../../src/provider/adapter.ts";
import { eventsOf, toldOf } from "../account/support.ts";
import { connectedDevice } from "../support/connected-device.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { closed, count, listed, pathOf, stage } from "./own-support.ts";

const usedAt = (text: string) => [...text.matchAll(/Last used ([^U]+) UTC/g)].map(([, time]) => time);
const utc = (time: number) => {
  const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" }).format(time);
  return `${day}, ${new Date(time).toISOString().slice(11, 16)}`;
};

describe("the list of phones", () => {
  test("names each, its kind, when it was connected and last used, and the one that has just answered", async () => {
    await using on = await stage({ others: 1 });
    expect(listed(on.page)).toEqual(["alice's phone", "Phone number 1"]);
    const [own, other] = on.page.html.querySelectorAll(".devices li").map(({ text }) => text);
    for (const shown of ["Command line, connected on ", "Last used ", "You signed in here with it"])
      expect(own).toContain(shown);
    expect(other).not.toContain("You signed in here");
    expect((await on.visitor.open("/account/devices?lang=ru")).text).toContain("С ним вы вошли здесь");
  });

  test("says of no phone that it signed in here where two have answered in the same seconds", async () => {
    await using on = await stage({ others: 1 });
    const [other] = on.more;
    const [event] = await on.world.database.rows<{ account_id: string; at: number }>(
      "SELECT account_id, at FROM event WHERE type = 'login.accepted'",
    );
    await on.world.database.rows(
      "INSERT INTO event (id, type, account_id, device_id, detail, at) VALUES ('x', 'login.accepted', ?, ?, '{}', ?)",
      [event?.account_id ?? "", other?.deviceId ?? "", event?.at ?? 0],
    );
    expect((await on.visitor.open("/account/devices")).text).not.toContain("You signed in here");
  });

  test("tells the last answer that was accepted, and no write is made for it beyond its event", async () => {
    await using on = await stage();
    const before = usedAt(on.page.text);
    expect(before).toEqual([utc(on.world.now())]);
    on.world.pass(2 * HOUR);
    await signIn(on.world);
    const after = await on.visitor.open("/account/devices");
    expect(usedAt(after.text)).toEqual([utc(on.world.now())]);
    expect(await on.world.database.rows("SELECT seen_at FROM device WHERE id = ?", [on.phone.deviceId])).toEqual([
      { seen_at: null },
    ]);
  });

  test("tells the last call of its own, kept at most once in ten minutes", async () => {
    await using on = await stage();
    const seen = async () =>
      (
        await on.world.database.rows<{ seen_at: number | null }>("SELECT seen_at FROM device WHERE id = ?", [
          on.phone.deviceId,
        ])
      )[0]?.seen_at;
    on.world.pass(HOUR);
    await on.phone.requests();
    const first = await seen();
    expect(first).toBeGreaterThan(on.world.now() - MINUTE);
    on.world.pass(9 * MINUTE);
    await on.phone.requests();
    expect(await seen()).toBe(first);
    on.world.pass(2 * MINUTE);
    await Promise.all([on.phone.requests(), on.phone.requests()]);
    expect(await seen()).toBeGreaterThan(on.world.now() - MINUTE);
    expect(usedAt((await on.visitor.open("/account/devices")).text)).toEqual([utc(on.world.now())]);
  });

  test("says until when a phone is locked, and that a new secret waits", async () => {
    await using on = await stage();
    const until = on.world.now() + HOUR;
    await on.world.database.rows(
      "INSERT INTO counter (id, failures, total, locks, locked_until, admitted_until, updated_at) VALUES (?, 0, 5, 1, ?, 0, 0)",
      [`device:${on.phone.deviceId}`, until],
    );
    await on.world.database.rows("UPDATE device SET next_pad_sealed = pad_sealed WHERE id = ?", [on.phone.deviceId]);
    const { text } = await on.visitor.open("/account/devices");
    expect(text).toContain(`Locked until ${utc(until)} UTC`);
    expect(text).toContain("New secret");
    expect((await on.visitor.open(pathOf(on.phone))).text).toContain("Its responses can still be typed.");
  });

  test("has those that were removed in the last 90 days, with when and by whom, and those that never worked not", async () => {
    await using on = await stage({ others: 2 });
    const [gone, old] = on.more;
    await gone?.call("DELETE", "/device/v1");
    await on.world.database.rows("UPDATE device SET status = 'revoked', ended_at = ? WHERE id = ?", [
      on.world.now() - 91 * DAY,
      old?.deviceId ?? "",
    ]);
    await on.world.database.rows("UPDATE device SET activated_at = NULL WHERE id = ?", [old?.deviceId ?? ""]);
    const page = await on.visitor.open("/account/devices");
    expect(listed(page)).toEqual(["alice's phone"]);
    expect(closed(page)).toEqual([expect.stringMatching(/^Phone number 1 Removed on .*, by the phone itself$/)]);
  });

  test("is told to nobody who is signed in with less than a response", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const session = "SELECT id, payload_sealed FROM oidc WHERE model = 'Session'";
    const row = await world.database.first<{ id: string; payload_sealed: string }>(session);
    if (row === undefined) throw new Error("there is no session");
    const place = placeOfRecord("Session", row.id);
    const payload = JSON.parse(world.sealer.open(row.payload_sealed, place).toString());
    const sealed = world.sealer.seal(JSON.stringify({ ...payload, acr: "urn:e-num:acr:sms" }), place);
    await world.database.rows("UPDATE oidc SET payload_sealed = ? WHERE id = ?", [sealed, row.id]);
    const path = pathOf(world.phone(ALICE));
    for (const answer of [
      await visitor.open(path),
      await visitor.open(`${path}/remove`),
      await visitor.open(`${path}/email-code`),
      await visitor.post("/account/devices", "action=add"),
      await visitor.post(path, "action=rename&name=Mine"),
      await visitor.post(`${path}/remove`, "action=email"),
      await visitor.post(`${path}/email-code`, "action=next&code=AAAAAAAA"),
    ])
      expect(answer.title).toContain("Sign in to E-num account");
    expect(await world.messages()).toEqual([]);
    expect(await count(world, "device.renamed")).toBe(0);
  });
});

describe("a phone's name", () => {
  test("is changed at once, is an event without it, and is what phone and page say from then on", async () => {
    await using on = await stage();
    const page = await on.visitor.submit(await on.visitor.open(pathOf(on.phone)), "rename", { name: "  Красный 📱 " });
    expect(toldOf(page)).toContain("The name is saved");
    expect(listed(page)).toEqual(["Красный 📱"]);
    expect(await eventsOf(on.world, "device.renamed")).toEqual([{ clientId: null }]);
    expect((await on.phone.call("GET", "/device/v1")).body["device"]).toMatchObject({ name: "Красный 📱" });
  });

  test.each([
    ["", "Enter a name"],
    ["   ", "Enter a name"],
    ["x".repeat(41), "This name is longer than 40 characters"],
    ["a\u202eb", "This name has characters that cannot be seen"],
    ["a\u2028b", "This name has characters that cannot be seen"],
  ])("is not %j, and what was typed is kept", async (name, why) => {
    await using on = await stage();
    const page = await on.visitor.submit(await on.visitor.open(pathOf(on.phone)), "rename", { name });
    expect(page.status).toBe(422);
    expect(page.alert).toContain(why);
    expect(page.html.querySelector("#name")?.getAttribute("value")).toBe(name);
    expect(listed(await on.visitor.open("/account/devices"))).toEqual(["alice's phone"]);
  });

  test("may have forty characters, whatever they take in bytes", async () => {
    await using on = await stage();
    const name = "📱".repeat(40);
    expect(listed(await on.visitor.submit(await on.visitor.open(pathOf(on.phone)), "rename", { name }))).toEqual([
      name,
    ]);
  });

  test("that is sent twice is one change", async () => {
    await using on = await stage();
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => on.visitor.post(pathOf(on.phone), "action=rename&name=Mine")),
    );
    for (const { status } of answers) expect(status).toBe(200);
    expect(await count(on.world, "device.renamed")).toBe(1);
  });

  test("is escaped wherever it stands", async () => {
    await using on = await stage();
    const name = '"><img src=x onerror=alert(1)>';
    const page = await on.visitor.submit(await on.visitor.open(pathOf(on.phone)), "rename", { name });
    expect(listed(page)).toEqual([name]);
    for (const path of ["", "/remove"])
      expect((await on.visitor.open(`${pathOf(on.phone)}${path}`)).html.querySelector("img")).toBeNull();
  });
});

describe("another account's phone", () => {
  test("is nobody's: every address of it is not found, as is one that is none", async () => {
    await using on = await stage();
    const bobs = await connectedDevice(on.world, "bob@example.com");
    for (const id of [bobs.deviceId, "nothing", "%00", "a".repeat(65), "__proto__", "x'"])
      for (const path of [
        `/account/devices/${id}`,
        `/account/devices/${id}/remove`,
        `/account/devices/${id}/email-code`,
      ]) {
        expect((await on.visitor.open(path)).status).toBe(404);
        for (const action of ["rename", "remove", "confirm", "email", "next", "resend"])
          expect((await on.visitor.post(path, `action=${action}&name=Mine&code=AAAAAAAA`)).status).toBe(404);
      }
    const phone = await onlinePhone(on.world, "bob@example.com", bobs);
    expect((await phone.call("GET", "/device/v1")).body["device"]).toMatchObject({ name: "Another phone" });
    expect(await on.world.messages()).toEqual([]);
  });

  test("is asked for by who is not signed in: they sign in first, whatever the id", async () => {
    await using on = await stage();
    for (const id of [on.phone.deviceId, "nothing"]) {
      const asked = await createVisitor(on.world.issuer).open(`/account/devices/${id}`);
      expect(asked.title).toContain("Sign in to E-num account");
    }
  });

  test("takes no form of another site, and has no other button", async () => {
    await using on = await stage();
    const path = pathOf(on.phone);
    for (const address of ["/account/devices", path, `${path}/remove`, `${path}/email-code`]) {
      const foreign = await on.visitor.post(address, "action=add&name=x", { "sec-fetch-site": "cross-site" });
      expect(foreign.status).toBe(403);
      expect((await on.visitor.post(address, "action=nothing")).status).toBe(400);
    }
    expect((await on.visitor.open("/account/devices")).text).toContain("alice's phone");
  });
});

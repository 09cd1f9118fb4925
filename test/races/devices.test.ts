import { describe, expect, test } from "vitest";
import { atAccount, press, toldOf } from "../account/support.ts";
import {
  allowed,
  confirmedUntilCallback,
  count,
  enrolled,
  firstResponse,
  pathOf,
  stage,
  state,
} from "../device/own-support.ts";
import { knownAsked, requestIn } from "../request/asked.ts";
import { codeTo } from "../support/newcomer.ts";
import { ALICE } from "../support/sign-in.ts";
import type { Page, Visitor } from "../support/visitor.ts";

const AT_ONCE = 16;
const atOnce = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: AT_ONCE }, work));

describe("sixteen at once", () => {
  test("ways back with one confirmation give one activation code", async () => {
    await using on = await stage();
    const callback = await confirmedUntilCallback(on.world, on.visitor, await press(on.visitor, "add"), on.phone);
    const pages = await atOnce(() => on.visitor.open(callback));
    for (const { status } of pages) expect(status).toBeLessThan(500);
    expect(await on.world.database.rows("SELECT id FROM enrolment")).toHaveLength(1);
    expect(await count(on.world, "enrolment.started")).toBe(1);
    // The browser has the one code, whichever answer came last.
    expect((await on.visitor.open("/enrolment/activate")).activation).toMatch(/^[0-9A-Z]{10}$/);
  });

  test("ways back with one confirmation remove a phone once, with one event, one mail and one SMS", async () => {
    await using on = await stage({ others: 1 });
    const asked = await on.visitor.submit(await on.visitor.open(`${pathOf(on.phone)}/remove`), "confirm");
    const callback = await confirmedUntilCallback(on.world, on.visitor, asked, on.phone);
    const pages = await atOnce(() => on.visitor.open(callback));
    for (const { status } of pages) expect(status).toBe(200);
    expect(await count(on.world, "device.revoked")).toBe(1);
    expect(await on.world.messages()).toHaveLength(2);
    expect(await state(on.phone)).toBe("device-revoked");
  });

  test("right codes from a mail, and the phone's own end, are one removal", async () => {
    await using on = await stage();
    const asked = await on.visitor.submit(await on.visitor.open(`${pathOf(on.phone)}/remove`), "email");
    const code = await codeTo(on.world, ALICE);
    const [, ...pages] = await Promise.all([
      on.phone.call("DELETE", "/device/v1"),
      ...Array.from({ length: AT_ONCE }, () => on.visitor.submit(asked, "next", { code })),
    ]);
    for (const { status } of pages) expect(status).toBeLessThan(500);
    expect(await count(on.world, "device.revoked")).toBe(1);
  });
});

test("an answer and the removal of its phone at once: it was accepted before, or not at all, and none is accepted after", async () => {
  await using on = await stage({ others: 4 });
  for (const phone of on.more) {
    const { visitor, page } = await knownAsked(on.world);
    const asked = await on.visitor.submit(await on.visitor.open(`${pathOf(phone)}/remove`), "confirm");
    const callback = await confirmedUntilCallback(on.world, on.visitor, asked, on.phone);
    const [answered, removed] = await Promise.all([
      phone.answer(requestIn(page), page.challenge),
      on.visitor.open(callback),
    ]);
    expect([200, 401, 410, 422]).toContain(answered.status);
    expect(toldOf(removed)).toContain("The phone is removed");
    const late = await phone.answer(requestIn(page), page.challenge);
    expect(late.body["type"]).toBe("urn:e-num:problem:device-revoked");
    expect((await visitor.open(page.url)).status).toBeLessThan(500);
  }
  expect(await count(on.world, "device.revoked")).toBe(4);
});

test("first responses of two phones at once, where there is room for one: five work", async () => {
  await using on = await stage({ others: 3 });
  const { visitor: second } = await atAccount(on.world);
  const waiting: { visitor: Visitor; page: Page; response: string }[] = [];
  for (const visitor of [on.visitor, second]) {
    const { phone, first: page } = await enrolled(on.world, visitor, await allowed(on.world, visitor, on.phone));
    waiting.push({ visitor, page, response: firstResponse(phone, page) });
  }
  const answers = await Promise.all(
    waiting.map(({ visitor, page, response }) => visitor.submit(page, "next", { response })),
  );
  for (const { status } of answers) expect(status).toBe(200);
  const titles = answers.map(({ title }) => title.split(" · ")[0]).sort();
  expect(titles).toEqual(["The phone was not connected", "Your phone is connected"]);
  expect(await on.world.database.rows("SELECT id FROM device WHERE status = 'active'")).toHaveLength(5);
});

test("all phones of an account removed at once: the last of them is told as the last", async () => {
  await using on = await stage({ others: 3 });
  const ended = await Promise.all([on.phone, ...on.more].map((phone) => phone.call("DELETE", "/device/v1")));
  for (const { status } of ended) expect(status).toBe(204);
  const mails = (await on.world.messages()).filter(({ to }) => to === ALICE);
  expect(mails).toHaveLength(4);
  expect(mails.filter(({ text }) => text.includes("No other phone is connected"))).toHaveLength(1);
});

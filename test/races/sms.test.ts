import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { eventsOf } from "../account/support.ts";
import { askForSms, BY_SMS, CAROL, numberFor, PHONES, SMS, smsTo, wrongCode } from "../support/by-sms.ts";
import { order, PAYMENT, STORE } from "../support/payment.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const AT_ONCE = 16;

async function atCode(world: World) {
  const visitor = createVisitor(world.issuer);
  const { page: number } = await numberFor(world, visitor, CAROL);
  const page = await askForSms(world, visitor, number, CAROL);
  return { visitor, page, number, path: new URL(page.url).pathname, code: await smsTo(world, CAROL) };
}

describe("sixteen at once, by SMS", () => {
  test("the right code is accepted once", async () => {
    await using world = await createWorld();
    const { visitor, path, code } = await atCode(world);
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => visitor.post(path, `action=next&code=${code}`)),
    );
    for (const { status } of answers) expect(status).toBeLessThan(500);
    expect(await eventsOf(world, "login.accepted")).toHaveLength(1);
  });

  test("wrong codes cost three tries and never get a fourth", async () => {
    await using world = await createWorld();
    const { visitor, path, code } = await atCode(world);
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_none, index) =>
        visitor.post(path, `action=next&code=${wrongCode(code, index + 1)}`),
      ),
    );
    expect(await world.database.rows("SELECT status, tries, wrong FROM sms_code")).toEqual([
      { status: "exhausted", tries: 3, wrong: 3 },
    ]);
    expect(await world.database.rows("SELECT failures FROM counter WHERE failures > 0")).toEqual([{ failures: 3 }]);
    expect(await eventsOf(world, "login.refused")).toHaveLength(3);
  });

  test("the right code among fifteen wrong ones is accepted, or the code is used up; never both", async () => {
    await using world = await createWorld();
    const { visitor, path, code } = await atCode(world);
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_none, index) =>
        visitor.post(path, `action=next&code=${index === 7 ? code : wrongCode(code, index + 1)}`),
      ),
    );
    const [row] = await world.database.rows<{ status: string; tries: number }>("SELECT status, tries FROM sms_code");
    const accepted = await eventsOf(world, "login.accepted");
    expect(accepted).toHaveLength(row?.status === "answered" ? 1 : 0);
    expect(row?.tries).toBeLessThanOrEqual(3);
  });

  test("the right code confirms one operation once, and counts its sum once", async () => {
    await using world = await createWorld({ clients: [STORE], policy: BY_SMS });
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor, PAYMENT, { scope: "openid", acr_values: SMS });
    const asked = await visitor.submit(page, "sms");
    const body = `action=next&code=${await smsTo(world, ALICE)}`;
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => visitor.post(new URL(asked.url).pathname, body)),
    );
    for (const { status } of answers) expect(status).toBeLessThan(500);
    expect(await eventsOf(world, "operation.confirmed")).toHaveLength(1);
    expect(await world.database.rows("SELECT binding FROM confirmation")).toEqual([{ binding: "sms" }]);
    const [spent] = await world.database.rows<{ whole: number }>("SELECT whole FROM policy_spent");
    expect(spent?.whole).toBe(10);
  });

  test("pressed sixteen times, the button sends one SMS, and a minute later one more", async () => {
    await using world = await createWorld();
    const { visitor, path } = await atCode(world);
    const press = () => Promise.all(Array.from({ length: AT_ONCE }, () => visitor.post(path, "action=resend")));
    const sent = async () => (await world.messages()).filter(({ to }) => to === PHONES[CAROL]).length;
    for (const { status } of await press()) expect(status).toBe(429);
    expect(await sent()).toBe(1);
    world.pass(MINUTE);
    for (const { status } of await press()) expect(status).toBeLessThan(500);
    expect(await sent()).toBe(2);
  });
});

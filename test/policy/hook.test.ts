import { describe, expect, test } from "vitest";
import { DAY, MINUTE } from "../../src/clock.ts";
import { order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { client, createWorld, type World } from "../support/world.ts";

const BOT = client({
  client_id: "bot",
  client_name: "Security",
  security_bot: true,
  redirect_uris: [],
  post_logout_redirect_uris: [],
  grant_types: [],
  response_types: [],
});
const CLIENTS = [STORE, BOT];

interface Wish {
  fields?: Record<string, string>;
  as?: typeof BOT;
  secret?: string;
}

const FIELDS = {
  account: ALICE,
  demands: "operation",
  seconds: "3600",
  reason: "A phone was lost.",
  reason_ru: "Телефон.",
};

async function raise(world: World, { fields = FIELDS, as = BOT, secret = as.client_secret }: Wish = {}) {
  const authorization = `Basic ${Buffer.from(`${as.client_id}:${secret}`).toString("base64")}`;
  const answer = await fetch(`${world.issuer}/policy/demands`, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { authorization },
  });
  const body: { id?: string; until?: string; type?: string; detail?: string } = await answer.json();
  return { status: answer.status, body };
}

describe("the security bot", () => {
  test("has the scanned statement demanded of an account, for a time, and the person reads why", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const { visitor } = await signIn(world, { client: STORE });
    const before = await order(world, visitor);
    const { status, body } = await raise(world);
    expect(status).toBe(201);
    expect(body.id).toEqual(expect.any(String));
    const seconds = (Date.parse(body.until ?? "") - world.now()) / 1000;
    expect([seconds > 3590, seconds <= 3600]).toEqual([true, true]);
    // Also of a page that is open already.
    const refused = await visitor.submit(before.page, "next", {
      response: world.answer(ALICE, before.page.challenge, TYPED),
    });
    expect(refused.status).toBe(422);
    expect((await visitor.open(before.page.url)).text).toContain("A phone was lost.");
    expect((await visitor.open(`${before.page.url}?lang=ru`)).text).toContain("Телефон.");
    world.pass(60 * MINUTE);
    const after = await order(world, visitor);
    expect(after.page.text).not.toContain("A phone was lost.");
  });

  test("stops what is paid to a purse, before anybody is sent anywhere", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const { visitor } = await signIn(world, { client: STORE });
    const { account: _, ...fields } = { ...FIELDS, payee: PAYMENT.payee.purse, demands: "refuse" };
    expect((await raise(world, { fields })).status).toBe(201);
    await expect(order(world, visitor)).rejects.toMatchObject({
      error: "invalid_authorization_details",
      error_description: "refused by policy: stopped for now by the provider",
    });
    const other = { ...PAYMENT, payee: { purse: "Z999999999999", name: "Other" } };
    expect((await order(world, visitor, other)).page.status).toBe(200);
  });

  test("stops one account at one site, which both are told", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const { visitor } = await signIn(world, { client: STORE });
    await raise(world, { fields: { ...FIELDS, site: "shop", demands: "refuse" } });
    const { page } = await order(world, visitor);
    expect(page.text).toContain("This cannot be confirmed now");
    expect(page.text).toContain("A phone was lost.");
    const back = await visitor.open(page.html.querySelector("a.button")?.getAttribute("href") ?? "");
    expect(errorOf(back)).toBe("access_denied");
  });

  test("leaves an event, and its demand goes by itself", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const { body } = await raise(world);
    const events = await world.database.rows<{ detail: string }>(
      "SELECT detail FROM event WHERE type = 'policy.raised'",
    );
    expect(events.map(({ detail }) => JSON.parse(detail).raise)).toEqual([body.id]);
    world.pass(DAY);
    await world.sweep();
    expect(await world.database.rows("SELECT id FROM policy_raised")).toEqual([]);
  });

  test.each<[string, Wish, number, string]>([
    ["another client", { as: STORE }, 401, "authenticate as a client with security_bot"],
    ["a wrong secret", { secret: "guessed" }, 401, "authenticate as a client with security_bot"],
    ["nobody named", { fields: { ...FIELDS, account: "" } }, 400, "name account, site or payee"],
    ["an account that is not here", { fields: { ...FIELDS, account: "nobody@example.com" } }, 400, "account is none"],
    ["a site that is none", { fields: { ...FIELDS, site: "nowhere" } }, 400, "site is no client's client_id"],
    ["a payee that is none", { fields: { ...FIELDS, payee: "Z1" } }, 400, "payee must be a purse"],
    [
      "demanding less",
      { fields: { ...FIELDS, demands: "payment" } },
      400,
      "demands must be operation or no-sms or refuse",
    ],
    ["for ever", { fields: { ...FIELDS, seconds: "99999999" } }, 400, "seconds must be a number from 60 to 2592000"],
    ["no time", { fields: { ...FIELDS, seconds: "" } }, 400, "seconds must be a number"],
    ["no reason", { fields: { ...FIELDS, reason: " " } }, 400, "reason must be one line"],
    [
      "a reason with invisible signs",
      { fields: { ...FIELDS, reason_ru: "\u202Eabc" } },
      400,
      "reason_ru must be one line",
    ],
  ])("is refused: %s", async (_title, wish, status, detail) => {
    await using world = await createWorld({ clients: CLIENTS });
    const answer = await raise(world, wish);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
    expect(await world.database.rows("SELECT id FROM policy_raised")).toEqual([]);
  });
});

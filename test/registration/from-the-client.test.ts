import { describe, expect, test } from "vitest";
import { codeTo, prove, start } from "../support/newcomer.ts";
import { activate } from "../support/phone.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World, type WorldOptions } from "../support/world.ts";

const DORA = { email: "dora@example.com", phone: "+15555550199" };
const HERE = "/enrolment/same-browser";

/** From the web client's own link, as far as the page with the activation code. */
async function proveFromClient(world: World, visitor: Visitor, typed = DORA): Promise<Page> {
  const email = await visitor.submit(await visitor.open("/register?from=phone"), "next", { ...typed });
  const phone = await visitor.submit(email, "next", { code: await codeTo(world, typed.email) });
  return visitor.submit(phone, "next", { code: await codeTo(world, typed.phone) });
}

const linkTo = ({ html }: Page, part: string) => html.querySelector(`a[href*="${part}"]`);

const json = ({ html }: Page): Record<string, unknown> => JSON.parse(html.toString());

async function asked(visitor: Visitor): Promise<Record<string, unknown>> {
  const answer = await visitor.open(HERE);
  expect(answer.status).toBe(200);
  return json(answer);
}

async function give(visitor: Visitor, response: unknown, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ response });
  const answer = await visitor.post(HERE, body, { "content-type": "application/json", ...headers });
  return { status: answer.status, body: json(answer) };
}

/** A phone has used the code, and waits for its first response. */
async function pending(world: World, visitor: Visitor) {
  const page = await prove(world, visitor, DORA);
  return activate(world.issuer, DORA.email, page.activation);
}

describe("a registration that was begun in the web client", () => {
  test("leads back to it in the same tab with the code, which it takes from the link's fragment", async () => {
    await using world = await createWorld();
    const page = await proveFromClient(world, createVisitor(world.issuer));
    const link = linkTo(page, "/phone#");
    expect(link?.getAttribute("href")).toBe(
      `/phone#enum:a?i=${encodeURIComponent(world.issuer)}&u=${encodeURIComponent(DORA.email)}&c=${page.activation}`,
    );
    expect(link?.hasAttribute("target")).toBe(false);
    expect(page.html.querySelectorAll('a[href*="/phone#"]')).toHaveLength(1);
  });

  test("keeps where it was begun over mistakes and over another e-mail, and who has an account goes back", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const first = await visitor.open("/register?from=phone");
    expect(linkTo(first, "/phone")?.getAttribute("href")).toBe("/phone");
    const wrong = await visitor.submit(first, "next", { email: "dora", phone: "1" });
    expect(wrong.status).toBe(422);
    const email = await visitor.submit(wrong, "next", { ...DORA, email: "other@example.com" });
    const change = await visitor.open(linkTo(email, "/register")?.getAttribute("href") ?? "");
    const again = await visitor.submit(change, "next", DORA);
    const phone = await visitor.submit(again, "next", { code: await codeTo(world, DORA.email) });
    const page = await visitor.submit(phone, "next", { code: await codeTo(world, DORA.phone) });
    expect(linkTo(page, "/phone#")?.hasAttribute("target")).toBe(false);
  });

  test("says the same as any other to an e-mail that has an account already", async () => {
    await using world = await createWorld();
    const typed = { email: "alice@example.com", phone: DORA.phone };
    const fromClient = await createVisitor(world.issuer).open("/register?from=phone");
    const visitor = createVisitor(world.issuer);
    const page = await visitor.submit(fromClient, "next", typed);
    const other = await start(createVisitor(world.issuer), typed);
    expect(page.text).toBe(other.text);
    expect((await world.message(typed.email)).subject).toContain("account already");
  });

  test("ends at the client where its first response was typed by hand", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await proveFromClient(world, visitor);
    const device = await activate(world.issuer, DORA.email, page.activation);
    const first = await visitor.submit(page, "answered");
    const done = await visitor.submit(first, "next", {
      response: device.respond(first.challenge, { mode: "activate" }),
    });
    expect(done.url).toBe(`${world.issuer}/enrolment/done`);
    expect((await visitor.once("/enrolment/done", "action=next")).url).toBe(`${world.issuer}/phone`);
  });

  test("leaves a sign-in that waits in another tab to go on with its own", async () => {
    await using world = await createWorld();
    const shop = await createRelyingParty(world.issuer, SHOP);
    const visitor = createVisitor(world.issuer);
    await visitor.submit(await visitor.open((await shop.begin({})).address), "register");
    await visitor.submit(await visitor.open("/register?from=phone"), "next", DORA);
    expect((await visitor.open("/register")).text).toContain("Book shop");
  });

  test("shows its QR code, and opens the client beside it, where the client has an origin of its own", async () => {
    const own: WorldOptions = { phoneOrigin: true };
    await using world = await createWorld(own);
    const page = await proveFromClient(world, createVisitor(world.issuer));
    expect(page.qr).toContain("enum:a?");
    expect(linkTo(page, "/phone#")?.getAttribute("target")).toBe("_blank");
  });
});

describe("the page of the first response, asked by the client in the same browser", () => {
  test("tells its number and whose it is, and is answered once", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const device = await pending(world, visitor);
    const { device: id, challenge } = await asked(visitor);
    expect(id).toBe(device.id);
    expect((await visitor.open("/enrolment/first-response")).challenge).toBe(challenge);
    const response = device.respond(String(challenge), { mode: "activate" });
    expect(await give(visitor, response)).toEqual({ status: 200, body: { active: true } });
    expect((await visitor.open("/enrolment/first-response")).url).toBe(`${world.issuer}/enrolment/done`);
    expect((await give(visitor, response)).status).toBe(404);
    expect((await device.get()).body).toMatchObject({ device: { status: "active" } });
  });

  test("tells nothing in another browser, before a phone has used the code, and when all is done", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    expect(await asked(visitor)).toEqual({});
    const page = await prove(world, visitor, DORA);
    expect(await asked(visitor)).toEqual({});
    await activate(world.issuer, DORA.email, page.activation);
    expect(await asked(createVisitor(world.issuer))).toEqual({});
    expect((await give(createVisitor(world.issuer), "1234567")).status).toBe(404);
  });

  test("counts a wrong response as the page does: five end the enrolment", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const device = await pending(world, visitor);
    for (let tries = 1; tries <= 5; tries += 1) {
      if ((await asked(visitor))["challenge"] === undefined)
        await visitor.submit(await visitor.open("/enrolment/first-response"), "new-challenge");
      expect(await give(visitor, `000000${tries}`)).toEqual({ status: 200, body: { active: false } });
    }
    expect((await visitor.open("/enrolment/first-response")).url).toBe(`${world.issuer}/enrolment/ended`);
    expect((await device.get()).body).toMatchObject({ type: "urn:e-num:problem:device-revoked" });
  });

  test("takes nothing from another site, and nothing that is no response", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const device = await pending(world, visitor);
    const right = device.respond(String((await asked(visitor))["challenge"]), { mode: "activate" });
    for (const headers of [{ origin: "https://elsewhere.example.com" }, { "sec-fetch-site": "same-site" }])
      expect((await give(visitor, right, headers)).status).toBe(403);
    for (const response of [undefined, 1234567, "12345678", "", "x".repeat(41)])
      expect(await give(visitor, response)).toMatchObject({
        status: 400,
        body: { type: "urn:e-num:problem:invalid-request" },
      });
    expect(await give(visitor, right)).toEqual({ status: 200, body: { active: true } });
  });

  test("goes on by itself when it was answered elsewhere", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const device = await pending(world, visitor);
    const status = async () => json(await visitor.open("/enrolment/status?for=first-response"));
    const page = await visitor.open("/enrolment/first-response");
    expect(page.html.querySelector("[data-status]")?.getAttribute("data-status")).toBe(
      "/enrolment/status?for=first-response",
    );
    expect(await status()).toEqual({ state: "waiting" });
    await give(visitor, device.respond(page.challenge, { mode: "activate" }));
    expect(await status()).toEqual({ state: "moved" });
  });
});

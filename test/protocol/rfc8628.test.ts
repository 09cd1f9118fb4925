import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "../../src/clock.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { PAYMENT } from "../support/payment.ts";
import { createRelyingParty, type RelyingParty } from "../support/relying-party.ts";
import { PURSE_API, PURSES, seenBy } from "../support/resource-servers.ts";
import { ALICE, passPages, signIn } from "../support/sign-in.ts";
import { GRANT, goOnByCode, sendCode, TELEVISION, typeCode, userCodeIn } from "../support/user-code.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const LOGIN = "urn:e-num:acr:login";
const CLIENTS = { clients: [TELEVISION, SHOP] };

interface Waiting {
  party: RelyingParty;
  answer: oidc.DeviceAuthorizationResponse;
}

async function begin(world: World, more: Record<string, string> = {}, site = TELEVISION): Promise<Waiting> {
  const party = await createRelyingParty(world.issuer, site);
  return { party, answer: await oidc.initiateDeviceAuthorization(party.config, { scope: "openid", ...more }) };
}

/** One question of the device's, as it stands. */
async function ask(world: World, { answer }: Waiting, more: Record<string, string> = {}) {
  const answered = await fetch(`${world.issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: GRANT,
      client_id: TELEVISION.client_id,
      device_code: answer.device_code,
      ...more,
    }),
  });
  return { status: answered.status, body: Object(await answered.json()) };
}

describe("section 3.1: the device's request", () => {
  test("is for clients alone that are registered for the grant", async () => {
    await using world = await createWorld(CLIENTS);
    await expect(begin(world, {}, SHOP)).rejects.toMatchObject({ status: 400, error: "unauthorized_client" });
  });

  test("authenticates the client as at the token endpoint", async () => {
    const confidential: ClientEntry = { ...SHOP, grant_types: ["authorization_code", GRANT] };
    await using world = await createWorld({ clients: [confidential] });
    expect((await begin(world, {}, confidential)).answer.user_code).toBeDefined();
    const answer = await fetch(`${world.issuer}/device-authorization`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("shop:wrong")}` },
      body: new URLSearchParams({ scope: "openid" }),
    });
    expect([answer.status, (await answer.json()).error]).toEqual([401, "invalid_client"]);
  });

  test("is refused where it asks for a scope that is not the client's", async () => {
    await using world = await createWorld({ clients: [{ ...TELEVISION, scope: "openid" }] });
    await expect(begin(world, { scope: "openid email" })).rejects.toMatchObject({ error: "invalid_scope" });
  });
});

describe("section 3.2: the answer", () => {
  test("has both codes, where to type the one, how long they live and how often to ask", async () => {
    await using world = await createWorld(CLIENTS);
    const { answer } = await begin(world);
    expect(answer).toMatchObject({
      device_code: expect.stringMatching(/^[\w-]{43,}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${world.issuer}/device`,
      verification_uri_complete: `${world.issuer}/device?user_code=${answer.user_code}`,
      expires_in: 600,
      interval: 5,
    });
  });
});

describe("section 3.3: the person", () => {
  test("types the code, reads who asks and compares the code, signs in with E-num, and the device is in", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world, { scope: "openid email" });
    const visitor = createVisitor(world.issuer);
    const page = await typeCode(visitor, waiting.answer.user_code);
    expect(page.title).toContain("Sign in to Television on another device?");
    expect(page.text).toContain(waiting.answer.user_code);
    expect(page.text).toContain("127.0.0.1");
    expect(page.text).toContain("Nobody from the site or from E-num asks you for this");
    expect(await ask(world, waiting)).toMatchObject({ status: 400, body: { error: "authorization_pending" } });
    const end = await goOnByCode(world, visitor, page);
    expect(end.title).toContain("The device is signed in");
    world.pass(5 * SECOND);
    const tokens = await oidc.pollDeviceAuthorizationGrant(waiting.party.config, { ...waiting.answer, interval: 0 });
    const claims = tokens.claims();
    expect({ acr: claims?.["acr"], amr: claims?.["amr"] }).toEqual({ acr: LOGIN, amr: ["otp", "mfa"] });
    const about = await oidc.fetchUserInfo(waiting.party.config, tokens.access_token, claims?.sub ?? "");
    expect(about.email).toBe(ALICE);
  });

  test("and a resource server sees how sure the sign-in was", async () => {
    const television = { ...TELEVISION, resources: [PURSES], scope: "openid purses:read" };
    await using world = await createWorld({ clients: [television, PURSE_API] });
    const waiting = await begin(world, { scope: "openid purses:read", resource: PURSES });
    const visitor = createVisitor(world.issuer);
    await goOnByCode(world, visitor, await typeCode(visitor, waiting.answer.user_code));
    const { body } = await ask(world, waiting, { resource: PURSES });
    expect(await seenBy(world, PURSE_API, body.access_token)).toMatchObject({
      active: true,
      scope: "purses:read",
      acr: LOGIN,
      auth_time: expect.any(Number),
    });
  });

  test.each([
    ["in small letters", (code: string) => code.toLowerCase()],
    ["without its hyphen", (code: string) => code.replace("-", "")],
    ["with spaces", (code: string) => ` ${code.replace("-", "  ")} `],
  ])("may type it %s", async (_how, typed) => {
    await using world = await createWorld(CLIENTS);
    const { answer } = await begin(world);
    const page = await typeCode(createVisitor(world.issuer), typed(answer.user_code));
    expect(page.title).toContain("Sign in to Television");
  });

  test("3.3.1: who comes by the complete address finds it filled in, and nothing is sent before they send it", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world);
    const visitor = createVisitor(world.issuer);
    const page = await visitor.open(waiting.answer.verification_uri_complete ?? "");
    expect([page.status, userCodeIn(page)]).toEqual([200, waiting.answer.user_code]);
    expect(page.html.querySelector("script:not([src])")).toBeNull();
    expect(page.text).toContain("Whoever sends you one");
    const asked = await sendCode(visitor, page, { user_code: userCodeIn(page) });
    expect(asked.title).toContain("Sign in to Television");
  });

  test("who is signed in here already is asked for the phone all the same", async () => {
    await using world = await createWorld(CLIENTS);
    const { visitor } = await signIn(world);
    const { answer } = await begin(world);
    const page = await typeCode(visitor, answer.user_code);
    expect(page.text).toContain(`Signed in as ${ALICE}`);
    const next = await sendCode(visitor, page, { user_code: answer.user_code, confirm: "yes" });
    const number = await visitor.submit(next, "next", { identifier: ALICE });
    expect(number.challenge).toMatch(/^\d{8}$/);
  });

  test("is asked by a site that is not the operator's for what it wants to see", async () => {
    const other: ClientEntry = { ...TELEVISION, first_party: false };
    await using world = await createWorld({ clients: [other] });
    const waiting = await begin(world, { scope: "openid email" });
    const visitor = createVisitor(world.issuer);
    const page = await typeCode(visitor, waiting.answer.user_code);
    expect((await goOnByCode(world, visitor, page)).title).toContain("The device is signed in");
    expect((await ask(world, waiting)).body).toMatchObject({ scope: "openid email" });
  });

  test("reads it in their own language, also where the device says which", async () => {
    await using world = await createWorld(CLIENTS);
    const visitor = createVisitor(world.issuer, { "accept-language": "ru" });
    expect((await visitor.open("/device")).title).toContain("Введите код с другого устройства");
    const { answer } = await begin(world, { ui_locales: "ru" });
    const page = await typeCode(createVisitor(world.issuer), answer.user_code);
    expect(page.title).toContain("Войти на сайт «Television» на другом устройстве?");
  });
});

describe("section 3.5: what the device is told", () => {
  test("access_denied where the person says that it is not theirs, and the code is over", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world);
    const visitor = createVisitor(world.issuer);
    const page = await typeCode(visitor, waiting.answer.user_code);
    const end = await sendCode(visitor, page, { user_code: userCodeIn(page), abort: "yes" });
    expect(end.title).toContain("The device was not let in");
    expect(await ask(world, waiting)).toMatchObject({ status: 400, body: { error: "access_denied" } });
    expect((await typeCode(visitor, waiting.answer.user_code)).alert).toContain("No device waits with this code");
  });

  test("access_denied where they decline the check number", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world);
    const visitor = createVisitor(world.issuer);
    const page = await typeCode(visitor, waiting.answer.user_code);
    const identifier = await sendCode(visitor, page, { user_code: userCodeIn(page), confirm: "yes" });
    const end = await visitor.submit(identifier, "decline");
    expect(end.title).toContain("The device was not let in");
    expect(await ask(world, waiting)).toMatchObject({ status: 400, body: { error: "access_denied" } });
  });

  test("slow_down where it asks sooner than the interval, and then nothing worse", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world);
    const errors = async () => (await ask(world, waiting)).body.error;
    expect([await errors(), await errors()]).toEqual(["authorization_pending", "slow_down"]);
    world.pass(5 * SECOND);
    expect(await errors()).toBe("authorization_pending");
  });

  test("expired_token after ten minutes, when the person can no more use the code either", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world);
    world.pass(11 * MINUTE);
    expect(await ask(world, waiting)).toMatchObject({ status: 400, body: { error: "expired_token" } });
    const page = await typeCode(createVisitor(world.issuer), waiting.answer.user_code);
    expect([page.status, page.alert]).toEqual([422, expect.stringContaining("No device waits with this code")]);
  });

  test("expired_token also where expired codes are swept meanwhile, for ten minutes; then it is forgotten", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world);
    world.pass(19 * MINUTE);
    await world.sweep();
    expect(await ask(world, waiting)).toMatchObject({ status: 400, body: { error: "expired_token" } });
    world.pass(2 * MINUTE);
    await world.sweep();
    expect(await ask(world, waiting)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(await world.database.rows("SELECT id FROM oidc WHERE model = 'DeviceCode'")).toEqual([]);
  });

  test("unauthorized_client, where the client is not registered for the grant (RFC 6749 section 5.2)", async () => {
    await using world = await createWorld(CLIENTS);
    const answered = await fetch(`${world.issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`shop:${SHOP.client_secret}`)}` },
      body: new URLSearchParams({ grant_type: GRANT, device_code: "x" }),
    });
    expect([answered.status, await answered.json()]).toEqual([
      400,
      expect.objectContaining({ error: "unauthorized_client" }),
    ]);
  });

  test("invalid_grant for a code of nobody's or of another client's", async () => {
    await using world = await createWorld({ clients: [TELEVISION, { ...TELEVISION, client_id: "radio" }] });
    const waiting = await begin(world);
    for (const more of [{ device_code: "x" }, { client_id: "radio" }])
      expect(await ask(world, waiting, more)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });
});

describe("section 5: what could go wrong", () => {
  test("5.1: after twenty wrong codes from one network the page takes none any more; a right one costs nothing", async () => {
    await using world = await createWorld(CLIENTS);
    const { answer } = await begin(world);
    const visitor = createVisitor(world.issuer);
    let page = await visitor.open("/device");
    for (let tries = 0; tries < 19; tries += 1) {
      // However the address is written.
      const path = ["/device", "/Device", "/device/"][tries % 3];
      page = await sendCode(visitor, page, { user_code: "BBBB-BBBB" }, path);
      expect([page.status, page.alert]).toEqual([422, expect.stringContaining("No device waits")]);
    }
    expect((await typeCode(visitor, answer.user_code)).title).toContain("Sign in to Television");
    await typeCode(visitor, "BBBB-BBBB");
    const over = await typeCode(visitor, answer.user_code);
    expect([over.status, over.headers["retry-after"]]).toEqual([429, "3600"]);
    world.pass(61 * MINUTE);
    expect((await typeCode(visitor, (await begin(world)).answer.user_code)).status).toBe(200);
  });

  test("a form without the page's secret, or of another browser, changes nothing", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world);
    const mallory = await createVisitor(world.issuer).open("/device");
    const visitor = createVisitor(world.issuer);
    await visitor.open("/device");
    const page = await sendCode(visitor, mallory, { user_code: waiting.answer.user_code, confirm: "yes" });
    expect([page.status, page.title]).toEqual([400, expect.stringContaining("We lost the thread")]);
    expect((await ask(world, waiting)).body.error).toBe("authorization_pending");
  });

  test("whoever comes without a cookie, or back to a visit of nobody's, is told so", async () => {
    await using world = await createWorld(CLIENTS);
    const visitor = createVisitor(world.issuer);
    const posted = await visitor.post("/device", "xsrf=x&user_code=x");
    const resumed = await visitor.open(`/device/${"A".repeat(21)}`);
    for (const page of [posted, resumed])
      expect([page.status, page.title]).toEqual([400, expect.stringContaining("We lost the thread")]);
  });

  test("a code is typed by one browser: of sixteen at once one goes on, whatever the others do", async () => {
    await using world = await createWorld(CLIENTS);
    const { answer } = await begin(world);
    const visitors = Array.from({ length: 16 }, () => createVisitor(world.issuer));
    const pages = await Promise.all(visitors.map((visitor) => typeCode(visitor, answer.user_code)));
    const gone = await Promise.all(
      visitors.map(async (visitor, place) => {
        const page = pages[place];
        if (page === undefined) throw new Error("no page");
        return sendCode(visitor, page, { user_code: answer.user_code, [place % 2 === 0 ? "confirm" : "abort"]: "yes" });
      }),
    );
    const won = gone.filter(
      ({ html, title }) => html.querySelector("input[name=identifier]") !== null || title.includes("was not let in"),
    );
    expect(won).toHaveLength(1);
    for (const page of gone) expect(won.includes(page) || page.alert.includes("No device waits")).toBe(true);
  });

  test("a device code is redeemed once: of sixteen at once one at most has tokens", async () => {
    await using world = await createWorld(CLIENTS);
    const waiting = await begin(world);
    const visitor = createVisitor(world.issuer);
    await goOnByCode(world, visitor, await typeCode(visitor, waiting.answer.user_code));
    const all = await Promise.all(Array.from({ length: 16 }, () => ask(world, waiting)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    world.pass(5 * SECOND);
    expect(await ask(world, waiting)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  test("the table holds neither code, and the log neither", async () => {
    await using world = await createWorld(CLIENTS);
    const { answer } = await begin(world);
    await typeCode(createVisitor(world.issuer), answer.user_code);
    const rows = JSON.stringify(await world.database.rows("SELECT * FROM oidc", []));
    for (const secret of [answer.device_code, answer.user_code, answer.user_code.replace("-", "")])
      expect([rows.includes(secret), world.log.join("\n").includes(secret)]).toEqual([false, false]);
  });
});

describe("an operation", () => {
  const DETAILS = { authorization_details: JSON.stringify([PAYMENT]) };

  test.each([
    ["without openid, where nobody is signed in afterwards", { scope: "" }, false],
    ["with openid, after the sign-in", { scope: "openid" }, true],
  ])("is confirmed %s", async (_how, wish, signedIn) => {
    await using world = await createWorld(CLIENTS);
    const party = await createRelyingParty(world.issuer, TELEVISION);
    const parameters = wish.scope === "" ? DETAILS : { ...DETAILS, ...wish };
    const answer = await oidc.initiateDeviceAuthorization(party.config, parameters);
    const visitor = createVisitor(world.issuer);
    const page = await typeCode(visitor, answer.user_code);
    expect(page.title).toContain("Confirm something for Television on another device?");
    const end = await goOnByCode(world, visitor, page);
    expect(end.title).toContain("It is confirmed");
    const { status, body } = await ask(world, { party, answer });
    expect([status, body.authorization_details]).toEqual([
      200,
      [{ ...PAYMENT, confirmation: { id: expect.any(String), confirmed_at: expect.any(String), binding: "payment" } }],
    ]);
    expect(body).not.toHaveProperty("refresh_token");
    const id = body.authorization_details[0].confirmation.id;
    const receipt = await fetch(`${world.issuer}/confirmations/${id}/receipt`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(receipt.status).toBe(200);
    expect((await visitor.open("/device")).text.includes(`Signed in as ${ALICE}`)).toBe(signedIn);
  });

  test("that is declined tells the device, and nothing is confirmed", async () => {
    await using world = await createWorld(CLIENTS);
    const party = await createRelyingParty(world.issuer, TELEVISION);
    const answer = await oidc.initiateDeviceAuthorization(party.config, DETAILS);
    const visitor = createVisitor(world.issuer);
    const page = await typeCode(visitor, answer.user_code);
    const asked = await sendCode(visitor, page, { user_code: userCodeIn(page), confirm: "yes" });
    const declined = await visitor.submit(asked, "decline");
    const links = declined.html.querySelectorAll("main a").map((link) => link.getAttribute("href") ?? "");
    const onward = links.find((href) => href.includes("/device/"));
    const end = onward === undefined ? declined : await visitor.open(onward);
    expect(end.title).toContain("The device was not let in");
    expect(await ask(world, { party, answer })).toMatchObject({ status: 400, body: { error: "access_denied" } });
  });

  test("of a type that is not the client's, or wrong, is refused at once", async () => {
    await using world = await createWorld(CLIENTS);
    const party = await createRelyingParty(world.issuer, TELEVISION);
    for (const element of [{ ...PAYMENT, amount: { value: "10.50", currency: "WMZ" } }, { type: "keys" }]) {
      const parameters = { authorization_details: JSON.stringify([element]) };
      await expect(oidc.initiateDeviceAuthorization(party.config, parameters)).rejects.toMatchObject({
        error: "invalid_authorization_details",
      });
    }
  });
});

test("section 4: discovery names grant and endpoint", async () => {
  await using world = await createWorld();
  const answer = await fetch(`${world.issuer}/.well-known/openid-configuration`);
  expect(await answer.json()).toMatchObject({
    device_authorization_endpoint: `${world.issuer}/device-authorization`,
    grant_types_supported: expect.arrayContaining([GRANT]),
  });
});

test("passing through an ordinary sign-in is as before", async () => {
  await using world = await createWorld(CLIENTS);
  const { address } = await (await createRelyingParty(world.issuer, SHOP)).begin();
  expect((await passPages(world, createVisitor(world.issuer), address)).url).toContain("code=");
});

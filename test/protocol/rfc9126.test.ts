import { describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "../../src/clock.ts";
import { order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { push, requestOf, signingSite } from "../support/pushed.ts";
import { ALICE, errorOf } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld, client as entry, type World } from "../support/world.ts";

const OTHER = entry({
  client_id: "other",
  client_name: "Other",
  first_party: true,
  authorization_details_types: ["payment"],
});
const DETAILS = { authorization_details: JSON.stringify([PAYMENT]) };
const DEARER = { authorization_details: JSON.stringify([{ ...PAYMENT, amount: { value: "9999", currency: "WMZ" } }]) };

const asksWho = (page: Page) => page.html.querySelector("input[name=identifier]") !== null;

/** The person confirms what is asked on this page, without being signed in. */
async function confirm(world: World, visitor: ReturnType<typeof createVisitor>, page: Page): Promise<Page> {
  const number = await visitor.submit(page, "next", { identifier: ALICE });
  return visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge, TYPED) });
}

describe("section 2: the endpoint", () => {
  test.each([
    ["no authentication", "", 401],
    ["a wrong secret", "shop:wrong", 401],
    ["the secret of another client", `shop:${OTHER.client_secret}`, 401],
  ])("refuses %s as the token endpoint does", async (_name, basic, status) => {
    await using world = await createWorld({ clients: [STORE, OTHER] });
    const answer = await push(world, { ...requestOf(), ...DETAILS }, { basic });
    expect([answer.status, answer.body["error"]]).toEqual([status, "invalid_client"]);
  });

  test("refuses a client that pushes in the name of another", async () => {
    await using world = await createWorld({ clients: [STORE, OTHER] });
    const answer = await push(world, { ...requestOf(STORE), ...DETAILS }, { site: OTHER });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toHaveProperty("request_uri");
  });

  test("section 2.3: takes POST alone", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const answer = await fetch(`${world.issuer}/par?${new URLSearchParams({ ...requestOf(), ...DETAILS })}`);
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, expect.stringContaining("POST")]);
  });
});

describe("section 2.1: what is pushed is checked as at the authorization endpoint", () => {
  test.each([
    ["a request_uri", { request_uri: "urn:ietf:params:oauth:request_uri:x" }, "request_uri_not_supported"],
    [
      "section 7.2: a redirect address that is not registered",
      { redirect_uri: "https://evil.example/" },
      "invalid_request",
    ],
    ["a response type that is not code", { response_type: "token" }, "unsupported_response_type"],
    ["a request without PKCE", { code_challenge: "" }, "invalid_request"],
    ["prompt=none, since an operation is confirmed by a person", { prompt: "none" }, "interaction_required"],
    ["scopes without openid", { scope: "email" }, "invalid_scope"],
    [
      "offline_access, where it is not ignored (OpenID Connect Core 11)",
      { scope: "openid offline_access", prompt: "consent" },
      "invalid_scope",
    ],
    ["a resource that is not the client's", { resource: "https://other.example/" }, "invalid_target"],
  ])("%s is refused", async (_name, more, error) => {
    await using world = await createWorld({ clients: [STORE] });
    expect(await push(world, { ...requestOf(), ...DETAILS, ...more })).toMatchObject({ status: 400, body: { error } });
  });

  test("section 2.3: a request that is too large is refused, with an error like any other", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const body = new URLSearchParams({ ...requestOf(), state: "x".repeat(70_000) });
    const headers = { authorization: `Basic ${Buffer.from(`shop:${STORE.client_secret}`).toString("base64")}` };
    const answer = await fetch(`${world.issuer}/par`, { method: "POST", body, headers });
    expect([answer.status, (await answer.json()).error]).toEqual([400, "invalid_request"]);
  });
});

describe("section 2.2: the answer", () => {
  test("is 201, not to be stored, with a request_uri that nobody guesses and its life of a minute", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const first = await push(world, { ...requestOf(), ...DETAILS });
    const second = await push(world, { ...requestOf(), ...DETAILS });
    expect(first.status).toBe(201);
    expect(first.headers.get("cache-control")).toBe("no-store");
    // Section 7.1: 43 characters of base64url are 256 bits.
    expect(first.body).toEqual({
      expires_in: 60,
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
    });
    expect(second.body["request_uri"]).not.toBe(first.body["request_uri"]);
    expect((await createVisitor(world.issuer).open(first.address)).text).toContain("10.50");
  });
});

describe("section 3: a pushed request object", () => {
  test("is taken when it is the client's own, and parameters beside it are not", async () => {
    const { site, sign } = await signingSite();
    await using world = await createWorld({ clients: [site] });
    const request = await sign(world, { authorization_details: [PAYMENT] });
    const { address, status } = await push(world, { client_id: site.client_id, request, ...DEARER }, { site });
    expect(status).toBe(201);
    const page = await createVisitor(world.issuer).open(address);
    expect(page.text).toContain("10.50");
    expect(page.text).not.toContain("9999");
  });

  test("is refused when its client_id is another's", async () => {
    const { site, sign } = await signingSite();
    await using world = await createWorld({ clients: [site, OTHER] });
    const request = await sign(world, { client_id: "other", authorization_details: [PAYMENT] });
    expect(await push(world, { client_id: site.client_id, request }, { site })).toMatchObject({
      status: 400,
      body: { error: "invalid_request_object" },
    });
  });
});

describe("section 4: the authorization request", () => {
  test("what stands beside the request_uri changes nothing: the page shows and the token holds what was pushed", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { body } = await push(world, { ...requestOf(), ...DETAILS, state: "pushed" });
    const visitor = createVisitor(world.issuer);
    const query = new URLSearchParams({
      ...requestOf(),
      ...DEARER,
      state: "swapped",
      request_uri: String(body["request_uri"]),
    });
    const page = await visitor.open(`/authorize?${query}`);
    expect(page.text).toContain("10.50");
    expect(page.text).not.toContain("9999");
    const back = await confirm(world, visitor, page);
    expect(new URL(back.url).searchParams.get("state")).toBe("pushed");
    const rows = await world.database.rows<{ operation: string }>("SELECT operation FROM confirmation");
    expect(rows.map(({ operation }) => JSON.parse(operation))).toEqual([PAYMENT]);
  });

  test("section 2.2: a request_uri is its own client's: another client's id beside it is refused", async () => {
    await using world = await createWorld({ clients: [STORE, OTHER] });
    const { body } = await push(world, { ...requestOf(), ...DETAILS });
    const query = new URLSearchParams({ ...requestOf(OTHER), request_uri: String(body["request_uri"]) });
    const page = await createVisitor(world.issuer).open(`/authorize?${query}`);
    expect(page.text).not.toContain("10.50");
    expect(new URL(page.url).searchParams.get("code")).toBeNull();
    expect(asksWho(page)).toBe(false);
  });

  test("section 7.3: a request_uri that was answered is used up", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { address } = await push(world, { ...requestOf(), ...DETAILS });
    const visitor = createVisitor(world.issuer);
    const back = await confirm(world, visitor, await visitor.open(address));
    expect(new URL(back.url).searchParams.get("code")).not.toBeNull();
    const again = await createVisitor(world.issuer).open(address);
    expect([again.status, asksWho(again)]).toEqual([400, false]);
  });

  test("before it is answered it can be reloaded", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { address } = await push(world, { ...requestOf(), ...DETAILS });
    const visitor = createVisitor(world.issuer);
    await visitor.open(address);
    expect(asksWho(await visitor.open(address))).toBe(true);
  });

  test("an expired one is refused, on a page that leads back to the site: who would be sent where cannot be known", async () => {
    const site = "http://localhost:9/store";
    await using world = await createWorld({ clients: [{ ...STORE, client_uri: site }] });
    const { address } = await push(world, { ...requestOf(), ...DETAILS });
    world.pass(MINUTE + 16 * SECOND);
    for (const [language, title, link] of [
      ["en", "This request is over", "Back to the site"],
      ["ru", "Этот запрос уже закрыт", "Вернуться на сайт"],
    ] as const) {
      const page = await createVisitor(world.issuer, { "accept-language": language }).open(address);
      expect([page.status, new URL(page.url).origin]).toEqual([400, world.issuer]);
      expect(page.title).toContain(title);
      expect(page.html.querySelector(`main a[href="${site}"]`)?.text.trim()).toBe(link);
    }
  });

  test("a person who takes longer than its minute still finishes: it is the visit that goes on", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const visitor = createVisitor(world.issuer);
    const { page, finish } = await order(world, visitor);
    world.pass(2 * MINUTE);
    await world.sweep();
    expect((await finish(await confirm(world, visitor, page))).authorization_details).toMatchObject([PAYMENT]);
  });
});

describe("sections 5 and 6: metadata", () => {
  test("the endpoint is named, and not demanded of everybody", async () => {
    await using world = await createWorld();
    const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata.pushed_authorization_request_endpoint).toBe(`${world.issuer}/par`);
    expect(metadata.require_pushed_authorization_requests).not.toBe(true);
  });

  test("a client that is registered to push is refused in the query", async () => {
    const site = { ...STORE, require_pushed_authorization_requests: true };
    await using world = await createWorld({ clients: [site] });
    const page = await createVisitor(world.issuer).open(
      `/authorize?${new URLSearchParams({ ...requestOf(site), scope: "openid" })}`,
    );
    expect(errorOf(page)).toBe("invalid_request");
    expect(
      asksWho(
        await createVisitor(world.issuer).open(
          (await push(world, { ...requestOf(site), scope: "openid" }, { site })).address,
        ),
      ),
    ).toBe(true);
  });

  test("operations are not taken from the query, unless the operator lets a client; then with the same checks", async () => {
    const old = { ...OTHER, operations_by_query: true };
    await using world = await createWorld({ clients: [STORE, old] });
    const ask = (site: typeof STORE, more: object = {}) =>
      createVisitor(world.issuer).open(
        `/authorize?${new URLSearchParams({ ...requestOf(site), ...DETAILS, ...more })}`,
      );
    expect(errorOf(await ask(STORE))).toBe("invalid_request");
    expect((await ask(old)).text).toContain("10.50");
    expect(errorOf(await ask(old, { scope: "openid", prompt: "none" }))).toBe("interaction_required");
    expect(errorOf(await ask(old, { authorization_details: JSON.stringify([{ ...PAYMENT, fee: "1" }]) }))).toBe(
      "invalid_authorization_details",
    );
  });
});

import { generateKeyPair, UnsecuredJWT } from "jose";
import * as client from "openid-client";
import { describe, expect, test } from "vitest";
import { order, PAYMENT, paid, STORE, TYPED } from "../support/payment.ts";
import { push, requestOf, signingSite } from "../support/pushed.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, client as entry } from "../support/world.ts";

const OTHER = entry({
  client_id: "other",
  client_name: "Other",
  first_party: true,
  authorization_details_types: ["payment"],
});
const element = JSON.stringify(PAYMENT);
const { amount: _, ...withoutAmount } = PAYMENT;
const refused = { status: 400, body: { error: "invalid_authorization_details" } };

describe("section 2: the parameter is a JSON array of objects, each with a type", () => {
  test.each([
    ["no JSON", "payment"],
    ["an object", element],
    ["text", '"payment"'],
    ["a list of texts", '["payment"]'],
    ["a list in a list", `[[${element}]]`],
    ["an element without a type", JSON.stringify([{ ...PAYMENT, type: undefined }])],
    ["a type that is no text", JSON.stringify([{ ...PAYMENT, type: 1 }])],
    ["an empty type", JSON.stringify([{ ...PAYMENT, type: "" }])],
  ])("%s is refused", async (_name, details) => {
    await using world = await createWorld({ clients: [STORE] });
    expect(await push(world, { ...requestOf(), authorization_details: details })).toMatchObject(refused);
  });

  test("an object that names one member twice is refused, since two readers of it may see two amounts", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const twice = `[${element.replace('"amount"', '"amount":{"value":"1","currency":"WMZ"},"amount"')}]`;
    expect(await push(world, { ...requestOf(), authorization_details: twice })).toMatchObject({
      status: 400,
      body: { error: "invalid_authorization_details", error_description: "amount: is there twice in one object" },
    });
    const hidden = `[${element.replace('"value"', '"v\\u0061lue":"1","value"')}]`;
    expect(await push(world, { ...requestOf(), authorization_details: hidden })).toMatchObject(refused);
    const apart = [{ ...PAYMENT, payee: { purse: "Z123456789012", name: "}{,:" }, description: 'a "name": twice' }];
    expect(await push(world, { ...requestOf(), authorization_details: JSON.stringify(apart) })).toMatchObject({
      status: 201,
    });
  });

  test("section 12: the type is compared byte for byte", async () => {
    await using world = await createWorld({ clients: [STORE] });
    for (const type of ["Payment", "payment ", "p\u0430yment"]) {
      const authorization_details = JSON.stringify([{ ...PAYMENT, type }]);
      expect(await push(world, { ...requestOf(), authorization_details })).toMatchObject(refused);
    }
  });

  test.each([
    ["locations", ["https://shop.example/"]],
    ["actions", ["pay"]],
    ["datatypes", ["money"]],
    ["identifier", "inv-1042"],
    ["privileges", ["owner"]],
  ])("section 2.2: the common field %s is a member of no type here", async (member, value) => {
    await using world = await createWorld({ clients: [STORE] });
    const authorization_details = JSON.stringify([{ ...PAYMENT, [member]: value }]);
    expect(await push(world, { ...requestOf(), authorization_details })).toMatchObject({
      ...refused,
      body: { error_description: `${member}: is not a member of payment` },
    });
  });
});

describe("section 3: the authorization request", () => {
  test("takes it in a request object that is signed by the client (RFC 9101)", async () => {
    const { site, sign } = await signingSite();
    await using world = await createWorld({ clients: [site] });
    const visitor = createVisitor(world.issuer);
    const request = await sign(world, { authorization_details: [PAYMENT] });
    const page = await visitor.open(`/authorize?${new URLSearchParams({ client_id: site.client_id, request })}`);
    expect(page.text).toContain("10.50");
    const number = await visitor.submit(page, "next", { identifier: ALICE });
    const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge, TYPED) });
    expect(new URL(back.url).searchParams.get("code")).not.toBeNull();
  });

  test("what stands beside a signed request object is not looked at", async () => {
    const { site, sign } = await signingSite();
    await using world = await createWorld({ clients: [site] });
    const request = await sign(world, { authorization_details: [PAYMENT] });
    const other = JSON.stringify([{ ...PAYMENT, amount: { value: "9999", currency: "WMZ" } }]);
    const query = new URLSearchParams({ client_id: site.client_id, request, authorization_details: other });
    const page = await createVisitor(world.issuer).open(`/authorize?${query}`);
    expect(page.text).toContain("10.50");
    expect(page.text).not.toContain("9999");
  });

  test("section 12: from a request object that nobody, or somebody else, has signed it is not taken", async () => {
    const { site, sign } = await signingSite();
    await using world = await createWorld({ clients: [site] });
    const unsigned = new UnsecuredJWT({ ...requestOf(site), authorization_details: [PAYMENT] })
      .setIssuer(site.client_id)
      .setAudience(world.issuer)
      .encode();
    const stranger = (await generateKeyPair("ES256")).privateKey;
    for (const request of [unsigned, await sign(world, { authorization_details: [PAYMENT] }, stranger)]) {
      const query = new URLSearchParams({ ...requestOf(site), request });
      const page = await createVisitor(world.issuer).open(`/authorize?${query}`);
      expect(errorOf(page)).toBe("invalid_request_object");
    }
  });

  test("section 3.1: scopes and details are both granted, the scopes' claims in the ID token", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const { page, finish } = await order(world, visitor, PAYMENT, { scope: "openid email phone" });
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    const tokens = await finish(back);
    expect(tokens.claims()).toMatchObject({ email: ALICE, phone_number: "+15555550101" });
    expect(tokens.authorization_details).toHaveLength(1);
  });
});

describe("section 5: what does not conform is refused, and the member is named", () => {
  test.each([
    ["an unknown type", { ...PAYMENT, type: "refund" }, /^unsupported authorization details type/],
    ["a type that is not this client's", { ...PAYMENT, type: "keys" }, /'keys' is not allowed for this client/],
    ["an unknown member", { ...PAYMENT, fee: "1" }, /^fee: is not a member of payment$/],
    ["an unknown member within one", { ...PAYMENT, payee: { ...PAYMENT.payee, logo: "x" } }, /^payee\.logo: /],
    ["a member of the wrong type", { ...PAYMENT, amount: "10.5" }, /^amount: must be an object$/],
    ["an amount that is a number", { ...PAYMENT, amount: { value: 10.5, currency: "WMZ" } }, /^amount\.value: /],
    [
      "an amount that is not canonical",
      { ...PAYMENT, amount: { value: "10.50", currency: "WMZ" } },
      /^amount\.value: /,
    ],
    [
      "another currency than the purse's",
      { ...PAYMENT, amount: { value: "10.5", currency: "WME" } },
      /^amount\.currency: must be WMZ/,
    ],
    ["an operation_id with a slash", { ...PAYMENT, operation_id: "a/b" }, /^operation_id: must be 1 to 64/],
    ["a description in two lines", { ...PAYMENT, description: "a\nb" }, /^description: must be one line$/],
    [
      "a name that turns its direction",
      { ...PAYMENT, payee: { ...PAYMENT.payee, name: "a\u202eb" } },
      /^payee\.name: /,
    ],
    ["a missing member", withoutAmount, /^amount: is missing$/],
  ])("%s", async (_name, details, description) => {
    await using world = await createWorld({ clients: [STORE] });
    expect(await push(world, { ...requestOf(), authorization_details: JSON.stringify([details]) })).toMatchObject({
      ...refused,
      body: { error: "invalid_authorization_details", error_description: expect.stringMatching(description) },
    });
  });

  test("more than one element, or more than 5 kB", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const two = `[${element},${JSON.stringify({ ...PAYMENT, operation_id: "b" })}]`;
    expect(await push(world, { ...requestOf(), authorization_details: two })).toMatchObject({
      ...refused,
      body: { error_description: expect.stringContaining("send one element") },
    });
    const large = `[${element}${" ".repeat(5 * 1024)}]`;
    expect(await push(world, { ...requestOf(), authorization_details: large })).toMatchObject({
      ...refused,
      body: { error_description: expect.stringContaining("5120 bytes") },
    });
  });
});

describe("section 6: the token request", () => {
  test("cannot change what was confirmed, and a request that tries does not use the code up", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const { page, finish } = await order(world, visitor);
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    const dearer = [{ ...PAYMENT, amount: { value: "9999", currency: "WMZ" } }];
    const answer = await fetch(`${world.issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`shop:${STORE.client_secret}`).toString("base64")}` },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: new URL(back.url).searchParams.get("code") ?? "",
        redirect_uri: STORE.redirect_uris[0] ?? "",
        code_verifier: "x".repeat(43),
        authorization_details: JSON.stringify(dearer),
      }),
    });
    expect([answer.status, (await answer.json()).error]).toEqual([400, "invalid_authorization_details"]);
    expect((await finish(back)).authorization_details).toMatchObject([PAYMENT]);
  });
});

describe("sections 7 and 9: what the client and the resource server learn", () => {
  test("the token response and introspection say the same: the element as approved, enriched by its confirmation", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const [details] = tokens.authorization_details ?? [];
    const { confirmation, ...approved } = JSON.parse(JSON.stringify(details));
    expect(approved).toEqual(PAYMENT);
    expect(confirmation).toEqual({
      id,
      confirmed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      binding: "payment",
    });
    const party = await createRelyingParty(world.issuer, STORE);
    const seen = await client.tokenIntrospection(party.config, tokens.access_token);
    expect(seen["authorization_details"]).toEqual([details]);
  });

  test("section 13: to another client they are not told", async () => {
    await using world = await createWorld({ clients: [STORE, OTHER] });
    const { tokens } = await paid(world, createVisitor(world.issuer));
    const other = await createRelyingParty(world.issuer, OTHER);
    expect(await client.tokenIntrospection(other.config, tokens.access_token)).toEqual({ active: false });
  });
});

describe("section 10: metadata", () => {
  test("lists the types that there are", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata.authorization_details_types_supported.toSorted()).toEqual([
      "correspondent_add",
      "credit_issue",
      "credit_request",
      "keys",
      "payment",
      "profile_update",
      "security_settings",
      "trust_limit",
      "trust_transfer",
    ]);
  });
});

describe("section 12: what a site writes is data", () => {
  test("markup in its texts is shown as it was written, and runs nowhere", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const wicked = '<img src=x onerror=alert(1)><b>Nothing</b> &amp; "quoted"';
    const payee = { purse: "Z123456789012", name: "</h1><script>a()</script>" };
    const { page } = await order(world, createVisitor(world.issuer), { ...PAYMENT, description: wicked, payee });
    expect(page.html.querySelectorAll('img[src="x"], main script')).toHaveLength(0);
    expect(page.html.toString()).not.toMatch(/<script>a\(\)|<img src=x/);
    expect(page.text).toContain(wicked);
  });
});

import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DAY, MINUTE, SECOND } from "../../src/clock.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { signIn } from "../support/sign-in.ts";
import { askOnPhone, CIBA, pollTokens, post, TILL } from "../support/till.ts";
import { GRANT as DEVICE, goOnByCode, typeCode } from "../support/user-code.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, client as entry, LIBRARY, SHOP, type World } from "../support/world.ts";

/** RFC 7636, appendix B. */
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = { code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" };
const ABSENT = { scope: "openid offline_access", prompt: "consent" };

const { client_secret: _, ...APP } = entry({
  client_id: "app",
  client_name: "App",
  token_endpoint_auth_method: "none",
  first_party: true,
});

/** A device that keeps a secret, as one with a chip for it does. */
const KIOSK: ClientEntry = {
  ...SHOP,
  client_id: "kiosk",
  client_name: "Kiosk",
  grant_types: [DEVICE],
  redirect_uris: [],
  response_types: [],
};

async function codeFor(world: World, client: ClientEntry = SHOP, parameters: Record<string, string> = {}) {
  const { back } = await signIn(world, { client, parameters: { ...CHALLENGE, ...parameters } });
  return new URL(back.url).searchParams.get("code") ?? "";
}

async function ask(world: World, client: ClientEntry, fields: Record<string, string>) {
  const { client_id: id, client_secret: secret, redirect_uris: uris } = client;
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  const answer = await fetch(`${world.issuer}/token`, {
    method: "POST",
    headers: secret === undefined ? {} : { authorization: basic },
    body: new URLSearchParams({
      ...(secret === undefined ? { client_id: id } : {}),
      ...("code" in fields
        ? { grant_type: "authorization_code", redirect_uri: uris[0] ?? "", code_verifier: VERIFIER }
        : { grant_type: "refresh_token" }),
      ...fields,
    }),
  });
  return (await answer.json()) as { error?: string; error_description?: string; refresh_token?: string };
}

const refusal = (description: string) => ({ error: "invalid_grant", error_description: description });
const unknown = (what: string) =>
  refusal(
    `the ${what} is none of this client's that still counts: it was mistyped, is another client's, or was ended with all else of its sign-in`,
  );

describe("invalid_grant says to the client whose code it is", () => {
  test("that it was used, and that what came of it is revoked", async () => {
    await using world = await createWorld();
    const code = await codeFor(world, SHOP, ABSENT);
    const { refresh_token: token = "" } = await ask(world, SHOP, { code });
    expect(token).not.toBe("");
    expect(await ask(world, SHOP, { code })).toEqual(
      refusal("the code was used already, so all tokens that came of it are revoked: the person signs in again"),
    );
    expect(await ask(world, SHOP, { refresh_token: token })).toEqual(unknown("refresh_token"));
  });

  test("the same where two exchanges meet", async () => {
    await using world = await createWorld();
    const code = await codeFor(world);
    const answers = await Promise.all([ask(world, SHOP, { code }), ask(world, SHOP, { code })]);
    const told = answers.filter(({ error }) => error !== undefined);
    expect(told).toEqual([
      refusal("the code was used already, so all tokens that came of it are revoked: the person signs in again"),
    ]);
  });

  test("that it has run out", async () => {
    await using world = await createWorld();
    const code = await codeFor(world);
    world.pass(MINUTE + 16 * SECOND);
    expect(await ask(world, SHOP, { code })).toEqual(refusal("the code has run out: it is redeemed within 60 seconds"));
  });

  test.each([
    [
      { redirect_uri: "http://localhost:9/other" },
      "was given for another redirect_uri: send the one of the authorization request",
    ],
    [{ code_verifier: VERIFIER.replace("d", "e") }, "was asked for with the code_challenge of another code_verifier"],
    [{ code_verifier: "" }, "needs code_verifier: its authorization request had a code_challenge"],
  ])("what does not fit: %j, and goes on taking it with what does", async (fields, reason) => {
    await using world = await createWorld();
    const code = await codeFor(world);
    expect(await ask(world, SHOP, { code, ...fields })).toEqual(refusal(`the code ${reason}`));
    expect(await ask(world, SHOP, { code })).not.toHaveProperty("error");
  });

  test("that a refresh token was used, and one that has run out", async () => {
    await using world = await createWorld();
    const first = await ask(world, SHOP, { code: await codeFor(world, SHOP, ABSENT) });
    await ask(world, SHOP, { refresh_token: first.refresh_token ?? "" });
    expect(await ask(world, SHOP, { refresh_token: first.refresh_token ?? "" })).toEqual(
      refusal(
        "the refresh_token was used already, so all tokens that came of it are revoked: the person signs in again",
      ),
    );
    const other = await ask(world, SHOP, { code: await codeFor(world, SHOP, ABSENT) });
    world.pass(31 * DAY);
    expect(await ask(world, SHOP, { refresh_token: other.refresh_token ?? "" })).toEqual(
      refusal("the refresh_token has run out: the person signs in again"),
    );
  });
});

describe("of what is polled for", () => {
  const used = (what: string) =>
    refusal(`the ${what} was used already, so all tokens that came of it are revoked: the person signs in again`);

  test("a device_code that was used is told so to its client, and as unknown to another", async () => {
    const other = { ...KIOSK, client_id: "other" };
    await using world = await createWorld({ clients: [KIOSK, other] });
    const { body: begun } = await post(world, "/device-authorization", { scope: "openid" }, KIOSK);
    const visitor = createVisitor(world.issuer);
    await goOnByCode(world, visitor, await typeCode(visitor, String(begun["user_code"])));
    const redeem = (client: ClientEntry, code = begun["device_code"]) =>
      post(world, "/token", { grant_type: DEVICE, device_code: String(code) }, client);
    expect((await redeem(KIOSK)).status).toBe(200);
    expect((await redeem(other)).body).toEqual(unknown("device_code"));
    world.pass(5 * SECOND);
    expect((await redeem(KIOSK)).body).toEqual(used("device_code"));
    expect((await redeem(KIOSK, "mistyped")).body).toEqual(unknown("device_code"));
  });

  test("an auth_req_id as well", async () => {
    const other = { ...TILL, client_id: "other" };
    await using world = await createWorld({ clients: [TILL, other] });
    const asked = await askOnPhone(world);
    const phone = await onlinePhone(world);
    const [request] = (await phone.requests()).requests;
    await phone.answer(request?.id ?? "", asked.body.enum_challenge);
    expect((await pollTokens(world, asked)).status).toBe(200);
    expect((await pollTokens(world, asked, other)).body).toEqual(unknown("auth_req_id"));
    world.pass(5 * SECOND);
    expect((await pollTokens(world, asked)).body).toEqual(used("auth_req_id"));
    expect((await post(world, "/token", { grant_type: CIBA, auth_req_id: "mistyped" })).body).toEqual(
      unknown("auth_req_id"),
    );
  });
});

describe("invalid_grant says nothing of what is not the client's own", () => {
  test("another client's code, used, run out or good, is told as one that there never was", async () => {
    await using world = await createWorld();
    const nobodys = await ask(world, LIBRARY, { code: randomUUID() });
    expect(nobodys).toEqual(unknown("code"));
    const used = await codeFor(world, SHOP, ABSENT);
    const { refresh_token: token = "" } = await ask(world, SHOP, { code: used });
    for (const code of [used, await codeFor(world)]) expect(await ask(world, LIBRARY, { code })).toEqual(nobodys);
    expect(await ask(world, LIBRARY, { refresh_token: token })).toEqual(unknown("refresh_token"));
    world.pass(2 * MINUTE);
    expect(await ask(world, LIBRARY, { code: used })).toEqual(nobodys);
  });

  test("a public client, which anybody can claim to be, is told the same of every code", async () => {
    await using world = await createWorld({ clients: [APP] });
    const code = await codeFor(world, APP);
    const told = [
      await ask(world, APP, { code: randomUUID() }),
      await ask(world, APP, { code, code_verifier: VERIFIER.replace("d", "e") }),
      await ask(world, APP, { code }),
      await ask(world, APP, { code }),
    ];
    expect(told[2]).not.toHaveProperty("error");
    for (const each of [0, 1, 3]) expect(told[each]).toEqual(refusal("grant request is invalid"));
  });
});

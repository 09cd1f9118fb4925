import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { eventsOf } from "../account/support.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { begin, PAYMENT, paid, STORE } from "../support/payment.ts";
import { createProver } from "../support/proofs.ts";
import { signIn } from "../support/sign-in.ts";
import {
  type Asked,
  anEnvelope,
  ask,
  confirmed,
  keysPath,
  PROGRAM,
  present,
  putting,
  stored,
  WMID,
} from "../support/stored-keys.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld } from "../support/world.ts";

const AT_ONCE = 16;
const retrieve: Asked = { method: "POST", path: `${keysPath()}/retrieve` };
const ALGORITHMS = "ES256 EdDSA Ed25519 PS256 RS256";
const asked = { authorization_details: [{ type: "keys", wmid: WMID, action: "retrieve" }] };

describe("who comes with less is told what to ask for (RFC 9470)", () => {
  test("with nothing: the scheme, where the provider is, and the operation", async () => {
    await using world = await createWorld({ clients: [PROGRAM] });
    const { status, headers, json } = await ask(world, retrieve);
    const resource = `${world.issuer}/storage/v1`;
    const metadata = `${world.issuer}/.well-known/oauth-protected-resource/storage/v1`;
    expect([status, headers.get("content-type")]).toEqual([401, "application/problem+json"]);
    expect(headers.get("www-authenticate")).toBe(
      `DPoP realm="${resource}", algs="${ALGORITHMS}", resource_metadata="${metadata}"`,
    );
    expect(json).toEqual({
      type: "urn:e-num:problem:confirmation-needed",
      title: "This has to be confirmed first: see authorization_details.",
      status: 401,
      acr_values: "urn:e-num:acr:operation",
      resource,
      ...asked,
    });
    expect(await (await fetch(metadata)).json()).toEqual({
      resource,
      authorization_servers: [world.issuer],
      bearer_methods_supported: ["header"],
      dpop_signing_alg_values_supported: ALGORITHMS.split(" "),
      dpop_bound_access_tokens_required: true,
      authorization_details_types_supported: ["keys"],
    });
  });

  test("with a sign-in's token, with another action or WMID, or with a typed response: a confirmed operation", async () => {
    const relaxed = { rules: [{ name: "typed", types: ["keys"], demands: "confirm", clients: ["program"] }] };
    await using world = await createWorld({
      clients: [PROGRAM],
      policy: JSON.parse(JSON.stringify({ time_zone: "UTC", ...relaxed })),
    });
    await stored(world);
    const parameters = { resource: `${world.issuer}/storage/v1` };
    const { party, tokens } = await signIn(world, { client: PROGRAM, parameters });
    const signedIn = { token: (await tokens()).access_token, prover: await createProver(party.keys), id: "" };
    for (const weak of [
      signedIn,
      await confirmed(world, "move"),
      await confirmed(world, "retrieve", { typed: true }),
    ]) {
      const { status, headers, json } = await present(world, weak, retrieve);
      expect([status, json]).toMatchObject([401, { type: "urn:e-num:problem:confirmation-needed", ...asked }]);
      expect(headers.get("www-authenticate")).toContain('DPoP realm="http://localhost');
      expect(headers.get("www-authenticate")).toMatch(
        /error="insufficient_user_authentication", .*acr_values="urn:e-num:acr:operation"/,
      );
    }
  });

  test("with a token that is bound to no key, or of another audience", async () => {
    const loose = client({ client_id: "loose", client_name: "Loose", authorization_details_types: ["keys"] });
    await using world = await createWorld({ clients: [PROGRAM, loose] });
    await stored(world);
    const unbound = await confirmed(world, "retrieve", { site: loose });
    const plain = await ask(world, { ...retrieve, headers: { authorization: `Bearer ${unbound.token}` } });
    expect([plain.status, plain.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringMatching(/^DPoP .*error="invalid_token".*bound to a key/),
    ]);
    const posing = await present(world, unbound, retrieve);
    expect([posing.status, posing.json]).toMatchObject([401, { error: "invalid_token" }]);
    const stolen = { ...(await confirmed(world, "retrieve")), prover: await createProver() };
    expect((await present(world, stolen, retrieve)).json).toMatchObject({ error: "invalid_token" });
    const elsewhere = await confirmed(world, "retrieve", { resource: "/operations" });
    expect((await present(world, elsewhere, retrieve)).json).toMatchObject({
      error: "invalid_token",
      detail: "the token is not for this server",
    });
    const basic = await ask(world, { ...retrieve, headers: { authorization: "Basic eDp5" } });
    expect(basic.json["type"]).toBe("urn:e-num:problem:confirmation-needed");
    const empty = await ask(world, { ...retrieve, headers: { authorization: "DPoP" } });
    expect([empty.status, empty.json["type"]]).toEqual([400, "urn:e-num:problem:invalid-request"]);
    expect(await eventsOf(world, "storage.retrieved")).toEqual([]);
  });

  test("with a token that has run out, or whose phone has been removed since", async () => {
    await using world = await createWorld({ clients: [PROGRAM] });
    await stored(world);
    const late = await confirmed(world, "retrieve");
    world.pass(11 * MINUTE);
    expect((await present(world, late, retrieve)).json).toMatchObject({ error: "invalid_token" });
    const lost = await confirmed(world, "retrieve");
    await (await onlinePhone(world)).call("DELETE", "/device/v1");
    expect((await present(world, lost, retrieve)).status).toBe(409);
  });
});

test("only a client that is registered for the type may name it as its resource, for keys and for nothing else", async () => {
  await using world = await createWorld({ clients: [PROGRAM, STORE] });
  const resource = `${world.issuer}/storage/v1`;
  await expect(begin(world, PAYMENT, { resource }, STORE)).rejects.toMatchObject({ error: "invalid_target" });
  const paying = await paid(world, createVisitor(world.issuer), PAYMENT, PROGRAM, { resource });
  const allowed = {
    token: paying.tokens.access_token,
    prover: await createProver(paying.party.keys),
    id: paying.id,
  };
  expect((await present(world, allowed, retrieve)).json).toMatchObject({
    type: "urn:e-num:problem:confirmation-needed",
    detail: "the token's operation is no keys",
  });
});

describe("a confirmation is spent", () => {
  test("once, however often it comes at once", async () => {
    await using world = await createWorld({ clients: [PROGRAM] });
    await stored(world);
    const allowed = await confirmed(world, "retrieve");
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => present(world, allowed, retrieve)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(AT_ONCE - 1).fill(409)]);
    const late = answers.find(({ status }) => status === 409);
    expect(late?.json).toMatchObject({ type: "urn:e-num:problem:already-used" });
    expect(await eventsOf(world, "storage.retrieved")).toHaveLength(1);
  });

  test("by one of two changes of the same version at once; the other is told, and can come again", async () => {
    await using world = await createWorld({ clients: [PROGRAM] });
    const tag = (await stored(world)).headers.get("etag") ?? "";
    const [one, other] = [await confirmed(world, "change"), await confirmed(world, "change")];
    const change = putting(anEnvelope(WMID, 9), { "if-match": tag });
    const answers = await Promise.all([present(world, one, change), present(world, other, change)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const next = answers.find(({ status }) => status === 200)?.headers.get("etag") ?? "";
    const loser = answers[0]?.status === 412 ? one : other;
    expect((await present(world, loser, putting(anEnvelope(WMID, 8), { "if-match": next }))).status).toBe(200);
  });

  test("for the keys of one WMID alone, where first versions of two come at once", async () => {
    const second = "301234567891";
    await using world = await createWorld({ clients: [PROGRAM] });
    await world.database.rows(
      `INSERT INTO account_wmid (wmid, account_id, created_at) SELECT '${second}', account_id, 0 FROM account_wmid WHERE wmid = '${WMID}'`,
    );
    const wmids = [WMID, second];
    const allowed = await Promise.all(wmids.map((wmid) => confirmed(world, "back_up", { wmid })));
    const answers = await Promise.all(
      allowed.map((one, place) =>
        present(world, one, putting(anEnvelope(wmids[place]), { "if-none-match": "*" }, wmids[place])),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});

test("no page of another origin may call it: there is no CORS", async () => {
  await using world = await createWorld({ clients: [PROGRAM] });
  const headers = { origin: "https://wallet.example", "access-control-request-method": "PUT" };
  const answer = await ask(world, { method: "OPTIONS", path: keysPath(), headers });
  expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
});

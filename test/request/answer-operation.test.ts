import { randomBytes } from "node:crypto";
import { compactVerify, decodeJwt, EmbeddedJWK } from "jose";
import { describe, expect, test } from "vitest";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { type OnlinePhone, onlinePhone, problemOf, type Reply } from "../support/online-phone.ts";
import { statementOf } from "../support/operations.ts";
import { order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { errorOf, signIn } from "../support/sign-in.ts";
import type { Page } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { requestIn } from "./asked.ts";

const WHOLE = statementOf({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation: PAYMENT });
const PAIRWISE: ClientEntry = { ...STORE, subject_type: "pairwise" };

/** A signed-in person at the page of an operation, with the phone in the hand. */
async function ordered(
  world: World,
  { element = PAYMENT as object, site = STORE, more = {} as Record<string, string> } = {},
) {
  const phone = await onlinePhone(world);
  const { visitor } = await signIn(world, { client: site });
  const { page, finish } = await order(world, visitor, element, more, site);
  return { phone, visitor, page, finish };
}

function answer(phone: OnlinePhone, page: Page, statement = WHOLE, signature?: string): Promise<Reply> {
  return phone.answer(
    requestIn(page),
    page.challenge,
    signature === undefined ? { statement } : { statement, signature },
  );
}

async function receiptOf(world: World, tokens: { access_token: string; authorization_details?: unknown }) {
  const [confirmed] = JSON.parse(JSON.stringify(tokens.authorization_details));
  const response = await fetch(`${world.issuer}/confirmations/${confirmed.confirmation.id}/receipt`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  const text = await response.text();
  return { confirmed, text, receipt: decodeJwt(text) };
}

describe("an operation that the phone answers", () => {
  test("is confirmed with the statement that the phone has fetched, and the page goes on", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, visitor, page, finish } = await ordered(world);
    expect((await answer(phone, page)).body).toEqual({ status: "accepted" });
    const tokens = await finish(await visitor.open(page.url));
    const { confirmed, receipt } = await receiptOf(world, tokens);
    expect(confirmed).toMatchObject({ ...PAYMENT, confirmation: { binding: "operation" } });
    expect(receipt).toMatchObject({
      amr: ["otp", "mfa", "user"],
      binding: { mode: "operation", challenge: page.challenge },
    });
    expect(receipt["binding"]).not.toHaveProperty("signature");
    expect(await world.database.rows("SELECT id FROM event WHERE type = 'operation.confirmed'")).toHaveLength(1);
  });

  test("with what was typed on the Payment screen as well", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, visitor, page, finish } = await ordered(world);
    expect((await answer(phone, page, TYPED)).status).toBe(200);
    const { confirmed } = await receiptOf(world, await finish(await visitor.open(page.url)));
    expect(confirmed).toMatchObject({ confirmation: { binding: "payment" } });
  });

  test("the device's signature is part of the receipt, and anybody can check it there", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, visitor, page, finish } = await ordered(world, { more: { scope: "openid" } });
    const signature = await phone.sign(requestIn(page), page.challenge, WHOLE);
    expect((await answer(phone, page, WHOLE, signature)).status).toBe(200);
    const tokens = await finish(await visitor.open(page.url));
    expect(tokens.claims()?.["amr"]).toEqual(["otp", "mfa", "user", "swk"]);
    const { receipt, text } = await receiptOf(world, tokens);
    expect(receipt["amr"]).toEqual(["otp", "mfa", "user", "swk"]);
    const binding = JSON.parse(JSON.stringify(receipt["binding"]));
    expect(binding.signature).toBe(signature);
    const { payload } = await compactVerify(binding.signature, EmbeddedJWK);
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      challenge: binding.challenge,
      aud: world.issuer,
    });
    const shown = await visitor.submit(await visitor.open("/confirmations/verify"), "next", { receipt: text });
    expect(shown.text).toContain("own device has signed this as well");
  });

  test("a site that sees a pairwise name gets no signature, by whose key it could tell the person elsewhere", async () => {
    await using world = await createWorld({ clients: [PAIRWISE] });
    const { phone, visitor, page, finish } = await ordered(world, { site: PAIRWISE });
    const signature = await phone.sign(requestIn(page), page.challenge, WHOLE);
    expect((await answer(phone, page, WHOLE, signature)).status).toBe(200);
    const { receipt } = await receiptOf(world, await finish(await visitor.open(page.url)));
    expect(receipt["amr"]).toContain("swk");
    expect(receipt["binding"]).not.toHaveProperty("signature");
  });

  test("what was signed is what is judged: a response for another statement than the signed one is wrong", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, page } = await ordered(world);
    const signature = await phone.sign(requestIn(page), page.challenge, WHOLE);
    expect(problemOf(await answer(phone, page, TYPED, signature))).toEqual([422, "wrong-response"]);
    expect((await answer(phone, page, WHOLE, signature)).status).toBe(200);
  });

  test("that is too long for a QR code is taken whole from the list, and confirmed", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const text = () => randomBytes(60).toString("base64url");
    const changes = Array.from({ length: 16 }, () => ({ field: text(), to: text() }));
    const long = { type: "profile_update", operation_id: "p-long", changes };
    const { phone, visitor, page, finish } = await ordered(world, { element: long });
    const [request] = (await phone.requests()).requests;
    expect(request?.statement?.length).toBeGreaterThan(2000);
    const statement = statementOf({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation: long });
    expect((await phone.answer(request?.id ?? "", page.challenge, { statement })).status).toBe(200);
    const { confirmed } = await receiptOf(world, await finish(await visitor.open(page.url)));
    expect(confirmed).toMatchObject(long);
  });

  test("with nobody signed in, in a known browser: no session is left behind", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, visitor } = await ordered(world);
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    const { page, finish } = await order(world, visitor, { ...PAYMENT, operation_id: "inv-2" });
    const number = await visitor.submit(page, "next", { identifier: "alice@example.com" });
    const statement = statementOf({
      mode: "operation",
      client: { id: "shop", name: "Book shop" },
      operation: { ...PAYMENT, operation_id: "inv-2" },
    });
    expect((await answer(phone, number, statement)).status).toBe(200);
    const tokens = await finish(await visitor.open(number.url));
    expect(tokens.id_token).toBeUndefined();
    const after = await signIn(world, { client: STORE, visitor, parameters: { prompt: "none" } });
    expect(errorOf(after.back)).toBe("login_required");
  });

  test.each([
    ["another amount", { mode: "payment", amount: "10.51", recipient: "Z123456789012" }],
    ["the check number alone", { mode: "confirm" }],
    ["a login", { mode: "login" }],
    ["another site", { mode: "operation", client: { id: "other", name: "Book shop" }, operation: PAYMENT }],
  ])("a response for %s does not fit", async (_name, statement) => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, page } = await ordered(world);
    expect(problemOf(await answer(phone, page, statementOf(statement)))).toEqual([422, "wrong-response"]);
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
  });

  test("what the site sent is sealed with the challenge", async () => {
    await using world = await createWorld({ clients: [STORE] });
    await ordered(world);
    const rows = await world.database.rows("SELECT * FROM challenge WHERE purpose = 'operation'");
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/inv-1042|Z123456789012|Two books/);
  });
});

test("a request whose type the operator has removed since is listed without its statement, and no answer fits", async () => {
  await using world = await createWorld({ clients: [STORE] });
  const { phone, page } = await ordered(world);
  const [row] = await world.database.rows<{ id: string; details_sealed: string }>(
    "SELECT id, details_sealed FROM challenge WHERE purpose = 'operation'",
  );
  const place = { table: "challenge", column: "details", row: row?.id ?? "" };
  const kept = world.sealer.open(row?.details_sealed ?? "", place).toString();
  const gone = kept.replace('"type":"payment"', '"type":"lottery"');
  await world.database.rows("UPDATE challenge SET details_sealed = ? WHERE id = ?", [
    world.sealer.seal(gone, place),
    row?.id ?? "",
  ]);
  expect((await phone.requests()).requests.map(({ statement }) => statement)).toEqual([undefined]);
  expect(problemOf(await answer(phone, page))).toEqual([422, "wrong-response"]);
});

describe("a right answer that confirms nothing", () => {
  test("once confirmed by another request, the site is told so, and the phone", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, visitor, page, finish } = await ordered(world);
    const second = await order(world, visitor);
    expect((await answer(phone, page)).status).toBe(200);
    const tokens = await finish(await visitor.open(page.url));
    expect(problemOf(await answer(phone, second.page))).toEqual([409, "already-used"]);
    const again = await visitor.open(second.page.url);
    const { confirmed } = await receiptOf(world, tokens);
    expect(new URL(again.url).searchParams.get("error_description")).toBe(
      `already confirmed: ${confirmed.confirmation.id}`,
    );
    expect(await world.database.rows("SELECT id FROM confirmation")).toHaveLength(1);
  });

  test("a WMID that is not the account's own is refused with access_denied, and nothing is kept", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, visitor } = await ordered(world);
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    const element = {
      type: "trust_transfer",
      operation_id: "t-1",
      payee: { purse: "Z123456789012" },
      amount: { value: "10.5", currency: "WMZ" },
      owner_wmid: "999999999999",
      owner_purse: "Z999999999999",
    };
    const { page } = await order(world, visitor, element);
    const number = await visitor.submit(page, "next", { identifier: "alice@example.com" });
    const refused = await answer(phone, number, TYPED);
    expect([problemOf(refused), refused.body["detail"]]).toEqual([[410, "declined"], expect.stringContaining("WMID")]);
    expect(errorOf(await visitor.open(number.url))).toBe("access_denied");
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
  });

  test("another account than the site has pinned is refused with login_required", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { phone, visitor } = await ordered(world);
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    const more = { login_hint: "0000000000000000000000" };
    const { page } = await order(world, visitor, { ...PAYMENT, operation_id: "inv-9" }, more);
    const number = await visitor.submit(page, "next", { identifier: "alice@example.com" });
    expect(problemOf(await answer(phone, number, TYPED))).toEqual([410, "declined"]);
    expect(errorOf(await visitor.open(number.url))).toBe("login_required");
  });
});

import { exportJWK, generateKeyPair } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { type OperationText, parseQrText } from "../../src/e-num/qr-text.ts";
import { type OperationStatement, parseStatement } from "../../src/e-num/statement.ts";
import { signStatement } from "../../src/e-num/statement-token.ts";
import { type OpenRequest, statementKeys } from "../../src/phone/answers.ts";
import { type Holder, loginAsked, openedAsked, operationAsked, typedAsked } from "../../src/phone/asked.ts";
import { parsedValue } from "../e-num/arbitraries.ts";

const ISSUER = "https://id.example.org";
const NOW = 1_790_000_000;
const CHALLENGE = parsedValue(parseChallenge("48219370"));
const OTHER = parsedValue(parseChallenge("48219371"));

const paying = (value: string): OperationStatement => {
  const operation = { type: "payment", operation_id: "inv-1042", amount: { value, currency: "WMZ" } };
  const statement = parsedValue(parseStatement({ mode: "operation", client: { id: "shop", name: "Shop" }, operation }));
  if (statement.mode !== "operation") throw new Error("no operation");
  return statement;
};
const TEN = paying("10.5");

let own: CryptoKey;
let foreign: CryptoKey;
let holder: Holder;
beforeAll(async () => {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const { privateKey } = await generateKeyPair("ES256");
  [own, foreign] = [pair.privateKey, privateKey];
  const keys = [{ ...(await exportJWK(pair.publicKey)), kid: "conf-001" }];
  holder = { issuer: ISSUER, statementKeys: statementKeys.parse({ keys }), now: NOW };
});

interface Written {
  statement?: OperationStatement;
  /** Undefined as the device API sends it. */
  challenge?: typeof CHALLENGE | undefined;
  issuer?: string;
  key?: CryptoKey;
  kid?: string;
  at?: number;
}

function written({ statement = TEN, issuer = ISSUER, key = own, kid = "conf-001", at = NOW, ...more }: Written = {}) {
  const challenge = "challenge" in more ? more.challenge : CHALLENGE;
  const signed = challenge === undefined ? {} : { challenge };
  return signStatement({ issuer, statement, issuedAt: at, expiresAt: at + 300, ...signed }, key, kid);
}

const code = (token?: string): OperationText => ({
  kind: "operation",
  challenge: CHALLENGE,
  request: "rq-7",
  ...(token === undefined ? {} : { token }),
});

async function listed(changed: Partial<OpenRequest> = {}): Promise<OpenRequest> {
  return {
    id: "rq-7",
    kind: "operation",
    client: { id: "shop", name: "Shop" },
    created_at: "2026-09-21T10:00:00Z",
    expires_at: "2026-09-21T10:05:00Z",
    origin: { ip: "203.0.113.7", user_agent: "Firefox/140", known: true },
    statement: await written({ challenge: undefined }),
    ...changed,
  };
}

describe("an operation's code", () => {
  test("says what the provider signed, offline", async () => {
    expect(await operationAsked(code(await written()), holder)).toEqual({
      ok: true,
      value: { statement: TEN, time: "fits" },
    });
  });

  test("with a network it says who asks, and from where", async () => {
    const request = await listed();
    const asked = await operationAsked(code(await written()), holder, [request]);
    expect(asked).toEqual({ ok: true, value: { statement: TEN, time: "fits", request } });
    // The provider does not list every stranger's: what is signed is signed all the same.
    expect(await operationAsked(code(await written()), holder, [])).toEqual({
      ok: true,
      value: { statement: TEN, time: "fits" },
    });
  });

  test.each<[string, () => Written, string]>([
    ["by another key under the provider's name for it", () => ({ key: foreign }), "wrong-signature"],
    ["by a key that the phone does not know", () => ({ key: foreign, kid: "conf-666" }), "unknown-key"],
    ["of another provider", () => ({ issuer: "https://id.example.com" }), "wrong-issuer"],
    ["for another check number", () => ({ challenge: OTHER }), "wrong-challenge"],
    ["without a check number, as the device API sends it", () => ({ challenge: undefined }), "wrong-challenge"],
  ])("%s is refused", async (_, how, reason) => {
    expect(await operationAsked(code(await written(how())), holder)).toEqual({ ok: false, reason });
  });

  test.each([
    ["one letter changed", (token: string) => token.replace(/\.(.)/, (_, first) => `.${first === "A" ? "B" : "A"}`)],
    ["its signature cut", (token: string) => token.slice(0, -8)],
    [
      "another's signature",
      async (token: string) => token.replace(/[^.]+$/, (await written({ statement: paying("9") })).split(".")[2] ?? ""),
    ],
  ])("%s is refused", async (_, spoil) => {
    const token = await spoil(await written());
    expect(await operationAsked(code(token), holder)).toEqual({ ok: false, reason: "wrong-signature" });
  });

  test.each([
    ["stale", NOW - 86_400, "expired"],
    ["from tomorrow", NOW + 86_400, "not-yet-valid"],
  ])("%s by this phone's clock is only reported: the provider decides", async (_, at, time) => {
    expect(await operationAsked(code(await written({ at })), holder)).toEqual({
      ok: true,
      value: { statement: TEN, time },
    });
  });

  test("without details is what the provider lists under it, or nothing", async () => {
    const request = await listed();
    expect(await operationAsked(code(), holder, [request])).toEqual({
      ok: true,
      value: { statement: TEN, time: "fits", request },
    });
    for (const list of [undefined, [], [await listed({ id: "rq-8" })]])
      expect(await operationAsked(code(), holder, list)).toEqual({ ok: false, reason: "not-listed" });
    const forged = await listed({ statement: await written({ key: foreign, challenge: undefined }) });
    expect(await operationAsked(code(), holder, [forged])).toEqual({ ok: false, reason: "wrong-signature" });
  });

  test("that names a request which is for something else is refused", async () => {
    const token = await written();
    const others = [
      await listed({ statement: await written({ statement: paying("9999"), challenge: undefined }) }),
      await listed({ kind: "login" }),
    ];
    for (const other of others)
      for (const text of [code(token), ...(other.kind === "login" ? [code()] : [])])
        expect(await operationAsked(text, holder, [other])).toEqual({ ok: false, reason: "other-request" });
  });
});

describe("codes in which nothing is signed", () => {
  const login = parsedValue(parseQrText(`https://id.example.org/phone#enum:login?challenge=${CHALLENGE}&r=rq-7`));
  const payment = parsedValue(parseStatement({ mode: "payment", amount: "10.5", recipient: "Z123456789012" }));

  test("are what they say, with the request that the provider lists under their name", async () => {
    if (login.kind !== "login" || payment.mode !== "payment") throw new Error("other texts");
    const [sign, pay] = [await listed({ kind: "login" }), await listed()];
    expect(loginAsked(login)).toEqual({ ok: true, value: { statement: { mode: "login" } } });
    expect(loginAsked(login, [sign])).toEqual({ ok: true, value: { statement: { mode: "login" }, request: sign } });
    expect(typedAsked(payment, "rq-7", [pay])).toEqual({ ok: true, value: { statement: payment, request: pay } });
    expect(typedAsked(payment, undefined, [pay])).toEqual({ ok: true, value: { statement: payment } });
  });

  test("that name a request of another kind are refused: a sign-in cannot pass for a payment", async () => {
    if (login.kind !== "login" || payment.mode !== "payment") throw new Error("other texts");
    const refused = { ok: false, reason: "other-request" };
    expect(loginAsked(login, [await listed()])).toEqual(refused);
    expect(typedAsked(payment, "rq-7", [await listed({ kind: "login" })])).toEqual(refused);
    expect(typedAsked({ mode: "confirm" }, "rq-7", [await listed({ kind: "login" })])).toEqual(refused);
  });
});

describe("a request that was opened in the list", () => {
  test("is shown when the provider has signed its details", async () => {
    const request = await listed();
    expect(await openedAsked(request, holder)).toEqual({ ok: true, value: { statement: TEN, time: "fits", request } });
    const sign = await listed({ kind: "login" });
    expect(await openedAsked(sign, holder)).toEqual({
      ok: true,
      value: { statement: { mode: "login" }, request: sign },
    });
    const { statement: _, ...bare } = request;
    expect(await openedAsked(bare, holder)).toEqual({ ok: false, reason: "not-a-token" });
    const forged = await listed({ statement: await written({ key: foreign, challenge: undefined }) });
    expect(await openedAsked(forged, holder)).toEqual({ ok: false, reason: "wrong-signature" });
  });
});

import { type CryptoKey, exportJWK, generateKeyPair } from "jose";
import { parseActivationCode } from "../../src/e-num/activation-code.ts";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import type { Statement } from "../../src/e-num/statement.ts";
import { createDeviceClient } from "../../src/phone/device-client.ts";
import { authorization } from "../../src/phone/device-proof.ts";

export interface TestPhone {
  id: string;
  status: string;
  key: CryptoKey;
  /** The response of its pad, as a person would type it. */
  respond(challenge: string, statement: Statement): string;
  /** `GET /device/v1` with a proof of its own. */
  get(): Promise<{ status: number; body: Record<string, unknown> }>;
}

/** Enrols a phone by the public API as far as `pending`; throws the problem's code. */
export async function activate(issuer: string, email: string, code: string, name = "Test phone"): Promise<TestPhone> {
  const client = createDeviceClient({ fetch, now: () => Math.floor(Date.now() / 1000) });
  const pair = await generateKeyPair("ES256", { extractable: true });
  const parsed = parseActivationCode(code);
  if (!parsed.ok) throw new Error(parsed.reason);
  const answer = await client.activate(issuer, {
    identifier: email,
    code: parsed.value,
    name,
    platform: "cli",
    key: await exportJWK(pair.publicKey),
  });
  if (!answer.ok) throw new Error(answer.code);
  const { device, pad } = answer.value;
  const credentials = { issuer, deviceId: device.id, key: pair.privateKey, clockOffset: 0 };
  return {
    id: device.id,
    status: device.status,
    key: pair.privateKey,
    respond(challenge, statement) {
      const number = parseChallenge(challenge);
      if (!number.ok) throw new Error(`"${challenge}" is no check number: ${number.reason}`);
      return computeResponse(pad, number.value, statement);
    },
    async get() {
      const url = new URL(`${issuer}/device/v1`);
      const proof = await authorization(credentials, { method: "GET", url, body: "" }, Math.floor(Date.now() / 1000));
      const response = await fetch(url, { headers: { authorization: proof } });
      return { status: response.status, body: await response.json() };
    },
  };
}

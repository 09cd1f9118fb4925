import { exportJWK, generateKeyPair } from "jose";

/** As `loadKeys` gives it. */
export async function testKey() {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const privateJwk = await exportJWK(privateKey);
  const half = (text = "") => Buffer.from(text, "base64url");
  const point = Buffer.concat([Buffer.of(4), half(privateJwk.x), half(privateJwk.y)]);
  return { publicKey: point.toString("base64url"), privateJwk };
}

import { exportJWK, generateKeyPair } from "jose";
import { type Pin, sealPad } from "../pad.ts";
import type { App } from "./app.ts";
import { problemText } from "./problems.ts";
import type { Connection } from "./screens/connect.ts";
import { endUnused } from "./unused.ts";

/** Redeems an activation code (PROTOCOL section 5), and keeps what comes of it whatever is on the screen meanwhile: a code works once. */
export async function connectDevice(app: App, connection: Connection, pin: Pin): Promise<void> {
  const { vault, client, device: machine } = app.ports;
  const { issuer, identifier, code, name } = connection;
  // Asked for here, since browsers listen to a person's own press of a button.
  await machine.keep();
  const pair = await generateKeyPair("ES256", { extractable: false });
  const { x = "", y = "" } = await exportJWK(pair.publicKey);
  const key = { kty: "EC", crv: "P-256", x, y } as const;
  const answer = await client.activate(issuer, { identifier, code, name, platform: "web", key });
  if (!answer.ok) {
    const problem = problemText(answer, app.words);
    return app.go({ name: "connect", given: { issuer, identifier, code }, errors: {}, problem });
  }
  const { device, pad, padVersion, statementKeys } = answer.value;
  await vault.add({
    issuer,
    identifier,
    device: { id: device.id, name: device.name },
    key: { private: pair.privateKey, x, y },
    pad: { ...(await sealPad(pad, pin)), version: padVersion },
    statementKeys,
    clockOffset: 0,
    pending: true,
  });
  await vault.choose("account", device.id);
  await app.reload();
  // It may have taken the place of one that was woken.
  await endUnused(app);
  app.go({ name: "number", mode: "activate", device: device.id, connected: true });
}

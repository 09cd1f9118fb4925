import { exportJWK, generateKeyPair } from "jose";
import { computeResponse } from "../../e-num/e-num.ts";
import { type Pin, sealPad } from "../pad.ts";
import type { App } from "./app.ts";
import { problemText } from "./problems.ts";
import type { Connection } from "./screens/connect.ts";

/** Redeems an activation code (PROTOCOL section 5), and keeps what comes of it whatever is on the screen meanwhile: a code works once. */
export async function connectDevice(app: App, connection: Connection, pin: Pin): Promise<void> {
  const { vault, client, device: machine } = app.ports;
  const { issuer, identifier, code, name } = connection;
  // Asked for here, since browsers listen to a person's own press of a button; Firefox asks the person in its turn, who may answer later or never.
  void machine.keep().then(app.reload, () => undefined);
  const pair = await generateKeyPair("ES256", { extractable: false });
  const { x = "", y = "" } = await exportJWK(pair.publicKey);
  const key = { kty: "EC", crv: "P-256", x, y } as const;
  const answer = await client.activate(issuer, { identifier, code, name, platform: "web", key });
  if (!answer.ok) {
    const problem = problemText(answer, app.words);
    return app.go({ name: "connect", given: { issuer, identifier, code, name }, errors: {}, problem });
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
  if (await answeredHere(app, device.id, pad)) {
    const { active: heading, activeHere } = app.words.answer;
    return app.go({ name: "told", heading, body: activeHere(identifier) });
  }
  app.go({ name: "number", mode: "activate", device: device.id, connected: true });
}

/**
 * Where the page that shows the code is in this same browser, it is given the first response at once: the pad is at hand, and what a person
 * would carry goes from one tab to the other. A page elsewhere is answered by hand.
 */
async function answeredHere({ ports, reload }: App, device: string, pad: Uint8Array): Promise<boolean> {
  const challenge = await ports.sameBrowser.asks(device);
  if (challenge === undefined) return false;
  const response = computeResponse(pad, challenge, { mode: "activate" });
  if (!(await ports.sameBrowser.answer(response))) return false;
  await ports.vault.change(device, (kept) => ({ ...kept, pending: false }));
  await reload();
  return true;
}

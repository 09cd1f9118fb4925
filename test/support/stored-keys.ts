import { createHash, randomBytes } from "node:crypto";
import { scan } from "../account/support.ts";
import { order } from "./payment.ts";
import { createProver, type Prover } from "./proofs.ts";
import { ALICE } from "./sign-in.ts";
import { createVisitor, type Visitor } from "./visitor.ts";
import { client, type World } from "./world.ts";

export const WMID = "301234567890";
export const ENVELOPES = "application/vnd.e-num.keys";

/** A program that has keys stored: what it has confirmed is spent in E-num Storage. */
export const PROGRAM = client({
  client_id: "program",
  client_name: "Wallet program",
  authorization_details_types: ["keys", "payment"],
  dpop_bound_access_tokens: true,
});

export interface Confirmed {
  token: string;
  prover: Prover;
  id: string;
}

/** Has alice confirm, by scanning or where it is let by typing, what is done with her keys. */
export async function confirmed(
  world: World,
  action: string,
  {
    wmid = WMID,
    email = ALICE,
    site = PROGRAM,
    visitor = createVisitor(world.issuer),
    resource = "/storage/v1",
    typed = false,
  } = {},
): Promise<Confirmed> {
  const element = { type: "keys", operation_id: randomBytes(8).toString("hex"), wmid, action };
  const more = { resource: `${world.issuer}${resource}` };
  const { page, finish, party } = await order(world, visitor, element, more, site);
  const number = await visitor.submit(page, "next", { identifier: email });
  const tokens = await finish(
    typed
      ? await visitor.submit(number, "next", { response: world.answer(email, number.challenge, { mode: "confirm" }) })
      : await scan(world, visitor, number, email),
  );
  const [details] = tokens.authorization_details ?? [];
  const { id } = JSON.parse(JSON.stringify(details)).confirmation;
  return { token: tokens.access_token, prover: await createProver(party.keys), id };
}

export interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

export interface Answered {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  /** The body where it is JSON. */
  json: Record<string, unknown>;
}

export async function ask(world: World, { method, path, headers = {}, body }: Asked): Promise<Answered> {
  const init = { method, headers, ...(body === undefined ? {} : { body: new Uint8Array(body) }) };
  const answer = await fetch(`${world.issuer}${path}`, init);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const isJson = /json/.test(answer.headers.get("content-type") ?? "");
  return {
    status: answer.status,
    headers: answer.headers,
    bytes,
    json: isJson ? Object(JSON.parse(new TextDecoder().decode(bytes))) : {},
  };
}

/** With the proof that the token needs; the nonce is taken from a first refusal. */
export async function present(world: World, { token, prover }: Confirmed, asked: Asked): Promise<Answered> {
  const address = `${world.issuer}${asked.path.split("?")[0]}`;
  const send = async (nonce?: string) => {
    const proof = await prover.proof({ method: asked.method, address, token, nonce });
    return ask(world, { ...asked, headers: { ...asked.headers, authorization: `DPoP ${token}`, dpop: proof } });
  };
  const first = await send();
  return send(first.headers.get("dpop-nonce") ?? "");
}

export const keysPath = (wmid = WMID) => `/storage/v1/keys/${wmid}`;

/** A header that the server takes, over bytes that nobody can open. */
export function anEnvelope(wmid = WMID, fill = 7): Uint8Array {
  const bytes = Buffer.alloc(53 + 164 + 16, fill);
  bytes.write("ENKF\x01\x01", "latin1");
  bytes.writeUInt32BE(65_536, 6);
  bytes.writeUInt16BE(3, 10);
  bytes.writeUInt8(4, 12);
  bytes.write(wmid, 41, "latin1");
  return bytes;
}

export function digestHeader(bytes: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
}

export function putting(envelope: Uint8Array, headers: Record<string, string>, wmid = WMID): Asked {
  const given = { "content-type": ENVELOPES, "content-digest": digestHeader(envelope), ...headers };
  return { method: "PUT", path: keysPath(wmid), headers: given, body: envelope };
}

/** Confirmed and put: the first version. */
export async function stored(world: World, envelope = anEnvelope(), visitor?: Visitor): Promise<Answered> {
  const allowed = await confirmed(world, "back_up", visitor === undefined ? {} : { visitor });
  return present(world, allowed, putting(envelope, { "if-none-match": "*" }));
}

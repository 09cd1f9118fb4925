/** A program that has had everything confirmed that can be done with alice's keys, with the proof that each call needs. */
import {
  anEnvelope,
  type Confirmed,
  confirmed,
  digestHeader,
  ENVELOPES,
  PROGRAM,
  WMID,
} from "../support/stored-keys.ts";
import type { World } from "../support/world.ts";
import type { Browser } from "./browser.ts";
import type { Call, Draft } from "./draft.ts";

export const STORING = PROGRAM;

const ACTIONS = { PUT: "back_up", DELETE: "delete", retrieve: "retrieve", move: "move" } as const;

/** What is right beside the token; the mutators go on from there. */
export function storingDraft(draft: Draft): void {
  if (draft.method !== "PUT") return;
  const body = Buffer.from(anEnvelope());
  draft.carrier = "none";
  draft.body = body;
  draft.headers.push(["Content-Type", ENVELOPES], ["Content-Digest", digestHeader(body)], ["If-None-Match", "*"]);
}

/** Made once for a world: what is not spent by then is good for the next request. */
export async function atStoredKeys(world: World, browser: Browser) {
  const allowed = new Map<string, Confirmed>();
  for (const [call, action] of Object.entries(ACTIONS)) allowed.set(call, await confirmed(world, action));
  const tokens = [...allowed.values()].map(({ token }) => token);
  return {
    browser,
    params: { wmid: WMID },
    more: tokens,
    lasts: async () => true,
    async authorize({ method, path }: Call): Promise<string> {
      const wanted = allowed.get(/[a-z]+$/.exec(path)?.[0] ?? method) ?? allowed.get("PUT");
      if (wanted === undefined) throw new Error("nothing was confirmed");
      const { token, prover } = wanted;
      const address = `${world.issuer}/storage/v1/keys/${WMID}/retrieve`;
      const first = await prover.proof({ method: "POST", address, token });
      const headers = { authorization: `DPoP ${token}`, dpop: first };
      const nonce = (await fetch(address, { method: "POST", headers })).headers.get("dpop-nonce") ?? "";
      // What the server will take the address for, where a mutator has left it one.
      const htu = URL.parse(path, world.issuer)?.href ?? address;
      const proof = await prover.proof({ method, address: htu, token, nonce });
      return `DPoP ${token}\r\nDPoP: ${proof}`;
    },
  };
}

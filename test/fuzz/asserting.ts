/** A passport service whose assertions are signed as they should be, and mostly say what they should not. */
import { assertionOf } from "../support/asserting.ts";
import type { World } from "../support/world.ts";
import type { Dice } from "./dice.ts";
import type { Draft } from "./draft.ts";

const ODD = [
  "\0",
  "",
  "x".repeat(3000),
  -1,
  1e300,
  null,
  true,
  [],
  {},
  ["401234567890"],
  "401234567890\n",
  "﻿",
  "٤٠١٢٣٤٥٦٧٨٩٠",
];
const CLAIMS = ["sub", "wmid", "iat", "jti", "iss", "aud", "exp", "nbf"];
const HEADERS = ["alg", "typ", "kid", "crit", "b64", "jwk"];

export function assertingDraft(draft: Draft, world: World, dice: Dice): void {
  const claims: Record<string, unknown> = { sub: "A".repeat(21), wmid: "401234567890" };
  if (dice.oneIn(2)) claims[dice.pick(CLAIMS)] = dice.pick(ODD);
  const header = dice.oneIn(4) ? { [dice.pick(HEADERS)]: dice.pick(ODD) } : {};
  draft.carrier = "none";
  draft.body = Buffer.from(assertionOf(world, claims, { header }));
  draft.headers.push(["Content-Type", "application/jwt"]);
}

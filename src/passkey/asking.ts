import { type Clock, MINUTE, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Random } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";
import { spendChallenge } from "./store.ts";

/** Challenges of WebAuthn (section 13.4.3): each belongs to one visit, lives for ten minutes and is good once. */
export interface Asking {
  /** Base64url. Nothing is stored: the page of a sign-in has one whether or not anybody uses a passkey. */
  challenge(context: string): string;
  /** Whether it is this visit's and lives; true once, whatever comes of the answer. */
  spend(sql: Sql, context: string, challenge: string): Promise<boolean>;
}

export interface AskingPorts {
  clock: Clock;
  random: Random;
  digest: Digester;
}

/** As long as a page with a sign-in is looked at, and a key is searched for. */
const LIVES: Millis = 10 * MINUTE;
const RANDOM_BYTES = 16;

export function createAsking({ clock, random, digest }: AskingPorts): Asking {
  const mark = (context: string, until: string, chance: string) =>
    digest("passkey challenge", JSON.stringify([context, until, chance]));
  return {
    challenge(context) {
      const until = String(clock() + LIVES);
      const chance = Buffer.from(random.bytes(RANDOM_BYTES)).toString("base64url");
      return Buffer.from([until, chance, mark(context, until, chance)].join(".")).toString("base64url");
    },
    async spend(sql, context, challenge) {
      const [until = "", chance = "", given = "", ...more] = Buffer.from(challenge, "base64url").toString().split(".");
      if (more.length > 0 || !sameText(given, mark(context, until, chance))) return false;
      // The mark is ours, and so is the time.
      if (Number(until) <= clock()) return false;
      return spendChallenge(sql, digest("passkey challenge", given), Number(until));
    },
  };
}

/** The operator's verbs about the keys of this installation. */
import { randomBytes } from "node:crypto";
import type { Millis } from "../clock.ts";
import { type KeyDescription, listKeys } from "../keys/keys.ts";
import { readMasterKeys } from "../keys/master-key.ts";
import { endKey, type Rotation, rotateKeys } from "../keys/rotation.ts";
import type { Rotatable } from "../keys/rules.ts";
import type { Purpose } from "../keys/store.ts";
import { createSealer } from "../secrecy.ts";
import { SEAL, seal } from "./seal.ts";
import { fail, type Tools, type Verb } from "./tools.ts";

const AT_ONCE = "--at-once";

const ROTATABLE: readonly Rotatable[] = ["token", "confirmation", "cookie"];

/** What would be lost with the others. */
const FIXED: Readonly<Record<Exclude<Purpose, Rotatable>, string>> = {
  digest: "sessions, tokens and remembered browsers are found by its digests, and all of them would be lost",
  pairwise: "sites with pairwise subjects know people by what it makes of them, and would lose all of them",
  certificate: "it is the certificate authority's, by which sites and proxies know every client certificate",
  push: "push services take messages to a phone from this key alone, and every phone would have to subscribe anew",
};

export function keyVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "keys",
      words: "list",
      what: "lists the keys in the database, without their secrets, and what each is for now",
      more: [
        {
          words: `rotate token|confirmation|cookie [${AT_ONCE}]`,
          what: `makes new keys, which running servers know in ten seconds and sign with later, and ends the ones before when nothing needs them any more; with ${AT_ONCE}, where somebody else may have them, in half a minute`,
        },
        {
          words: "end <id>",
          what: "takes out one key that signs no more, where somebody else may have it: nothing that it has signed holds any longer",
        },
        SEAL,
      ],
      run: (words) => keys(tools, words),
    },
  ];
}

function keys(tools: Tools, words: readonly string[]): Promise<void> | undefined {
  const [what, purpose, flag, ...more] = words;
  if (what === "seal") return seal(tools, words.slice(1));
  if (more.length > 0) return undefined;
  if (what === "list" && purpose === undefined) return list(tools);
  if (what === "end" && purpose !== undefined && flag === undefined) return end(tools, purpose);
  if (what !== "rotate" || purpose === undefined || (flag !== undefined && flag !== AT_ONCE)) return undefined;
  const rotatable = ROTATABLE.find((one) => one === purpose);
  if (rotatable !== undefined) return rotate(tools, rotatable, flag === AT_ONCE);
  return isFixed(purpose) ? refuse(purpose) : undefined;
}

function isFixed(purpose: string): purpose is keyof typeof FIXED {
  return Object.hasOwn(FIXED, purpose);
}

async function refuse(purpose: keyof typeof FIXED): Promise<void> {
  fail(`The ${purpose} key cannot be rotated: ${FIXED[purpose]}.`);
}

function list(tools: Tools): Promise<void> {
  return tools.withDatabase(async (database) => {
    const found = await listKeys(database, Date.now());
    if (found.length === 0) console.log("There are no keys yet; the first start makes them.");
    for (const key of found) {
      const { id, purpose, alg, state } = key;
      console.log([purpose.padEnd(12), (alg ?? "-").padEnd(5), state.padEnd(7), id, timesOf(key)].join("  "));
    }
  });
}

function timesOf({ state, createdAt, signsAt, retiredAt, endsAt }: KeyDescription): string {
  const until = endsAt === undefined ? "for good" : `until ${time(endsAt)}`;
  switch (state) {
    case "coming":
      return `signs from ${time(signsAt ?? createdAt)}`;
    case "signing": {
      const since = `signs since ${time(signsAt ?? createdAt)}`;
      return retiredAt === undefined ? since : `${since} until ${time(retiredAt)}, then verifies ${until}`;
    }
    case "former":
      return `verifies ${until}`;
    case "over":
      return `ended ${time(endsAt ?? createdAt)}`;
    default:
      return state satisfies never;
  }
}

function rotate(tools: Tools, purpose: Rotatable, atOnce: boolean): Promise<void> {
  return tools.withDatabase(async (database) => {
    const { config } = tools.settings();
    const random = { bytes: (length: number) => randomBytes(length) };
    const sealer = createSealer(await readMasterKeys({ source: config.masterKey, database, random }), random);
    tell(purpose, await rotateKeys({ database, sealer, clock: Date.now, random }, purpose, atOnce));
  });
}

function end(tools: Tools, id: string): Promise<void> {
  return tools.withDatabase(async (database) => {
    const random = { bytes: (length: number) => randomBytes(length) };
    const ended = await endKey({ database, clock: Date.now, random }, id);
    if (ended === "ended")
      console.log(`Nothing that ${id} has signed holds any longer; running servers know it in ten seconds.`);
    else if (ended === "unknown") fail(`There is no key ${id}: enum-id keys list shows all.`);
    else fail(`${id} is no former key: take out what signs, or is to sign, by enum-id keys rotate with ${AT_ONCE}.`);
  });
}

function tell(purpose: Rotatable, rotation: Rotation): void {
  const several = purpose === "token";
  switch (rotation.kind) {
    case "no-keys":
      fail("There are no keys yet; the first start makes them.");
      break;
    case "coming": {
      const [there, sign] = several ? ["keys are", "sign"] : ["key is", "signs"];
      fail(
        `${several ? "New" : "A new"} ${purpose} ${there} there already and ${sign} from ${time(rotation.signsAt)}: nothing was done.`,
      );
      break;
    }
    case "rotated": {
      const { keys, signsAt, endsAt } = rotation;
      for (const { id, alg } of keys) console.log(`New ${purpose} key ${id}${alg === undefined ? "" : ` (${alg})`}`);
      const [are, sign] = several ? ["They are", "sign"] : ["It is", "signs"];
      const holds = endsAt === undefined ? "for good" : `until ${time(endsAt)}`;
      console.log(
        `${are} known in ten seconds and ${sign} from ${time(signsAt)}; what was signed before holds ${holds}.`,
      );
      console.log("Running servers do so by themselves: enum-id keys list shows how far it is.");
      break;
    }
    default:
      rotation satisfies never;
  }
}

function time(at: Millis): string {
  return new Date(at).toISOString();
}

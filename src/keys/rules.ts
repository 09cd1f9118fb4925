/** When a key signs, how long what it signed holds, and what becomes of it: pure decisions over the times in its row. */
import { DAY, MINUTE, type Millis, SECOND } from "../clock.ts";
import type { KeyRow, Purpose } from "./store.ts";

/** Every server reads the keys anew so often. */
export const LOOK: Millis = 10 * SECOND;

/** Three looks: by then every server knows a new key, also one whose clock is some seconds off. */
const KNOWN: Millis = 30 * SECOND;

/** As long as a server that has not looked yet may sign with the key before; then its private half is destroyed. */
const LATE: Millis = MINUTE;

export type Rotatable = Extract<Purpose, "token" | "confirmation" | "cookie">;

/** `before`: how long a new key is there before it signs. `after`: how long the one before it holds when it signs no more; null is for ever. */
const LIVES: Readonly<Record<Rotatable, { before: Millis; after: Millis | null }>> = {
  // Sites keep `/jwks` for hours. One that has not had a newer ID token in 30 days, as long as a refresh token lives, has none for a hint.
  token: { before: DAY, after: 30 * DAY },
  // A phone learns of it when it is opened with a network (PROTOCOL 10), and receipts are kept for ever.
  confirmation: { before: 30 * DAY, after: null },
  // No one but servers reads cookies, the longest of which live for 400 days.
  cookie: { before: KNOWN, after: 400 * DAY },
};

/** Times of a new key (`signsAt`), and of those that it takes the place of (`endsAt`). */
export function plan(purpose: Rotatable, atOnce: boolean, now: Millis): { signsAt: Millis; endsAt: Millis | null } {
  const { before, after } = LIVES[purpose];
  const signsAt = now + (atOnce ? KNOWN : before);
  if (!atOnce) return { signsAt, endsAt: after === null ? null : signsAt + after };
  // A cookie that an old key has signed is signed again by the new one, so that the two must not meet.
  return { signsAt, endsAt: purpose === "cookie" ? signsAt : signsAt + LATE };
}

/** `coming`: known, and yet to sign. `former`: what it signed still holds. `over`: nothing of it holds. */
export type KeyState = "coming" | "signing" | "former" | "over";

type Times = Pick<KeyRow, "created_at" | "signs_at" | "retired_at" | "ends_at">;

export function stateOf(row: Times, now: Millis): KeyState {
  if (row.ends_at !== null && row.ends_at <= now) return "over";
  if (row.retired_at !== null && row.retired_at <= now) return "former";
  return begins(row) > now ? "coming" : "signing";
}

/** Those of one purpose and algorithm, the one that signs first: the last to have begun, or else the first to come. */
export function inOrder<Row extends Times & Pick<KeyRow, "private_sealed">>(rows: readonly Row[], now: Millis): Row[] {
  const good = rows.filter((row) => stateOf(row, now) !== "over").sort((one, other) => begins(other) - begins(one));
  const able = good.filter(({ private_sealed: secret }) => secret !== null);
  const signing = able.find((row) => begins(row) <= now) ?? able.at(-1);
  return signing === undefined ? good : [signing, ...good.filter((row) => row !== signing)];
}

/** What is to be done about a key by now. */
export function dueOf(row: KeyRow, now: Millis): "destroy" | "remove" | undefined {
  if (stateOf(row, now) === "over") return "remove";
  const idle = row.retired_at !== null && row.retired_at + LATE <= now;
  // A symmetric key verifies with what it signs with.
  return idle && row.public_jwk !== null && row.private_sealed !== null ? "destroy" : undefined;
}

function begins({ signs_at: at, created_at: made }: Times): Millis {
  return at ?? made;
}

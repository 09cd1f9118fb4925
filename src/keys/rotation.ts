/** New keys in the place of old ones, at the operator's word; the servers take them up by themselves (`ring.ts`). */
import { createAudit } from "../audit/audit.ts";
import type { Millis } from "../clock.ts";
import { assemble } from "./keys.ts";
import { KeysError, type KeysPorts, makers, TOKEN_ALGORITHMS } from "./making.ts";
import { plan, type Rotatable, stateOf } from "./rules.ts";
import { allKeys, insertKey, type KeyRow, removeKey, retireKey } from "./store.ts";

export type Rotation =
  | {
      kind: "rotated";
      /** The new ones. */
      keys: { id: string; alg: string | undefined }[];
      signsAt: Millis;
      /** When nothing holds any more that those before have signed; undefined: never. */
      endsAt: Millis | undefined;
    }
  /** New ones are there already and sign from then on: nothing was done. */
  | { kind: "coming"; signsAt: Millis }
  /** The first start has yet to make them. */
  | { kind: "no-keys" };

/**
 * Makes the new keys, and says in those before when their time ends. `atOnce`: what those before have signed holds no longer, nor will what
 * one that was to come would sign, since whoever has the one may have the other. However many ask at once, one set is made. Throws KeysError.
 */
export async function rotateKeys(ports: KeysPorts, purpose: Rotatable, atOnce: boolean): Promise<Rotation> {
  const { database, clock } = ports;
  return database.alone(async () => {
    const rows = await allKeys(database);
    if (rows.length === 0) return { kind: "no-keys" };
    // A new key that a server cannot open would have it go on with the old ones, and not start again.
    assemble(rows, ports);
    const now = clock();
    const { signsAt, endsAt } = plan(purpose, atOnce, now);
    const own = rows.filter((row) => row.purpose === purpose && row.private_sealed !== null);
    const coming = own.filter((row) => stateOf(row, now) === "coming");
    const [first] = coming;
    if (first?.signs_at != null && (!atOnce || isLast(coming, own, signsAt, endsAt)))
      return { kind: "coming", signsAt: first.signs_at };
    const made = (await makeOf(ports, purpose)).map((row) => ({ ...row, signs_at: signsAt }));
    const other = rows.map(masterKeyOf).find((id) => id !== undefined && id !== masterKeyOf(made[0]));
    if (other !== undefined)
      throw new KeysError(
        `The keys in the database are sealed under the master key ${other}, and the first in ENUM_ID_MASTER_KEY is another: ` +
          "start all servers with it in front and run enum-id keys seal before, or put the other in front here.",
      );
    await database.transaction(async (sql) => {
      for (const { id } of coming) await removeKey(sql, id);
      for (const row of own) {
        const state = stateOf(row, now);
        if (state === "signing") await retireKey(sql, row.id, signsAt, endsAt);
        else if (state === "former" && atOnce) await retireKey(sql, row.id, row.retired_at ?? now, endsAt);
      }
      for (const row of made) await insertKey(sql, row);
      await createAudit(ports).append(sql, {
        type: "keys.rotated",
        detail: { purpose, kids: made.map(({ id }) => id), signsAt, atOnce, withdrawn: coming.map(({ id }) => id) },
      });
    });
    const keys = made.map(({ id, alg }) => ({ id, alg: alg ?? undefined }));
    return { kind: "rotated", keys, signsAt, endsAt: endsAt ?? undefined };
  });
}

/** Whether those before `coming` already end as soon as they would if they were taken out now. */
function isLast(coming: readonly KeyRow[], all: readonly KeyRow[], signsAt: Millis, endsAt: Millis | null): boolean {
  const before = all.filter((row) => !coming.includes(row));
  const bySoon = (at: Millis | null, soon: Millis | null) => at !== null && soon !== null && at <= soon;
  return coming.every((row) => bySoon(row.signs_at, signsAt)) && before.every((row) => bySoon(row.ends_at, endsAt));
}

async function makeOf(ports: KeysPorts, purpose: Rotatable): Promise<KeyRow[]> {
  const { pair, symmetric } = makers(ports);
  switch (purpose) {
    case "token":
      return Promise.all(TOKEN_ALGORITHMS.map((alg) => pair(purpose, alg)));
    case "confirmation":
      return [await pair(purpose, "ES256")];
    case "cookie":
      return [symmetric(purpose)];
    default:
      return purpose satisfies never;
  }
}

function masterKeyOf(row: KeyRow | undefined): string | undefined {
  return row?.private_sealed?.split(".")[1];
}

/**
 * Takes out one key that signs no more and still is published, or verifies cookies. `ended` for one call alone: nothing that it has signed holds
 * any longer, at each server by its next look.
 */
export async function endKey(
  { database, clock, random }: Pick<KeysPorts, "database" | "clock" | "random">,
  id: string,
): Promise<"ended" | "not-former" | "unknown"> {
  return database.transaction(async (sql) => {
    const now = clock();
    const row = (await allKeys(sql)).find((one) => one.id === id);
    if (row === undefined) return "unknown";
    if (stateOf(row, now) !== "former") return "not-former";
    if (!(await removeKey(sql, id))) return "unknown";
    await createAudit({ clock, random }).append(sql, { type: "keys.ended", detail: { kids: [id] } });
    return "ended";
  });
}

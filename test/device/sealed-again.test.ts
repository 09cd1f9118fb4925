import { randomBytes } from "node:crypto";
import { expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { createDevices, type PadOfDevice, SEALED_NEXT_PADS, SEALED_PADS } from "../../src/device/device.ts";
import { createSealer, placeIn } from "../../src/secrecy.ts";
import { freshDatabase } from "../support/databases.ts";

const random = { bytes: (length: number) => randomBytes(length) };

test("a response by a pad that was sealed again since it was read is kept, also the first of a renewed one", async () => {
  await using fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database } = fresh;
  const old = Buffer.from(inject("masterKey"), "hex");
  const sealer = createSealer([randomBytes(32), old], random);
  const devices = createDevices({ clock: Date.now, random, sealer });
  const row = await database.first<{ id: string; account_id: string }>(
    "SELECT id, account_id FROM device WHERE status = 'active'",
  );
  const device = { id: row?.id ?? "", accountId: row?.account_id ?? "" };
  const bothPads = async (): Promise<[PadOfDevice, PadOfDevice]> => {
    const [first, second] = await devices.padsOf(database, device.accountId, undefined);
    if (first === undefined || second === undefined) throw new Error("the phone has two pads");
    return [first, second];
  };
  const holds = async (pad: PadOfDevice) => {
    const { condition, bindings } = devices.padsAlong.there(pad);
    return (await database.rows(`SELECT 1 AS there WHERE ${condition}`, bindings)).length === 1;
  };
  const sealAgain = async (pads: [PadOfDevice, PadOfDevice]) => {
    for (const [index, column] of [SEALED_PADS, SEALED_NEXT_PADS].entries())
      await replaceSealed(database, column.column, device.id, [
        pads[index]?.sealed ?? "",
        sealer.seal(pads[index]?.pad ?? "", placeIn(column, device.accountId, device.id)),
      ]);
  };

  await devices.renew(database, device);
  const [first, renewed] = await bothPads();
  await sealAgain([first, renewed]);
  expect([await holds(first), await holds(renewed)]).toEqual([true, false]);
  expect(await devices.adopt(database, renewed)).toEqual({ first: true });
  expect(await devices.adopt(database, renewed)).toEqual({ first: false });
  expect([await holds(first), await holds(renewed)]).toEqual([false, true]);

  await devices.renew(database, device);
  const [, replaced] = await bothPads();
  await devices.renew(database, device);
  expect(await devices.adopt(database, replaced)).toBeUndefined();
  await devices.revoke(database, device.id, "operator");
  expect(await holds(renewed)).toBe(false);
  expect(await devices.adopt(database, renewed)).toBeUndefined();
});

async function replaceSealed(database: Database, column: string, id: string, [before, after]: [string, string]) {
  const statement = `UPDATE device SET ${column} = ? WHERE id = ? AND ${column} = ? RETURNING id`;
  expect(await database.rows(statement, [after, id, before])).toHaveLength(1);
}

import { expect, test } from "vitest";
import { eventsOf } from "../account/support.ts";
import { askOnPhone } from "../support/till.ts";
import { createWorld, SHOP } from "../support/world.ts";
import { aliceAt, CODED, confirmed } from "../till-code/support.ts";

test("of one confirmation and sixteen codes at once, one is set, and it is the one that counts", async () => {
  await using world = await createWorld({ clients: [CODED, SHOP] });
  const alice = await aliceAt(world);
  const path = new URL((await confirmed(world, alice)).url).pathname;
  const codes = Array.from({ length: 16 }, (_, place) => `BLUE${place + 10}`);
  await Promise.all(codes.map((code) => alice.visitor.once(path, `action=save&till_code=${code}`)));
  expect(await eventsOf(world, "till-code.set")).toHaveLength(1);
  const fits: string[] = [];
  for (const user_code of codes) {
    await world.database.rows("DELETE FROM throttle");
    if ((await askOnPhone(world, { user_code }, CODED)).status === 200) fits.push(user_code);
  }
  expect(fits).toHaveLength(1);
});

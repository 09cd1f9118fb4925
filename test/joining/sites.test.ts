import { fetchUserInfo } from "openid-client";
import { expect, test } from "vitest";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createWorld } from "../support/world.ts";

const CHOSEN = "309999999999";

test("a site that saw a WMID which was removed sees no other in its place, until the person lets it see that", async () => {
  await using world = await createWorld();
  await world.database.rows(
    "INSERT INTO account_wmid (wmid, account_id, created_at) SELECT ?, id, 0 FROM account WHERE email = ?",
    [CHOSEN, ALICE],
  );
  const parameters = { scope: "openid wmid" };
  const first = await signIn(world, { parameters, wmid: CHOSEN });
  const read = async ({ party, tokens }: typeof first) => {
    const answer = await tokens();
    return (await fetchUserInfo(party.config, answer.access_token, answer.claims()?.sub ?? ""))["wmid"];
  };
  expect(await read(first)).toBe(CHOSEN);
  await world.database.rows("DELETE FROM account_wmid WHERE wmid = ?", [CHOSEN]);
  const later = await signIn(world, { visitor: first.visitor, parameters: { ...parameters, prompt: "none" } });
  expect(await read(later)).toBeUndefined();
  const anew = await signIn(world, { parameters });
  expect(await read(anew)).toBe("301234567890");
});

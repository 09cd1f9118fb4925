import { fetchUserInfo } from "openid-client";
import { expect, test } from "vitest";
import { ALICE, errorOf, type SignedIn, signIn } from "../support/sign-in.ts";
import { createWorld, LIBRARY, type World } from "../support/world.ts";

const [FIRST, SECOND] = ["301234567890", "309999999999"] as const;
const WMID = { scope: "openid wmid" };

async function withTwo(): Promise<World> {
  const world = await createWorld();
  await world.database.rows(
    "INSERT INTO account_wmid (wmid, account_id, created_at) SELECT ?, id, 0 FROM account WHERE email = ?",
    [SECOND, ALICE],
  );
  return world;
}

async function told({ party, tokens }: SignedIn): Promise<unknown> {
  const answer = await tokens();
  return (await fetchUserInfo(party.config, answer.access_token, answer.claims()?.sub ?? ""))["wmid"];
}

test("a site of somebody else's learns by no hint that two WMIDs are one person's, and changes no choice by it", async () => {
  await using world = await withTwo();
  const chosen = await signIn(world, { client: LIBRARY, parameters: WMID, wmid: FIRST });
  expect(await told(chosen)).toBe(FIRST);
  for (const parameters of [{ ...WMID, login_hint: SECOND, prompt: "none" }, { ...WMID, login_hint: SECOND }, WMID])
    expect(await told(await signIn(world, { client: LIBRARY, visitor: chosen.visitor, parameters }))).toBe(FIRST);
  expect(await told(await signIn(world, { client: LIBRARY, parameters: { ...WMID, login_hint: SECOND } }))).toBe(FIRST);
});

test("where nothing was chosen, its hint is what the consent page shows, and is remembered when the person allows it", async () => {
  await using world = await withTwo();
  const choices = () => world.database.rows("SELECT wmid FROM wmid_choice");
  const { visitor, party } = await signIn(world);
  const begin = async (more: object) => (await party.begin({ ...WMID, ...more })).address;
  const hinted = { login_hint: SECOND };
  const other = await signIn(world, { client: LIBRARY, visitor });
  const ask = async (more: Record<string, string>) =>
    visitor.open((await other.party.begin({ ...WMID, ...hinted, ...more })).address);
  expect(errorOf(await ask({ prompt: "none" }))).toBe("consent_required");
  const page = await ask({});
  expect(page.text).toContain(SECOND);
  expect(page.text).not.toContain(FIRST);
  expect(await choices()).toEqual([]);
  await visitor.submit(page, "allow");
  expect(await choices()).toEqual([{ wmid: SECOND }]);
  // The operator's own sites ask nobody.
  expect((await visitor.open(await begin({ login_hint: FIRST }))).url).toContain("code=");
});

import { expect, test } from "vitest";
import { signIn } from "../support/sign-in.ts";
import { client, createWorld, LIBRARY, type World } from "../support/world.ts";

const KEEPER = client({
  client_id: "keeper",
  client_name: "Keeper",
  application_type: "native",
  token_endpoint_auth_method: "none",
  redirect_uris: ["http://127.0.0.1/back"],
  scope: "openid email offline_access",
});

/** What the consent page says, asked for by this request of somebody who is signed in. */
async function said(world: World, entry: typeof LIBRARY, parameters: Record<string, string>): Promise<string> {
  const { visitor, party } = await signIn(world, { client: entry, parameters: { scope: "openid" } });
  const { address } = await party.begin(parameters);
  const page = await visitor.open(address);
  expect(page.html.querySelector('button[value="allow"]')).not.toBeNull();
  return page.text.replace(/\s+/g, " ");
}

const VISIT = "The site can use this for 10 minutes after each sign-in.";
const AWAY = "The site can use this without you for 30 days after it last did, 365 at most.";
const REMEMBERED = "Your answer is remembered until you take it back in your account.";

test("the consent page says how long a site may use what it asks for, and that the answer is remembered", async () => {
  await using world = await createWorld();
  const page = await said(world, LIBRARY, { scope: "openid email" });
  expect(page).toContain(`${VISIT} ${REMEMBERED}`);
  expect(page).not.toContain("without you");
});

test("it says so of an access in an absence, also where nothing else is new", async () => {
  await using world = await createWorld();
  const wish = { scope: "openid email offline_access", prompt: "consent" };
  expect(await said(world, LIBRARY, wish)).toContain(`${AWAY} ${REMEMBERED}`);
  const { visitor, party } = await signIn(world, { client: LIBRARY, parameters: wish });
  const again = await visitor.open((await party.begin(wish)).address);
  expect(again.title).toContain("Go on to City library?");
  expect(again.text.replace(/\s+/g, " ")).toContain(`${AWAY} ${REMEMBERED}`);
});

test("where the scope is dropped, since no consent is asked for, an absence is not spoken of", async () => {
  await using world = await createWorld();
  expect(await said(world, LIBRARY, { scope: "openid phone offline_access" })).toContain(`${VISIT} ${REMEMBERED}`);
});

test("what is asked for by claims alone is asked for again in another session, and that is said", async () => {
  await using world = await createWorld();
  const claims = JSON.stringify({ userinfo: { phone_number: null } });
  for (const _session of [1, 2]) {
    const page = await said(world, LIBRARY, { scope: "openid", claims });
    expect(page).toContain(`${VISIT} You are asked at each sign-in, and can take it back in your account.`);
    expect(page).not.toContain(REMEMBERED);
  }
});

test("an app that anybody could pose as is asked about each time, and that is said", async () => {
  await using world = await createWorld({ clients: [KEEPER] });
  const page = await said(world, KEEPER, { scope: "openid email" });
  expect(page).toContain(`${VISIT} You are asked at each sign-in, and can take it back in your account.`);
  expect(page).not.toContain(REMEMBERED);
});

import { expect, test } from "vitest";
import { added, aliceAt, allowed, atSignIn, optionsOf } from "../passkey/support.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { createWorld } from "../support/world.ts";

const AT_ONCE = 16;
const sixteen = <Result>(work: (place: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, place) => work(place)));
const pathOf = ({ url }: { url: string }) => new URL(url).pathname;
const bodyOf = (credential: string) => new URLSearchParams({ credential, action: "passkey" }).toString();

test("sent sixteen times at once, an answer signs in once", async () => {
  await using world = await createWorld();
  const { authenticator } = await added(world, await aliceAt(world));
  const { visitor, page } = await atSignIn(world);
  const body = bodyOf(authenticator.use(optionsOf(page)));
  await sixteen(() => visitor.once(`${pathOf(page)}/passkey`, body));
  expect(
    await world.database.rows("SELECT id FROM event WHERE type = 'login.accepted' AND client_id = 'shop'"),
  ).toHaveLength(1);
});

test("of one confirmation and sixteen answers at once, one passkey comes", async () => {
  await using world = await createWorld();
  const { visitor, phone } = await aliceAt(world);
  const page = await allowed(world, visitor, phone);
  const pages = await sixteen(() => visitor.open(pathOf(page)));
  const answers = pages.map((each) => bodyOf(createAuthenticator(world.issuer).make(optionsOf(each))));
  await sixteen((place) => visitor.once(pathOf(page), answers[place]));
  expect(await world.database.rows("SELECT id FROM passkey")).toHaveLength(1);
  expect(await world.database.rows("SELECT id FROM event WHERE type = 'passkey.added'")).toHaveLength(1);
});

test("a passkey and its copy, sixteen times at once with one count, sign in once", async () => {
  await using world = await createWorld();
  const { authenticator } = await added(world, await aliceAt(world));
  const visits = [];
  for (let place = 0; place < AT_ONCE; place += 1) visits.push(await atSignIn(world));
  await Promise.all(
    visits.map(({ visitor, page }) => {
      const body = bodyOf(authenticator.use(optionsOf(page), { counter: 7 }));
      return visitor.once(`${pathOf(page)}/passkey`, body);
    }),
  );
  expect(
    await world.database.rows("SELECT id FROM event WHERE type = 'login.accepted' AND client_id = 'shop'"),
  ).toHaveLength(1);
  expect(await world.database.rows("SELECT id FROM event WHERE type = 'passkey.refused'")).toHaveLength(AT_ONCE - 1);
});

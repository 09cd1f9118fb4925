import { describe, expect, test } from "vitest";
import { leave, order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const BOB = "bob@example.com";

/** alice and bob have both signed in at the site, each in a browser of their own. */
async function bothKnown(world: World) {
  // Bob's phone is locked in the seed.
  await world.database.rows("UPDATE device SET status = 'active'");
  const people = {
    alice: await signIn(world, { client: STORE }),
    bob: await signIn(world, { client: STORE, email: BOB }),
  };
  const [alice, bob] = [await people.alice.tokens(), await people.bob.tokens()];
  return {
    visitors: { alice: people.alice.visitor, bob: people.bob.visitor },
    hints: { alice: String(alice.id_token), bob: String(bob.id_token) },
    subs: { alice: String(alice.claims()?.sub), bob: String(bob.claims()?.sub) },
  };
}

type Known = Awaited<ReturnType<typeof bothKnown>>;
const ways: [string, (known: Known) => Record<string, string>][] = [
  ["id_token_hint", ({ hints }) => ({ scope: "openid", id_token_hint: hints.alice })],
  ["login_hint with a sub", ({ subs }) => ({ login_hint: subs.alice })],
  [
    "the claims parameter's sub",
    ({ subs }) => ({ scope: "openid", claims: JSON.stringify({ id_token: { sub: { value: subs.alice } } }) }),
  ],
];

describe.each(ways)("a site that pins alice by %s", (_how, wishFor) => {
  test("gets alice's confirmation", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const known = await bothKnown(world);
    const { page, finish } = await order(world, known.visitors.alice, PAYMENT, wishFor(known));
    const response = world.answer(ALICE, page.challenge, TYPED);
    const tokens = await finish(await known.visitors.alice.submit(page, "next", { response }));
    expect(tokens.authorization_details).toMatchObject([PAYMENT]);
  });

  test("does not get bob's, who is signed in: nothing is confirmed, and he is told at the site", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const known = await bothKnown(world);
    let { page } = await order(world, known.visitors.bob, PAYMENT, wishFor(known));
    // oidc-provider lets bob prove that he is alice, where it compares by itself; he proves that he is bob.
    if (page.html.querySelector("input[name=identifier]") !== null) {
      page = await known.visitors.bob.submit(page, "next", { identifier: BOB });
      page = await known.visitors.bob.submit(page, "next", { response: world.answer(BOB, page.challenge) });
    }
    // A page of ours says it first, and leads back; the engine's own comparison sends him back at once.
    const back = page.url.startsWith(world.issuer) ? await leave(known.visitors.bob, page) : page;
    expect(errorOf(back)).toBe("login_required");
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
  });
});

test("an id_token_hint that is none is refused", async () => {
  await using world = await createWorld({ clients: [STORE] });
  const visitor = createVisitor(world.issuer);
  await expect(order(world, visitor, PAYMENT, { scope: "openid", id_token_hint: "ey.ey.ey" })).rejects.toMatchObject({
    error: "invalid_request",
  });
});

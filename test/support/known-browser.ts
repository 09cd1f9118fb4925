import type { Journey } from "./journey.ts";
import type { Walk } from "./journey-walk.ts";
import { signIn } from "./sign-in.ts";

const NAME = "enum-browser";

/** As if the person had signed in at the shop and out again here before the journey begins: the account knows this browser. */
export async function knownBrowser({ world, shop }: Journey, { page }: Walk, email: string): Promise<void> {
  const { visitor } = await signIn(world, { client: shop.entry, email });
  // With the one that signs it; none of a session.
  const kept = visitor.cookies().filter(({ name }) => name === NAME || name === `${NAME}.sig`);
  if (kept.length !== 2) throw new Error("the provider does not name its browsers");
  await page.context().addCookies(kept.map((cookie) => ({ ...cookie, url: world.issuer })));
}

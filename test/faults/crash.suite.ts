import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/database/database.ts";
import { freshDatabase } from "../support/databases.ts";
import { mortal } from "../support/mortal.ts";
import { order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const SITE = { ...STORE, client_uri: "http://localhost:9/shop/" };
/** More than an answer takes; it ends by itself when the server outlives all of them. */
const MOST = 200;
/** Some thirty sign-ins and confirmations, on a busy machine. */
const TIMEOUT = 90_000;

/** What gets no answer is done again: the form is sent once more, or the address that did not open is reloaded. */
async function again(visitor: Visitor, page: Page, unanswered: Page, response: string): Promise<Page> {
  if (unanswered.url.includes("/authorize/")) return visitor.open(unanswered.url);
  return visitor.submit(page, "next", { response });
}

/** Or the page is opened once more. */
async function anew(visitor: Visitor, page: Page, _unanswered: Page, response: string): Promise<Page> {
  const opened = await visitor.open(page.url);
  return opened.challenge === "" ? opened : visitor.submit(opened, "next", { response });
}

async function receiptOf(world: World, operationId: string): Promise<number> {
  const headers = { authorization: `Basic ${Buffer.from(`shop:${SITE.client_secret}`).toString("base64")}` };
  const body = new URLSearchParams({ operation_id: operationId });
  return (await fetch(`${world.issuer}/confirmations/receipt`, { method: "POST", headers, body })).status;
}

export function crashSuite(engine: Engine): void {
  describe("a server that dies at any step between the response and the redirect", () => {
    test.each([
      ["who is not signed in", false],
      ["who is signed in", true],
    ])(
      "costs a person %s nothing: they finish after it, and the operation is confirmed once",
      async (_who, signedIn) => {
        const fresh = await freshDatabase(engine);
        const { database, dieAt, revive } = mortal(fresh.database);
        await using world = await createWorld({ clients: [SITE], database: { ...fresh, database } });
        const endings: string[] = [];
        for (let step = 1; step < MOST; step += 1) {
          // Identifiers are counted by the minute, and sessions end after a day.
          world.pass(61_000);
          const operation = { ...PAYMENT, operation_id: `inv-${step}` };
          const visitor = createVisitor(world.issuer);
          if (signedIn) await signIn(world, { client: SITE, visitor });
          const { page: first, finish } = await order(
            world,
            visitor,
            operation,
            signedIn ? { scope: "openid" } : {},
            SITE,
          );
          const page = signedIn ? first : await visitor.submit(first, "next", { identifier: ALICE });
          const response = world.answer(ALICE, page.challenge, TYPED);

          dieAt(step);
          const unanswered = await visitor.submit(page, "next", { response });
          if (!revive()) break;
          await world.restart();
          const back = await (step % 2 === 0 ? anew : again)(visitor, page, unanswered, response);

          const rows = await fresh.database.rows<{ id: string }>("SELECT id FROM confirmation WHERE operation_id = ?", [
            operation.operation_id,
          ]);
          expect(rows, `step ${step}`).toHaveLength(1);
          expect(await receiptOf(world, operation.operation_id)).toBe(200);
          if (back.url.includes("code=")) {
            const [confirmed] = (await finish(back)).authorization_details ?? [];
            expect(confirmed).toMatchObject({ ...operation, confirmation: { id: rows[0]?.id } });
            endings.push("finished");
            continue;
          }
          // The code was made and saved, and its address is lost: the page leads back to the site, which learns by asking again.
          expect(
            [back.status, back.html.querySelector("main a")?.getAttribute("href")],
            `step ${step}: ${back.text}`,
          ).toEqual([410, SITE.client_uri]);
          await expect(order(world, visitor, operation, {}, SITE)).rejects.toMatchObject({
            error_description: `already confirmed: ${rows[0]?.id}`,
          });
          endings.push("led back");
        }
        expect(endings.length).toBeGreaterThan(15);
        expect(
          endings.slice(0, -1).every((ending) => ending === "finished"),
          endings.join(),
        ).toBe(true);
        expect(endings.at(-1)).toBe("led back");
      },
      TIMEOUT,
    );
  });
}

/** What its owner ends while it signs somebody in: it was proven before, and opens nothing after. */
import { expect, inject, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { atAccount, press } from "../account/support.ts";
import { atWait } from "../recovery/support.ts";
import { asked, requestIn } from "../request/asked.ts";
import { askForSms, numberFor, smsTo } from "../support/by-sms.ts";
import { freshDatabase } from "../support/databases.ts";
import { beforeResult } from "../support/held.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

/** As far as the button that finishes a sign-in. */
interface Finishing {
  visitor: Visitor;
  finish(): Promise<Page>;
}

/** `known`: a browser that has signed her in before, and in which she is not signed in. */
const WAYS: Record<string, (world: World, known: Visitor) => Promise<Finishing>> = {
  async "a response that was typed"(world) {
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    return { visitor, finish: () => visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) }) };
  },
  async "a code by SMS"(world) {
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, ALICE);
    const typing = await askForSms(world, visitor, page, ALICE);
    const code = await smsTo(world, ALICE);
    return { visitor, finish: () => visitor.submit(typing, "next", { code }) };
  },
  async "an answer of the phone"(world, visitor) {
    const page = await asked(world, visitor);
    await (await onlinePhone(world)).answer(requestIn(page), page.challenge);
    return { visitor, finish: () => visitor.submit(page, "answered") };
  },
};

const ENDS: Record<string, (world: World) => Promise<() => Promise<Page>>> = {
  async "has signed out everywhere"(world) {
    const { visitor } = await atAccount(world);
    return () => press(visitor, "sign-out");
  },
  async "has recovered the account"(world) {
    await atWait(world);
    world.pass(48 * HOUR);
    const { visitor, page } = await atWait(world);
    return () => visitor.submit(page, "finish");
  },
};

for (const [way, begin] of Object.entries(WAYS))
  for (const [end, prepare] of Object.entries(ENDS))
    test(`${way} opens nothing after its owner ${end}`, async () => {
      const fresh = await freshDatabase(inject("engine"), { holds: "people" });
      const { database, happens } = beforeResult(fresh.database);
      await using world = await createWorld({ database: { ...fresh, database } });
      const { visitor: known } = await signIn(world);
      await database.rows("DELETE FROM oidc WHERE model = 'Session' RETURNING id");
      const ending = await prepare(world);
      const { visitor, finish } = await begin(world, known);
      let ended: Page | undefined;
      happens(async () => {
        ended = await ending();
      });
      const back = await finish();
      expect(ended?.status).toBe(200);
      expect([back.status, back.title]).toEqual([410, "This sign-in was ended · E-num ID"]);
      expect(back.text).toContain("nobody got in here");
      expect((await visitor.open("/account")).title).toContain("Sign in to");
    });

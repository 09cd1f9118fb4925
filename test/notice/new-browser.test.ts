import { describe, expect, inject, test } from "vitest";
import { atAccount } from "../account/support.ts";
import { added, aliceAt, signedInBy } from "../passkey/support.ts";
import { CAROL, SMS, signInBySms } from "../support/by-sms.ts";
import { freshDatabase } from "../support/databases.ts";
import { listening } from "../support/listening.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

const AT_ONCE = 16;
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

describe("a sign-in from a browser that is new to the account", () => {
  test("is told by mail, with site, browser and place, once for each browser and account", async () => {
    await using world = await createWorld({ config: { trustProxy: true, countryHeader: "X-Country" } });
    const headers = { "user-agent": FIREFOX, "x-country": "DE", "x-forwarded-for": "203.0.113.7" };
    const visitor = createVisitor(world.issuer, headers);
    await signIn(world, { visitor });
    const [notice, ...more] = await world.newBrowsers();
    expect(more).toEqual([]);
    expect(notice?.to).toBe(ALICE);
    for (const part of ["Book shop", "Firefox 140, Linux", "Germany, 203.0.113.7", "a response from your phone"])
      expect(notice?.text).toContain(part);
    expect(notice?.text).toContain(`${world.issuer}/account/sessions`);
    // Again, elsewhere and in the same browser.
    await signIn(world, { visitor, parameters: { prompt: "login" } });
    expect(await world.newBrowsers()).toHaveLength(1);
    await signInBySms(world, visitor, CAROL, { acr_values: SMS, prompt: "login" });
    expect((await world.newBrowsers()).map(({ to }) => to)).toEqual([CAROL, ALICE]);
    await signIn(world);
    expect((await world.newBrowsers()).map(({ to }) => to)).toEqual([ALICE, CAROL, ALICE]);
  });

  test("is told anew where its owner has had the browser forgotten", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    expect(await world.newBrowsers()).toHaveLength(1);
    const page = await visitor.open("/account/sessions");
    const forget = page.html.querySelector('button[value^="forget "]')?.getAttribute("value") ?? "";
    await visitor.submit(page, forget);
    await signIn(world, { visitor, parameters: { prompt: "login" } });
    expect(await world.newBrowsers()).toHaveLength(2);
  });

  test("of sixteen sign-ins at once in one browser, one is told of", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    // It has its cookie from another account's sign-in.
    await signInBySms(world, visitor, CAROL);
    const pages = [];
    for (let count = 0; count < AT_ONCE; count += 1)
      pages.push(await visitor.submit(await visitor.open("/account"), "next", { identifier: ALICE }));
    await Promise.all(
      pages.map((page) => visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) })),
    );
    expect((await world.newBrowsers()).filter(({ to }) => to === ALICE)).toHaveLength(1);
  });

  test("says whether it was by SMS or by a passkey, and what to do then", async () => {
    await using world = await createWorld();
    await signInBySms(world, createVisitor(world.issuer), CAROL);
    const [bySms] = await world.newBrowsers();
    expect(bySms?.text).toContain("By: a code by SMS");
    expect(bySms?.text).toContain("/account/care");
    const { authenticator } = await added(world, await aliceAt(world));
    await signedInBy(world, authenticator);
    const [byPasskey] = await world.newBrowsers();
    expect(byPasskey?.text).toContain("By: a passkey");
    expect(byPasskey?.text).toContain("/account/passkeys");
  });
});

describe("a sign-in from a known browser", () => {
  test("sends one statement about it, and none about notices", async () => {
    const fresh = await freshDatabase(inject("engine"), { holds: "people" });
    const { database, sent } = listening(fresh.database);
    await using world = await createWorld({ database: { ...fresh, database } });
    const visitor = createVisitor(world.issuer);
    const answer = async () => {
      const identifier = await visitor.open("/account/history");
      const page = await visitor.submit(identifier, "next", { identifier: ALICE });
      sent.length = 0;
      await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
      await visitor.open("/sign-out").then((out) => visitor.submit(out, "yes"));
      return [...sent];
    };
    const about = (statements: string[], pattern: RegExp) => statements.filter((statement) => pattern.test(statement));
    const unknown = await answer();
    expect(about(unknown, /^\s*INSERT INTO message\b/)).toHaveLength(1);
    expect(about(unknown, /\bmuted_notice\b/)).toHaveLength(1);
    const known = await answer();
    expect(about(known, /\bmuted_notice\b|\bINTO message\b/)).toEqual([]);
    expect(about(known, /^\s*(INSERT INTO|UPDATE|DELETE FROM) known_browser\b/)).toHaveLength(1);
  });
});

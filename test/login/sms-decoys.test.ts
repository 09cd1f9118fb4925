import { describe, expect, inject, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/clock.ts";
import { askForSms, CAROL, numberFor, PHONES, smsTo, wrongCode } from "../support/by-sms.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";
import { countHmacs } from "../support/hmacs.ts";
import { listening, shape } from "../support/listening.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

async function listeningDatabase(): Promise<{ fresh: FreshDatabase; sent: string[] }> {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database, sent } = listening(fresh.database);
  return { fresh: { ...fresh, database }, sent };
}

/** Statements, HMACs and pages, from the check number's page on. */
async function courseOf(sent: string[], course: (visit: Page[]) => Promise<void>) {
  sent.length = 0;
  const pages: Page[] = [];
  using hmacs = countHmacs();
  await course(pages);
  const computed = hmacs.taken();
  // The outbox is emptied behind the answers, when a test asks for it.
  const statements = sent.filter(
    (statement) =>
      !/^UPDATE (message|logout_notice|ciba_ping) |^SELECT id FROM (contact_change|account_deletion|recovery_wait) WHERE status = 'waiting'|^SELECT account_id, name FROM erased_account /.test(
        statement,
      ),
  );
  return { pages: pages.map(shape), statements, computed };
}

describe("who is asked for by SMS cannot be told", () => {
  test.each(["nobody@example.com", "bob@example.com", CAROL, "+15550001111", "309999999999"])(
    "%s costs the same statements, statuses and bytes as alice, from the button to the last wrong code",
    async (identifier) => {
      const { fresh, sent } = await listeningDatabase();
      await using world = await createWorld({ database: fresh });
      const own = identifier.startsWith("+") ? PHONES[ALICE] : identifier.startsWith("3") ? "301234567890" : ALICE;
      const courses = [];
      for (const each of [own ?? "", identifier]) {
        const visitor = createVisitor(world.issuer);
        const { page: number } = await numberFor(world, visitor, each);
        courses.push(
          await courseOf(sent, async (pages) => {
            let page = await visitor.submit(number, "sms");
            pages.push(page);
            for (const code of ["AAAAAAAA", "AAAAAAAB", "AAAAAAAC"]) {
              page = await visitor.submit(page, "next", { code });
              pages.push(page);
            }
            pages.push(await visitor.submit(page, "resend"), await visitor.submit(number, "sms"));
          }),
        );
      }
      expect(courses[1]).toEqual(courses[0]);
      expect((await world.messages()).filter(({ channel }) => channel === "sms")).toEqual([]);
    },
  );

  /** By what no SMS is sent to carol, who reads her mail. */
  const WITHOUT: readonly [
    string,
    Partial<Parameters<typeof createWorld>[0] & object>,
    (world: World) => Promise<void>,
  ][] = [
    [
      "in a country that is not listed",
      {
        config: {
          smsCountries: [
            { prefix: "+1555555010", budget: 50 },
            { prefix: PHONES[CAROL] ?? "", budget: 0 },
          ],
        },
      },
      async () => undefined,
    ],
    [
      "after It was not me",
      {},
      (world) =>
        raise(world, "INSERT INTO guard (account_id, expires_at) SELECT id, ? FROM account WHERE email = ?", [
          world.now() + DAY,
          CAROL,
        ]),
    ],
    [
      "whose owner takes none",
      {},
      (world) =>
        raise(
          world,
          "INSERT INTO policy_raised (id, raised_by, demands, account_id, created_at) SELECT 'r', 'person', 'no-sms', id, ? FROM account WHERE email = ?",
          [world.now(), CAROL],
        ),
    ],
    [
      "for which the security bot takes none",
      {},
      (world) =>
        raise(
          world,
          "INSERT INTO policy_raised (id, raised_by, demands, account_id, created_at, until) SELECT 'r', 'security', 'no-sms', id, 0, ? FROM account WHERE email = ?",
          [world.now() + DAY, CAROL],
        ),
    ],
  ];
  const raise = async (world: World, statement: string, bindings: (string | number)[]) =>
    void (await world.database.rows(statement, bindings));

  test.each(WITHOUT)(
    "an account %s sees the same pages, at the same cost, as one that gets its SMS",
    async (_why, options, prepare) => {
      const courses = [];
      for (const prepared of [false, true]) {
        const { fresh, sent } = await listeningDatabase();
        await using world = await createWorld({ ...(prepared ? options : {}), database: fresh });
        if (prepared) await prepare(world);
        const visitor = createVisitor(world.issuer);
        const { page: number } = await numberFor(world, visitor, CAROL);
        const course = await courseOf(sent, (pages) => throughCode(world, visitor, number, pages));
        const sms = (await world.messages()).filter(({ channel }) => channel === "sms");
        expect(sms).toHaveLength(prepared ? 0 : 2);
        // The outbox, behind the answers, makes one for each SMS that leaves: the gateway's reports name it so.
        course.computed.others -= sms.length;
        courses.push(course);
      }
      expect(courses[1]).toEqual(courses[0]);
    },
  );

  /** Wrong codes to the end of one, another, and wrong codes to the lock. */
  async function throughCode(world: World, visitor: Visitor, number: Page, pages: Page[]): Promise<void> {
    const first = await askForSms(world, visitor, number, CAROL);
    pages.push(first, await visitor.submit(first, "resend"));
    const right = (await world.messages()).some(({ channel }) => channel === "sms")
      ? await smsTo(world, CAROL)
      : "000000";
    for (let count = 1; count <= 3; count += 1)
      pages.push(await visitor.submit(first, "next", { code: wrongCode(right, count) }));
    world.pass(MINUTE);
    pages.push(await visitor.submit(first, "resend"));
    const second = (await world.messages()).some(({ channel }) => channel === "sms")
      ? await smsTo(world, CAROL)
      : "000000";
    for (let count = 1; count <= 2; count += 1)
      pages.push(await visitor.submit(first, "next", { code: wrongCode(second, count) }));
    pages.push(await visitor.open(first.url));
  }

  test("where no SMS has left no code fits, not even the one that was drawn", async () => {
    await using world = await createWorld({ config: { smsCountries: [{ prefix: "+44", budget: 10 }] } });
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, CAROL);
    await askForSms(world, visitor, page, CAROL);
    expect(await world.database.rows("SELECT sent FROM sms_code")).toEqual([{ sent: 0 }]);
    expect(await world.database.rows("SELECT recipient FROM message WHERE channel = 'sms'")).toEqual([
      { recipient: "" },
    ]);
  });
});

describe("limits of SMS", () => {
  const behindProxy = { config: { trustProxy: true } };
  const from = (world: World, address: string) => createVisitor(world.issuer, { "x-forwarded-for": address });
  const sent = async (world: World) => (await world.messages()).filter(({ channel }) => channel === "sms").length;

  test("the sixth to a number in a day, from wherever, is a page like the fifth's, and no SMS", async () => {
    await using world = await createWorld(behindProxy);
    const shapes: string[] = [];
    for (let count = 1; count <= 6; count += 1) {
      const visitor = from(world, `192.0.2.${count}`);
      // As many mails an hour to one account; none of the codes is sent once it has expired.
      if (count === 4) {
        expect(await sent(world)).toBe(3);
        world.pass(HOUR);
      }
      shapes.push(shape(await askForSms(world, visitor, (await numberFor(world, visitor, CAROL)).page, CAROL)));
    }
    expect(await sent(world)).toBe(5);
    expect(shapes[5]).toBe(shapes[4]);
    world.pass(DAY);
    const visitor = from(world, "192.0.2.7");
    await askForSms(world, visitor, (await numberFor(world, visitor, CAROL)).page, CAROL);
    expect(await sent(world)).toBe(6);
  });

  test("the fourth from an address in an hour is told so to everybody alike, with the way back", async () => {
    await using world = await createWorld(behindProxy);
    const insert = "INSERT INTO throttle (id, count, expires_at) VALUES ('sms from 192.0.2.1 in an hour', 3, ?)";
    await world.database.rows(insert, [world.now() + HOUR]);
    const limited: string[] = [];
    for (const email of [ALICE, CAROL]) {
      const visitor = from(world, "192.0.2.1");
      const { page } = await numberFor(world, visitor, email);
      const refused = await askForSms(world, visitor, page, email);
      expect([refused.status, refused.title.includes("No more SMS")]).toEqual([429, true]);
      limited.push(shape(refused));
      const back = await visitor.open(refused.html.querySelector("main a.primary")?.getAttribute("href") ?? "");
      expect(back.challenge).toBe(page.challenge);
    }
    expect(limited[1]).toBe(limited[0]);
    expect(await sent(world)).toBe(0);
  });
});

describe("in a browser that is signed in the page may say more", () => {
  async function signedIn(world: World) {
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, ALICE);
    await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    const again = await numberFor(world, visitor, ALICE, { acr_values: "urn:e-num:acr:sms", prompt: "login" });
    return { visitor, page: await visitor.submit(again.page, "sms") };
  }
  const set = (world: World, statement: string) =>
    world.database.rows(`UPDATE message SET ${statement} WHERE channel = 'sms'`);

  test("that the SMS waits, has left, has arrived, or has not", async () => {
    await using world = await createWorld();
    const { visitor, page } = await signedIn(world);
    const look = async () => (await visitor.open(page.url)).text;
    expect(page.text).toContain("about to leave");
    await world.drain();
    expect(await look()).toContain("on its way");
    await set(world, "delivery = 'delivered'");
    expect(await look()).toContain("has reached your phone");
    await set(world, "delivery = 'failed'");
    expect(await look()).toContain("did not reach your phone");
  });

  test("that none was sent", async () => {
    await using world = await createWorld({ config: { smsCountries: [{ prefix: "+44", budget: 10 }] } });
    expect((await signedIn(world)).page.text).toContain("No SMS was sent");
  });
});

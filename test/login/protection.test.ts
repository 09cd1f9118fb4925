import { describe, expect, inject, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/clock.ts";
import { networkOf } from "../../src/http/network.ts";
import { freshDatabase } from "../support/databases.ts";
import { countHmacs } from "../support/hmacs.ts";
import { listening, shape } from "../support/listening.ts";
import { codeTo } from "../support/newcomer.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";

async function begin(world: World, visitor: Visitor, parameters: Record<string, string> = {}): Promise<Page> {
  return visitor.open((await (await createRelyingParty(world.issuer, SHOP)).begin(parameters)).address);
}

async function asked(
  world: World,
  visitor: Visitor,
  identifier = ALICE,
  parameters: Record<string, string> = {},
): Promise<Page> {
  return visitor.submit(await begin(world, visitor, parameters), "next", { identifier });
}

/** From an address of its own, as a proxy that is trusted tells it. */
function from(world: World, address: string): Visitor {
  return createVisitor(world.issuer, { "x-forwarded-for": address });
}
const behindProxy = { config: { trustProxy: true } };

describe("spraying", () => {
  test("the 21st identifier in a minute from one address is asked to wait; another address is not", async () => {
    await using world = await createWorld(behindProxy);
    const visitor = from(world, "192.0.2.1");
    const page = await begin(world, visitor);
    for (let count = 0; count < 20; count += 1)
      await visitor.submit(page, "next", { identifier: `p${count}@example.com` });
    const limited = await visitor.submit(page, "next", { identifier: ALICE });
    expect([limited.status, limited.alert === ""]).toEqual([429, false]);
    expect(limited.html.querySelector("input[name=identifier]")?.getAttribute("value")).toBe(ALICE);
    expect((await asked(world, from(world, "192.0.2.2"))).status).toBe(200);
    world.pass(MINUTE + 1);
    expect((await visitor.submit(page, "next", { identifier: ALICE })).status).toBe(200);
  });

  test("an address that the visitor writes into X-Forwarded-For itself counts for nothing", async () => {
    await using world = await createWorld(behindProxy);
    const page = await begin(world, from(world, "192.0.2.1"));
    expect(page.status).toBe(200);
    const statuses: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      const liar = from(world, `203.0.113.${count}, 192.0.2.1`);
      statuses.push((await liar.submit(await begin(world, liar), "next", { identifier: ALICE })).status);
    }
    expect(statuses.at(-1)).toBe(429);
  });

  test("after 20 wrong responses in an hour over all accounts nothing more is judged from that address, right or wrong", async () => {
    await using world = await createWorld(behindProxy);
    const visitor = from(world, "2001:db8:0:1::1");
    for (let count = 0; count < 20; count += 1) {
      await visitor.submit(await asked(world, visitor, `p${count}@example.com`), "next", { response: "1000000" });
      world.pass(4000);
    }
    const neighbour = from(world, "2001:db8:0:1:ffff::2");
    const page = await asked(world, neighbour);
    const response = world.answer(ALICE, page.challenge);
    expect((await neighbour.submit(page, "next", { response })).status).toBe(429);
    const elsewhere = from(world, "2001:db8:0:2::1");
    const other = await asked(world, elsewhere);
    expect((await elsewhere.submit(other, "next", { response: world.answer(ALICE, other.challenge) })).url).toContain(
      "code=",
    );
    world.pass(HOUR);
    const later = await asked(world, neighbour);
    expect((await neighbour.submit(later, "next", { response: world.answer(ALICE, later.challenge) })).url).toContain(
      "code=",
    );
  });

  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["0:0:0:0:0:FFFF:192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1%eth0", "192.0.2.1"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["what a proxy passed on as it was sent", "nowhere"],
  ])("%s counts as %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("numbers drawn beforehand", () => {
  const draw = async (world: World, identifier: string) => {
    for (let count = 0; count < 30; count += 1) {
      expect((await asked(world, from(world, `192.0.2.${count}`), identifier)).challenge).not.toBe("");
    }
  };

  test("after 30 unanswered numbers in a day an unknown browser first proves the account's e-mail", async () => {
    await using world = await createWorld(behindProxy);
    await draw(world, ALICE);
    const visitor = from(world, "198.51.100.1");
    const proof = await asked(world, visitor);
    expect(proof.url).toMatch(/\/email-code$/);
    expect(proof.text).not.toContain("alice");
    const wrong = await visitor.submit(proof, "next", { code: "WRONGC0D" });
    expect(wrong.alert).toContain("2");
    const number = await visitor.submit(wrong, "next", { code: await codeTo(world, ALICE) });
    expect(number.challenge).not.toBe("");
    expect((await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) })).url).toContain(
      "code=",
    );
  });

  test("a decoy asks alike, and no code fits", async () => {
    await using world = await createWorld(behindProxy);
    await draw(world, ALICE);
    await draw(world, "nobody@example.com");
    const texts: string[][] = [];
    for (const identifier of [ALICE, "nobody@example.com"]) {
      const visitor = from(world, "198.51.100.1");
      const pages = [await asked(world, visitor, identifier)];
      for (const code of ["AAAAAAAA", "AAAAAAAB", "AAAAAAAC"]) {
        const last = pages.at(-1);
        if (last !== undefined) pages.push(await visitor.submit(last, "next", { code }));
      }
      texts.push(pages.map((page) => `${page.status} ${page.text}`));
    }
    expect(texts[1]).toEqual(texts[0]);
    expect((await world.messages()).filter(({ to }) => to === "" || to.startsWith("nobody"))).toEqual([]);
  });

  test("a browser that has signed in before is never asked for it, and answered numbers do not count", async () => {
    await using world = await createWorld(behindProxy);
    const own = from(world, "203.0.113.1");
    const first = await asked(world, own);
    await own.submit(first, "next", { response: world.answer(ALICE, first.challenge) });
    await draw(world, ALICE);
    expect((await asked(world, own, ALICE, { prompt: "login" })).challenge).not.toBe("");
    world.pass(DAY);
    expect((await asked(world, from(world, "198.51.100.1"))).challenge).not.toBe("");
  });
});

describe("closed out", () => {
  /** A hundred wrong responses, as slowly as the locks demand. */
  const closeOut = (world: World, subject: string) =>
    world.database.rows(
      `INSERT INTO counter (id, failures, total, locks, locked_until, admitted_until, updated_at) VALUES (?, 0, 100, 20, 0, 0, ?)
       ON CONFLICT (id) DO UPDATE SET total = 100`,
      [`unknown:${subject}`, world.now()],
    );
  const idOf = async (world: World) =>
    (await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]))?.id ?? "";

  test("the hundredth wrong response closes unknown browsers out, whatever time passes", async () => {
    await using world = await createWorld(behindProxy);
    let failures = 0;
    let page: Page | undefined;
    for (let round = 0; failures < 100; round += 1) {
      const visitor = from(world, `192.0.2.${round}`);
      page = await asked(world, visitor);
      for (let tries = 0; tries < 5 && page.status !== 429; tries += 1) {
        if (page.html.querySelector("input[name=response]") === null)
          page = await visitor.submit(page, "new-challenge");
        page = await visitor.submit(page, "next", { response: String(1_000_000 + failures) });
        failures += 1;
      }
      world.pass(6 * HOUR);
    }
    world.pass(DAY);
    const closed = await asked(world, from(world, "198.51.100.1"));
    expect([closed.status, closed.challenge]).toEqual([429, ""]);
    expect(closed.html.querySelector("h1")?.text).toMatch(/closed/i);
  }, 60_000);

  test("the owner's own browser goes on, is asked, and lets a new one in for 15 minutes", async () => {
    await using world = await createWorld();
    const own = createVisitor(world.issuer);
    await signIn(world, { visitor: own });
    await closeOut(world, await idOf(world));
    const stranger = createVisitor(world.issuer);
    expect((await asked(world, stranger)).status).toBe(429);
    const number = await asked(world, own, ALICE, { prompt: "login" });
    const admission = await own.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    expect(admission.url).toMatch(/\/admission$/);
    expect((await own.submit(admission, "admit")).url).toContain("code=");
    const page = await asked(world, stranger);
    expect(page.challenge).not.toBe("");
    world.pass(15 * MINUTE);
    expect((await asked(world, createVisitor(world.issuer))).status).toBe(429);
  });

  test("the owner can leave new browsers out and go on", async () => {
    await using world = await createWorld();
    const own = createVisitor(world.issuer);
    await signIn(world, { visitor: own });
    await closeOut(world, await idOf(world));
    const number = await asked(world, own, ALICE, { prompt: "login" });
    const admission = await own.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    expect((await own.submit(admission, "next")).url).toContain("code=");
    expect((await asked(world, createVisitor(world.issuer))).status).toBe(429);
  });

  test("a right response in a browser that was let in clears it all", async () => {
    await using world = await createWorld();
    await closeOut(world, await idOf(world));
    await world.database.rows("UPDATE counter SET admitted_until = ?", [world.now() + MINUTE]);
    const { back } = await signIn(world);
    expect(back.url).toContain("code=");
    world.pass(HOUR);
    expect((await asked(world, createVisitor(world.issuer))).challenge).not.toBe("");
  });
});

describe("who is asked cannot be told", () => {
  test.each(["nobody@example.com", "bob@example.com", "carol@example.com", "+15550001111", "309999999999"])(
    "%s costs the same statements, HMACs, statuses and bytes as alice, from the identifier to the lock",
    async (identifier) => {
      const fresh = await freshDatabase(inject("engine"), { holds: "people" });
      const { database, sent } = listening(fresh.database);
      await using world = await createWorld({ database: { ...fresh, database } });
      using hmacs = countHmacs();
      const courses: { statements: string[]; pages: string[]; hmacs: ReturnType<typeof hmacs.taken> }[] = [];
      for (const each of [
        identifier.startsWith("+") ? "+15555550101" : identifier.startsWith("3") ? "301234567890" : ALICE,
        identifier,
      ]) {
        const visitor = createVisitor(world.issuer);
        const page = await begin(world, visitor);
        sent.length = 0;
        hmacs.taken();
        courses.push({ pages: await course(visitor, page, each), statements: [...sent], hmacs: hmacs.taken() });
      }
      const [alice, other] = courses;
      expect(alice?.hmacs.responses).toBeGreaterThan(0);
      expect(other?.hmacs).toEqual(alice?.hmacs);
      expect(other?.pages).toEqual(alice?.pages);
      expect(other?.statements).toEqual(alice?.statements);
    },
  );

  /** Asks, answers wrongly until the lock, and asks again. */
  async function course(visitor: Visitor, identifier: Page, each: string): Promise<string[]> {
    const shapes: string[] = [];
    let page = await visitor.submit(identifier, "next", { identifier: each });
    for (let count = 0; count < 5; count += 1) {
      shapes.push(shape(page));
      if (page.html.querySelector("input[name=response]") === null) page = await visitor.submit(page, "new-challenge");
      page = await visitor.submit(page, "next", { response: String(1_000_000 + count) });
    }
    return [...shapes, shape(page), shape(await visitor.submit(identifier, "next", { identifier: each }))];
  }
});

describe("wrong turns", () => {
  test("two tabs: both sign-ins finish, or the second offers to begin again", async () => {
    await using world = await createWorld({ clients: [{ ...SHOP, client_uri: "http://localhost:9/shop" }] });
    const visitor = createVisitor(world.issuer);
    const [one, two] = [await asked(world, visitor), await asked(world, visitor)];
    const finish = (page: Page) => visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    expect((await finish(one)).url).toContain("code=");
    const second = await finish(two);
    if (!second.url.includes("code=")) {
      expect(second.status).toBe(410);
      expect(second.html.querySelector('a[href="http://localhost:9/shop"]')).not.toBeNull();
    }
  });

  test("a page that is sent twice, as by a double click, comes out where the first has led, and back as well", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const { address } = await (await createRelyingParty(world.issuer, LIBRARY)).begin();
    const page = await visitor.submit(await visitor.open(address), "next", { identifier: ALICE });
    const response = world.answer(ALICE, page.challenge);
    const consent = await visitor.submit(page, "next", { response });
    expect(consent.title).toContain("City library");
    const again = await visitor.submit(page, "next", { response });
    expect([again.status, again.url, again.title]).toEqual([200, consent.url, consent.title]);
    expect((await visitor.open(page.url)).url).toBe(consent.url);
    // A second click that was led on as the first was.
    const uid = new URL(page.url).pathname.split("/")[2];
    expect((await visitor.open(`${world.issuer}/authorize/${uid}`)).url).toBe(consent.url);
    expect((await visitor.submit(again, "allow")).url).toContain("code=");
    // Nothing has followed that.
    expect([(await visitor.submit(page, "next", { response })).status]).toEqual([410]);
  });

  test("two tabs of a person who is signed in, both asked again: the second finishes or offers to begin again", async () => {
    await using world = await createWorld({ clients: [{ ...SHOP, client_uri: "http://localhost:9/shop" }] });
    const { visitor } = await signIn(world);
    const again = { prompt: "login" };
    const [one, two] = [await asked(world, visitor, ALICE, again), await asked(world, visitor, ALICE, again)];
    const finish = (page: Page) => visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    expect((await finish(one)).url).toContain("code=");
    const second = await finish(two);
    expect(
      second.url.includes("code=") || second.html.querySelector('a[href="http://localhost:9/shop"]') !== null,
    ).toBe(true);
  });

  test("the language is changed in the middle, and the number stays", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const russian = await visitor.open(`${new URL(page.url).pathname}?lang=ru`);
    expect(russian.html.querySelector("html")?.getAttribute("lang")).toBe("ru");
    expect(russian.challenge).toBe(page.challenge);
    expect((await visitor.submit(russian, "next", { response: world.answer(ALICE, page.challenge) })).url).toContain(
      "code=",
    );
  });

  test("lost cookies: the page says what happened and what to do, and nobody is signed in", async () => {
    await using world = await createWorld();
    const page = await begin(world, createVisitor(world.issuer));
    const lost = await createVisitor(world.issuer).submit(page, "next", { identifier: ALICE });
    expect(lost.status).toBe(400);
    expect(lost.html.querySelector("h1")).not.toBeNull();
  });

  test("the back button after the end leads on, not to an error", async () => {
    await using world = await createWorld({ clients: [{ ...SHOP, client_uri: "http://localhost:9/shop" }] });
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    const back = await visitor.open(page.url);
    expect(back.status).toBe(410);
    expect(back.html.querySelector('a[href="http://localhost:9/shop"]')).not.toBeNull();
  });

  test("a site that is removed in the middle is said to be gone", async () => {
    const clients = [SHOP];
    await using world = await createWorld({ clients });
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    clients.length = 0;
    await world.restart();
    const gone = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    expect(gone.status).toBe(410);
    expect(gone.text).toContain("site");
  });
});

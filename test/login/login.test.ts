import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../src/clock.ts";
import { createRelyingParty, type SignIn } from "../support/relying-party.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const ALICE = "alice@example.com";

async function begin(world: World, parameters: Record<string, string> = {}): Promise<SignIn> {
  return (await createRelyingParty(world.issuer, SHOP)).begin(parameters);
}

/** As far as the page with the check number. */
async function asked(
  world: World,
  visitor: Visitor,
  identifier = ALICE,
  parameters: Record<string, string> = {},
): Promise<Page> {
  const signIn = await begin(world, parameters);
  return visitor.submit(await visitor.open(signIn.address), "next", { identifier });
}

/** Wrong responses on as many check numbers as it takes; the last page. */
async function fail(visitor: Visitor, page: Page, times: number, from = 0): Promise<Page> {
  let current = page;
  for (let count = 0; count < times; count += 1) {
    if (current.html.querySelector("input[name=response]") === null)
      current = await visitor.submit(current, "new-challenge");
    current = await visitor.submit(current, "next", { response: String(1_000_000 + from + count) });
  }
  return current;
}

describe("a sign-in", () => {
  test.each(["alice@example.com", " Alice@EXAMPLE.com ", "301234567890", "3012 3456 7890", "+1 555 555 0101"])(
    "by %s, a check number and the phone's response ends at the site with tokens",
    async (identifier) => {
      await using world = await createWorld();
      const signIn = await begin(world);
      const visitor = createVisitor(world.issuer);
      const page = await visitor.open(signIn.address);
      expect(page.title).toContain("Book shop");
      const number = await visitor.submit(page, "next", { identifier });
      expect(number.challenge).toMatch(/^[1-9]\d{7}$/);
      expect(number.qr).toMatch(new RegExp(`^enum:l\\?c=${number.challenge}&r=[\\w-]{22}$`));
      const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
      expect(back.url).toContain("http://localhost:9/shop/callback?code=");
      const tokens = await signIn.finish(back.url);
      expect(tokens.claims()).toMatchObject({ acr: "urn:e-num:acr:login", amr: ["otp", "mfa"], aud: "shop" });
    },
  );

  test("spaces and a hyphen in the response do not count", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const response = world.answer(ALICE, page.challenge);
    const back = await visitor.submit(page, "next", { response: ` ${response.slice(0, 3)} - ${response.slice(3)} ` });
    expect(back.url).toContain("code=");
  });

  test("the same answer sent twice by a double click goes on", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const body = `action=next&response=${world.answer(ALICE, page.challenge)}`;
    const path = new URL(page.url).pathname;
    const [one, two] = await Promise.all([visitor.post(path, body), visitor.post(path, body)]);
    const codes = [one, two].filter(({ url }) => url.includes("code="));
    expect(codes.length).toBeGreaterThanOrEqual(1);
    for (const { status } of [one, two]) expect(status).toBeLessThan(500);
    expect(await world.database.rows("SELECT id FROM event WHERE type = 'login.accepted'")).toHaveLength(1);
  });

  test("survives a restart of the server in the middle", async () => {
    await using world = await createWorld();
    const signIn = await begin(world);
    const visitor = createVisitor(world.issuer);
    const page = await visitor.submit(await visitor.open(signIn.address), "next", { identifier: ALICE });
    await world.restart();
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    await world.restart();
    expect((await signIn.finish(back.url)).claims()?.sub).toBeDefined();
  });

  test("leaves a session, so that the next site needs no check number", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    expect((await visitor.open((await begin(world)).address)).url).toContain("code=");
  });
});

describe("what is typed wrongly", () => {
  test("an identifier that is none is kept in its field, and the page says what is wanted", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor, "<alice>");
    expect(page.status).toBe(422);
    expect(page.alert).not.toBe("");
    expect(page.html.querySelector("input[name=identifier]")?.getAttribute("value")).toBe("<alice>");
  });

  test("the check number typed as the response costs no try", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    let page = await asked(world, visitor);
    for (let count = 0; count < 6; count += 1) page = await visitor.submit(page, "next", { response: page.challenge });
    expect((await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) })).url).toContain(
      "code=",
    );
  });

  test("a wrong response leaves two tries, then one, then a new check number is offered", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const second = await visitor.submit(page, "next", { response: "1000000" });
    expect(second.alert).toContain("2 tries left");
    const repeated = await visitor.submit(second, "next", { response: "1000000" });
    expect(repeated.alert).toContain("2 tries left");
    const third = await visitor.submit(second, "next", { response: "1000001" });
    expect(third.alert).toContain("1 try left");
    const over = await visitor.submit(third, "next", { response: "1000002" });
    expect(over.html.querySelector("input[name=response]")).toBeNull();
    const fresh = await visitor.submit(over, "new-challenge");
    expect(fresh.challenge).not.toBe(page.challenge);
    expect((await visitor.submit(fresh, "next", { response: world.answer(ALICE, fresh.challenge) })).url).toContain(
      "code=",
    );
  });

  test("a response of the Confirm screen is told so", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const wrong = await visitor.submit(page, "next", {
      response: world.answer(ALICE, page.challenge, { mode: "confirm" }),
    });
    expect(wrong.alert).toMatch(/Confirm.*Log in/);
  });

  test("after five minutes the number has expired, which is no error, and a new one comes in one tap", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    world.pass(5 * MINUTE);
    const late = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    expect(late.status).toBe(200);
    expect(late.alert).toBe("");
    const fresh = await visitor.submit(late, "new-challenge");
    expect((await visitor.submit(fresh, "next", { response: world.answer(ALICE, fresh.challenge) })).url).toContain(
      "code=",
    );
  });
});

describe("locks", () => {
  test("the fifth wrong response in a row closes unknown browsers out for 15 minutes, then an hour, then six; the owner is told once", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    let from = 0;
    for (const time of [15 * MINUTE, HOUR, 6 * HOUR, 6 * HOUR]) {
      const locked = await fail(visitor, await asked(world, visitor), 5, from);
      from += 5;
      expect(locked.status).toBe(429);
      expect((await asked(world, visitor)).status).toBe(429);
      world.pass(time - MINUTE);
      expect((await asked(world, visitor)).status).toBe(429);
      world.pass(MINUTE);
    }
    const mails = (await world.messages()).filter(({ to }) => to === ALICE);
    expect(mails).toHaveLength(1);
    const page = await asked(world, visitor);
    expect((await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) })).url).toContain(
      "code=",
    );
  });

  test("a stranger's wrong responses do not close out a browser that has signed in before", async () => {
    await using world = await createWorld();
    const own = createVisitor(world.issuer);
    const page = await asked(world, own);
    await own.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    const stranger = createVisitor(world.issuer);
    expect((await fail(stranger, await asked(world, stranger), 5)).status).toBe(429);
    const again = await asked(world, own, ALICE, { prompt: "login" });
    expect((await own.submit(again, "next", { response: world.answer(ALICE, again.challenge) })).url).toContain(
      "code=",
    );
  });

  test("a right response clears the counter", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    for (let round = 0; round < 3; round += 1) {
      const page = await fail(visitor, await asked(world, visitor, ALICE, { prompt: "login" }), 2, round * 2);
      expect((await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) })).url).toContain(
        "code=",
      );
    }
  });
});

describe("an interaction that is over", () => {
  test("in another tab says so, and offers in one click to begin again at the site", async () => {
    const shop = { ...SHOP, client_uri: "http://localhost:9/shop" };
    await using world = await createWorld({ clients: [shop] });
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
    const other = await visitor.open(page.url);
    expect(other.status).toBe(410);
    expect(other.html.querySelector('a[href="http://localhost:9/shop"]')).not.toBeNull();
  });

  test("that nobody knows any more says that the link is old", async () => {
    await using world = await createWorld();
    expect((await createVisitor(world.issuer).open("/interaction/nothing/challenge")).status).toBe(400);
  });
});

describe("who is asked", () => {
  test.each(["nobody@example.com", "bob@example.com", "carol@example.com"])(
    "%s, whom no response fits, gets the pages that alice gets",
    async (identifier) => {
      await using world = await createWorld();
      const pages: string[][] = [];
      for (const each of [ALICE, identifier]) {
        const visitor = createVisitor(world.issuer);
        const texts: string[] = [];
        let page = await asked(world, visitor, each);
        for (let count = 0; count < 5; count += 1) {
          texts.push(`${page.status} ${page.text.replace(/\d+/g, "0")}`);
          page = await fail(visitor, page, 1, count);
        }
        texts.push(`${page.status} ${page.text.replace(/\d+/g, "0")}`);
        pages.push(texts);
      }
      expect(pages[1]).toEqual(pages[0]);
    },
  );

  test("digits never come twice to one account", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    let page = await asked(world, visitor);
    const seen = new Set([page.challenge]);
    for (let count = 0; count < 20; count += 1) {
      await world.database.rows("UPDATE challenge SET expires_at = 0");
      page = await visitor.submit(await visitor.open(page.url), "new-challenge");
      seen.add(page.challenge);
    }
    expect(seen.size).toBe(21);
    expect(await world.database.rows("SELECT digits FROM issued_number")).toHaveLength(21);
  });

  test("another browser cannot go on with my interaction", async () => {
    await using world = await createWorld();
    const page = await asked(world, createVisitor(world.issuer));
    const stranger = createVisitor(world.issuer);
    const shown = await stranger.open(page.url);
    expect([shown.status, shown.challenge]).toEqual([410, ""]);
    const { pathname } = new URL(page.url);
    const answer = await stranger.post(pathname, `action=next&response=${world.answer(ALICE, page.challenge)}`);
    expect(answer.status).toBe(410);
    expect(answer.url).not.toContain("code=");
  });

  test("who declines is sent back to the site, which is told so", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const farewell = await visitor.submit(await asked(world, visitor), "decline");
    expect(farewell.text).toContain("Nobody was signed in");
    const back = await visitor.open(
      farewell.html.querySelector("a.button, .back a, main a")?.getAttribute("href") ?? "",
    );
    expect(new URL(back.url).searchParams.get("error")).toBe("access_denied");
  });
});

describe("what a form may hold", () => {
  test.each([
    ["a field twice", "identifier=a%40b.example&identifier=c%40d.example", {}],
    ["a NUL", "identifier=a%00b", {}],
    ["bytes that are not UTF-8", "identifier=%ff%fe", {}],
    ["more than 16 kB", `identifier=${"a".repeat(17_000)}`, {}],
    ["another content type", "{}", { "content-type": "application/json" }],
    ["a button that the page has not", "action=launch", {}],
  ])("%s is answered with a page and a 4xx", async (_name, body, headers) => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await visitor.open((await begin(world)).address);
    const { pathname } = new URL(page.url);
    const answer = await visitor.post(`${pathname.replace(/\/identifier$/, "")}/identifier`, body, headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.html.querySelector("h1")).not.toBeNull();
  });

  test("a form that another site sends is refused", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const { pathname } = new URL(page.url);
    const body = `action=next&response=${world.answer(ALICE, page.challenge)}`;
    expect((await visitor.post(pathname, body, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await visitor.post(pathname, body, { origin: "https://evil.example" })).status).toBe(403);
    expect((await visitor.post(pathname, body, { origin: world.issuer })).url).toContain("code=");
  });
});

test("in production no response is shown and no outbox can be read", async () => {
  await using world = await createWorld({ production: true });
  const visitor = createVisitor(world.issuer);
  const page = await asked(world, visitor);
  expect(page.html.querySelector('button[value="show-response"]')).toBeNull();
  const { pathname } = new URL(page.url);
  expect((await visitor.post(pathname, "action=show-response")).status).toBe(400);
  expect((await visitor.open("/development/outbox")).status).toBe(404);
});

test("in development the response is shown when it is asked for, and works", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const shown = await visitor.submit(await asked(world, visitor), "show-response");
  expect(shown.text).toContain(world.answer(ALICE, shown.challenge).slice(0, 3));
});

test("the log holds no check number, response, code, cookie or e-mail", async () => {
  await using world = await createWorld();
  const signIn = await begin(world, { login_hint: ALICE });
  const visitor = createVisitor(world.issuer);
  const page = await visitor.submit(await visitor.open(signIn.address), "next", { identifier: ALICE });
  const wrong = await visitor.submit(page, "next", { response: "1234567" });
  const response = world.answer(ALICE, page.challenge);
  const back = await visitor.submit(wrong, "next", { response });
  await signIn.finish(back.url);
  const log = world.log.join("\n");
  const code = new URL(back.url).searchParams.get("code") ?? "";
  expect(world.log.length).toBeGreaterThan(5);
  for (const secret of [
    page.challenge,
    "1234567",
    response,
    code,
    ALICE,
    new URL(page.url).pathname.split("/")[2] ?? "",
  ]) {
    expect(log).not.toContain(secret);
  }
});

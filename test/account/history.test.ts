import { describe, expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { order, PAYMENT, STORE } from "../support/payment.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, LIBRARY, type World } from "../support/world.ts";
import { atAccount, press, scan } from "./support.ts";

const HISTORY = "/account/history";

const plainText = (html: string) =>
  html
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
const lines = (page: Page) => page.html.querySelectorAll(".history li").map(({ innerHTML }) => plainText(innerHTML));
const titles = (page: Page) => page.html.querySelectorAll(".history li b").map(({ text }) => text);
/** What is no page, as it was sent. */
const raw = (page: Page) => page.html.toString();
const find = (visitor: Visitor, query: Record<string, string>) =>
  visitor.open(`${HISTORY}?${new URLSearchParams(query)}`);

/** Alice has signed in, paid at the shop, declined a second payment, and let the library see something. */
async function stage() {
  const world = await createWorld({ clients: [STORE, LIBRARY] });
  const { visitor } = await atAccount(world);
  const paid = await order(world, visitor);
  await scan(world, visitor, paid.page);
  const second = await order(world, visitor, { ...PAYMENT, operation_id: "second" });
  await visitor.submit(second.page, "decline");
  await signIn(world, { visitor, client: LIBRARY, parameters: { scope: "openid email" } });
  return { world, visitor, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** Events of alice's own making, the last in this list the newest. */
async function manyEvents(world: World, count: number, from = 0) {
  const row = await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
  for (let at = from; at < from + count; at += 1)
    await world.database.rows(
      "INSERT INTO event (id, type, account_id, client_id, detail, at) VALUES (?, 'login.accepted', ?, ?, '{}', ?)",
      // Three in each millisecond, so that the time alone does not order them.
      [`event-${String(at).padStart(5, "0")}`, row?.id ?? "", at % 2 === 0 ? "shop" : "library", Math.floor(at / 3)],
    );
}

describe("the history", () => {
  test("tells every sign-in, confirmation, decline and change in the words of the page, the newest first", async () => {
    await using on = await stage();
    await press(on.visitor, "on no-sms");
    const page = await on.visitor.open(HISTORY);
    expect(titles(page)).toEqual([
      "More care was switched on",
      "You let a site see or do something",
      "A confirmation was declined",
      "You confirmed",
      "You signed in",
    ]);
    const [care = "", , , confirmed = ""] = lines(page);
    expect(care).toContain("No codes by SMS");
    for (const shown of ["Book shop", "Payment: 10.50 WMZ", "Details and receipt"]) expect(confirmed).toContain(shown);
    const russian = await on.visitor.open(`${HISTORY}?lang=ru`);
    expect(titles(russian)).toContain("Вы подтвердили");
  });

  test("a confirmation shows its details and its receipt, which is genuine", async () => {
    await using on = await stage();
    const page = await on.visitor.open(HISTORY);
    const confirmed = await on.visitor.open(page.html.querySelector(".history a")?.getAttribute("href") ?? "");
    for (const shown of ["10.50", "WMZ", "Book shop", "alice's phone"]) expect(confirmed.text).toContain(shown);
    const receipt = confirmed.html.querySelector("textarea")?.text ?? "";
    const verified = await on.visitor.post(
      "/confirmations/verify",
      new URLSearchParams({ receipt, action: "next" }).toString(),
    );
    expect(verified.text).toContain("This receipt is genuine");
  });

  test("another account's confirmation and history are nobody's", async () => {
    await using on = await stage();
    await on.world.database.rows("UPDATE device SET status = 'active'");
    const { visitor: bob } = await atAccount(on.world, { email: "bob@example.com" });
    const href = (await on.visitor.open(HISTORY)).html.querySelector(".history a")?.getAttribute("href") ?? "";
    expect((await bob.open(href)).status).toBe(404);
    expect((await bob.open(`${HISTORY}/nothing`)).status).toBe(404);
    expect(titles(await bob.open(HISTORY))).toEqual(["You signed in"]);
    const stranger = createVisitor(on.world.issuer);
    for (const path of [HISTORY, `${HISTORY}.csv`, `${HISTORY}.json`, href])
      expect((await stranger.open(path)).title).toContain("Sign in to E-num account");
  });

  test("is searched by kind, site, day and words, also those of what was confirmed", async () => {
    await using on = await stage();
    expect(titles(await find(on.visitor, { kind: "confirmation" }))).toEqual([
      "A confirmation was declined",
      "You confirmed",
    ]);
    expect(titles(await find(on.visitor, { site: "library" }))).toEqual(["You let a site see or do something"]);
    for (const q of ["10.50", "wmz", "BOOK shop", "Z123456789012".slice(0, 1)])
      expect(titles(await find(on.visitor, { q, kind: "confirmation" }))).toContain("You confirmed");
    expect(titles(await find(on.visitor, { q: "nothing of the kind" }))).toEqual([]);
    on.world.pass(2 * DAY);
    const today = new Date(on.world.now()).toISOString().slice(0, 10);
    const { visitor: later } = await atAccount(on.world);
    expect(titles(await find(later, { from: today }))).toEqual(["You signed in"]);
    const before = new Date(on.world.now() - DAY).toISOString().slice(0, 10);
    expect(titles(await find(later, { to: before }))).toHaveLength(4);
  });

  test("a search that cannot be says which part of it is wrong", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    for (const query of ["kind=x", "from=yesterday", "to=2026-02-30", "before=x", "q=a&q=b"]) {
      for (const path of [HISTORY, `${HISTORY}.csv`, `${HISTORY}.json`])
        expect((await visitor.open(`${path}?${query}`)).status).toBe(400);
    }
  });

  test("is turned page by page, each event once, also where several came in one moment", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await world.database.rows("DELETE FROM event");
    await manyEvents(world, 30);
    const seen: string[] = [];
    let page = await visitor.open(`${HISTORY}?site=shop`);
    for (;;) {
      seen.push(...lines(page));
      const older = page.html.querySelector('a[rel="next"]')?.getAttribute("href");
      if (older === undefined || older === null) break;
      page = await visitor.open(older);
    }
    expect(seen).toHaveLength(15);
    expect(page.html.querySelector(`a[href="${HISTORY}?site=shop"]`)).not.toBeNull();
  });

  test("a long search that has found nothing so far can be gone on with", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await world.database.rows("UPDATE event SET at = 0, type = 'device.renamed'");
    await manyEvents(world, 1100, 3);
    const first = await find(visitor, { kind: "device" });
    expect([titles(first), first.text.includes("Search on in what is older")]).toEqual([[], true]);
    const rest = await visitor.open(first.html.querySelector('a[rel="next"]')?.getAttribute("href") ?? "");
    expect(titles(rest)).toEqual(["A phone was renamed"]);
  });
});

describe("the history to be kept", () => {
  test("as data holds what the pages say, and the operation by its parts", async () => {
    await using on = await stage();
    const entries = JSON.parse(raw(await on.visitor.open(`${HISTORY}.json`)));
    expect(entries).toHaveLength(4);
    expect(entries[2]).toMatchObject({
      type: "operation.confirmed",
      kind: "confirmation",
      event: "You confirmed",
      site: { id: "shop", name: "Book shop" },
      operation: { name: "Payment", amount: { value: "10.50", currency: "WMZ" } },
      confirmation: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(JSON.parse(raw(await on.visitor.open(`${HISTORY}.json?q=nothing`)))).toEqual([]);
  });

  test("as a table is complete, and no text of a site becomes a formula", async () => {
    await using on = await stage();
    const row = await on.world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
    await on.world.database.rows(
      "INSERT INTO event (id, type, account_id, client_id, detail, at) VALUES ('last', 'login.accepted', ?, ?, '{}', 1)",
      [row?.id ?? "", '=HYPERLINK("x")'],
    );
    const table = raw(await on.visitor.open(`${HISTORY}.csv?kind=sign-in`))
      .replace(/^\uFEFF/, "")
      .split("\r\n");
    expect(table[0]).toBe("time,kind,event,type,site,device,details,confirmation,id");
    expect(table).toHaveLength(4);
    expect(table[2]).toContain(`,"'=HYPERLINK(""x"")",`);
  });

  test("more than one batch is written whole", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await manyEvents(world, 450);
    const entries: { id: string }[] = JSON.parse(raw(await visitor.open(`${HISTORY}.json`)));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(451);
  });
});

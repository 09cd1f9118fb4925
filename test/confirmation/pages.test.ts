import { createHash } from "node:crypto";
import { parse } from "node-html-parser";
import { describe, expect, test } from "vitest";
import { parseQrText } from "../../src/e-num/qr-text.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { statementOf } from "../support/operations.ts";
import { leave, order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const SITE: ClientEntry = {
  ...STORE,
  authorization_details_types: ["payment", "trust_limit", "correspondent_add"],
};
const LIMIT = {
  type: "trust_limit",
  operation_id: "tl-7",
  trusted_wmid: "345678901234",
  purse: "Z987654321098",
  limit: { value: "500", currency: "WMZ" },
};

/** As if by chance: it does not shrink, so that the signed details outgrow a code. */
const noise = (seed: string) => createHash("shake256", { outputLength: 105 }).update(seed).digest("base64url");
const LONG = { ...PAYMENT, description: noise("a"), invoice_id: noise("b") };

async function asked(world: World, element: object): Promise<{ visitor: Visitor; page: Page }> {
  const { visitor } = await signIn(world, { client: SITE });
  return { visitor, page: (await order(world, visitor, element, {}, SITE)).page };
}

describe("the code on the page", () => {
  test("holds the signed details where they fit", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { page } = await asked(world, PAYMENT);
    const read = parseQrText(page.qr);
    expect(read.ok && read.value.kind === "operation" && read.value.token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(page.text).toContain("Or scan it: the phone shows every detail");
  });

  test("that would be longer than 700 characters names the request alone, and the page says that the phone must be online", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { page, visitor } = await asked(world, LONG);
    expect(page.qr).toMatch(/^enum:o\?c=\d{8}&r=[\w-]{22}$/);
    const read = parseQrText(page.qr);
    expect(read.ok && read.value.kind === "operation" && [read.value.challenge, read.value.token]).toEqual([
      page.challenge,
      undefined,
    ]);
    expect(page.text).toContain("Or scan it with a phone that is online");
    // What the phone then fetches is the same statement, and its response confirms.
    const statement = statementOf({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation: LONG });
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, statement) });
    expect(back.url).toContain("code=");
  });
});

describe("a development server", () => {
  const commands = (page: Page) => page.html.querySelectorAll(".development pre").map(({ text }) => codeIn(text));

  test("says first what to type where that confirms, whether the details fit into a code or not", async () => {
    await using world = await createWorld({ clients: [SITE] });
    for (const element of [PAYMENT, { ...LONG, operation_id: "inv-1043" }]) {
      const { page } = await asked(world, element);
      expect(commands(page)).toEqual([
        `npm run phone -- pay ${page.challenge} Z123456789012 10.5`,
        `npm run phone -- scan '${page.qr}'`,
      ]);
      expect(page.html.querySelector("details[open]")).toBeNull();
    }
  });

  test("says the Confirm screen's command, and where only the scanned code confirms that one alone", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { page } = await asked(world, { type: "correspondent_add", operation_id: "c-1", wmid: "345678901234" });
    expect(commands(page)[0]).toBe(`npm run phone -- confirm ${page.challenge}`);
    const { page: scanned } = await asked(world, LIMIT);
    expect(commands(scanned)).toEqual([expect.stringMatching(/^npm run phone -- scan 'enum:o/)]);
  });

  test("is the only one that says any", async () => {
    await using world = await createWorld({ clients: [SITE], production: true });
    const { page } = await asked(world, PAYMENT);
    expect(page.challenge).toMatch(/^\d{8}$/);
    expect(commands(page)).toEqual([]);
  });
});

describe("the page that waits for the phone", () => {
  const stateAt = async (visitor: Visitor, page: Page) => {
    const address = page.html.querySelector("[data-status]")?.getAttribute("data-status") ?? "";
    return (await visitor.open(address)).html.toString();
  };

  test("is told that the number is open, and when it is not any more", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { page, visitor } = await asked(world, PAYMENT);
    expect(await stateAt(visitor, page)).toBe('{"state":"waiting"}');
    world.pass(301_000);
    expect(await stateAt(visitor, page)).toBe('{"state":"over"}');
  });

  test("is told of an answer that came another way, and says so where none has come", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { page, visitor } = await asked(world, PAYMENT);
    expect((await visitor.submit(page, "answered")).text).toContain("The phone has not answered yet");
    // As an answer over the device API leaves it.
    await world.database.rows("UPDATE challenge SET status = 'answered' WHERE purpose = 'operation'");
    expect(await stateAt(visitor, page)).toBe('{"state":"moved"}');
  });
});

/** The parser leaves what is within `pre` as it stands. */
function codeIn(text: string): string {
  const words = text.replace(/<[^>]+>/g, "");
  return parse(words).text;
}

describe("who mistyped", () => {
  test("says who they are once more, and the first number is worth nothing then", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const visitor = createVisitor(world.issuer);
    const { page, finish } = await order(world, visitor, PAYMENT, {}, SITE);
    const number = await visitor.submit(page, "next", { identifier: "alcie@example.com" });
    const other = number.html.querySelectorAll("a").find(({ text }) => text.startsWith("Wrong e-mail?"));
    const again = await visitor.open(other?.getAttribute("href") ?? "");
    expect(again.html.querySelector(".amount b")?.text).toBe("10.50");
    const own = await visitor.submit(again, "next", { identifier: ALICE });
    expect(own.challenge).not.toBe(number.challenge);
    const back = await visitor.submit(own, "next", { response: world.answer(ALICE, own.challenge, TYPED) });
    expect((await finish(back)).authorization_details).toHaveLength(1);
  });
});

describe("who is signed in", () => {
  test("is named on the page and on the last one as well, and to nobody else", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { page, visitor } = await asked(world, PAYMENT);
    const farewell = await visitor.submit(page, "decline", { reason: "changed_mind" });
    for (const one of [page, farewell]) expect(one.html.querySelector(".who")?.text).toBe(`Signed in as ${ALICE}`);
    const stranger = createVisitor(world.issuer);
    const who = await stranger.submit((await order(world, stranger, PAYMENT, {}, SITE)).page, "next", {
      identifier: ALICE,
    });
    expect(who.html.querySelector(".who")).toBeNull();
  });
});

describe("what cannot be confirmed", () => {
  test("because another request has done it is said on a page, which leads back to the site", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { visitor } = await signIn(world, { client: SITE });
    const stranger = createVisitor(world.issuer);
    const second = await stranger.submit((await order(world, stranger, PAYMENT, {}, SITE)).page, "next", {
      identifier: ALICE,
    });
    const { page } = await order(world, visitor, PAYMENT, {}, SITE);
    await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    const refused = await stranger.submit(second, "next", { response: world.answer(ALICE, second.challenge, TYPED) });
    expect([refused.status, refused.title]).toEqual([409, "This was confirmed before · E-num ID"]);
    const back = await leave(stranger, refused);
    expect(errorOf(back)).toBe("invalid_authorization_details");
    expect(new URL(back.url).searchParams.get("error_description")).toMatch(/^already confirmed: /);
  });
});

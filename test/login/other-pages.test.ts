/** Whoever types a name on a page beside the sign-in's does not see by what it costs whose it is. */
import { expect, inject, test } from "vitest";
import { atAccount } from "../account/support.ts";
import { asked } from "../contact/support.ts";
import { opened } from "../recovery/deciding.ts";
import { begun } from "../recovery/support.ts";
import { CAROL, PHONES } from "../support/by-sms.ts";
import { freshDatabase } from "../support/databases.ts";
import { listening, shape } from "../support/listening.ts";
import { codeTo, start } from "../support/newcomer.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

const NOBODY = "nobody@example.com";
const FREE = "+15555550188";
const ALICE_PHONE = "+15555550101";

async function stage() {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database, sent } = listening(fresh.database);
  const world = await createWorld({ database: { ...fresh, database } });
  /** Statements and pages of what is done, without the limits of what was done before. */
  const course = async (steps: () => Promise<Page[]>, ...typed: string[]) => {
    await world.database.rows("DELETE FROM throttle");
    sent.length = 0;
    const pages = await steps();
    const shapes = pages.map((page) =>
      typed
        .reduce((text, one) => text.replaceAll(one, "typed"), shape(page))
        .replace(/( class="figures"[^>]*>)[^<]*/g, "$1drawn"),
    );
    return { statements: [...sent], shapes };
  };
  return { world, course, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

test("a registration costs the same statements, statuses and bytes with whatever e-mail and number", async () => {
  await using on = await stage();
  const registration = (email: string, phone: string) =>
    on.course(async () => {
      const visitor = createVisitor(on.world.issuer);
      const first = await start(visitor, { email, phone });
      return [first, await visitor.submit(first, "resend"), await visitor.submit(first, "next", { code: "AAAAAAAA" })];
    }, email);
  const free = await registration(NOBODY, FREE);
  for (const [email, phone] of [
    [ALICE, FREE],
    [NOBODY, ALICE_PHONE],
    [ALICE, ALICE_PHONE],
    [CAROL, FREE],
    [CAROL, PHONES[CAROL] ?? ""],
  ] as const) {
    expect(await registration(email, phone)).toEqual(free);
  }
});

test("nor does the number, once a stranger has proven a mailbox", async () => {
  await using on = await stage();
  const proven = async (email: string, phone: string) => {
    const visitor = createVisitor(on.world.issuer);
    const first = await start(visitor, { email, phone });
    const code = await codeTo(on.world, email);
    return on.course(async () => {
      const number = await visitor.submit(first, "next", { code });
      return [number, await visitor.submit(number, "resend"), await visitor.submit(number, "next", { code: "000000" })];
    });
  };
  const free = await proven("one@example.com", FREE);
  expect(await proven("two@example.com", ALICE_PHONE)).toEqual(free);
  expect(await proven("six@example.com", PHONES[CAROL] ?? "")).toEqual(free);
});

/** Somebody's names, and for each kind those of others and of nobody. */
const NAMES = [
  { of: ALICE, others: [NOBODY, CAROL, "bob@example.com"] },
  { of: ALICE_PHONE, others: [FREE, PHONES[CAROL] ?? ""] },
  { of: "301234567890", others: ["309999999999"] },
];

test.each(NAMES)("a way back costs the same by $of and by whatever other name", async ({ of, others }) => {
  await using on = await stage();
  const back = (name: string) =>
    on.course(async () => {
      const visitor = createVisitor(on.world.issuer);
      const first = await begun(visitor, name);
      return [first, await visitor.submit(first, "resend"), await visitor.submit(first, "next", { code: "AAAAAAAA" })];
    });
  const own = await back(of);
  expect(own.shapes.map((one) => one.slice(0, 3))).toEqual(["200", "200", "422"]);
  for (const name of others) expect(await back(name), name).toEqual(own);
});

test.each(NAMES)("and so does a case for the operator", async ({ of, others }) => {
  await using on = await stage();
  const opening = (name: string) => on.course(async () => [await opened(createVisitor(on.world.issuer), name)]);
  const own = await opening(of);
  for (const name of others) expect(await opening(name), name).toEqual(own);
});

test("whether a new e-mail or number is another account's costs nothing more", async () => {
  await using on = await stage();
  const { visitor } = await atAccount(on.world);
  const change = (kind: "email" | "phone", value: string) =>
    on.course(async () => [await asked(visitor, kind, value)], value);
  for (const [kind, taken, free] of [
    ["email", CAROL, NOBODY],
    ["phone", PHONES[CAROL] ?? "", FREE],
  ] as const)
    expect((await change(kind, taken)).statements).toEqual((await change(kind, free)).statements);
});

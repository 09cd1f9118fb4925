import { expect, inject, test } from "vitest";
import { freshDatabase } from "../support/databases.ts";
import { listening, shape } from "../support/listening.ts";
import { createVisitor } from "../support/visitor.ts";
import { asked, CAROL, CAROL_PHONE, type Kind, NEW, stage } from "./support.ts";

test.each([
  ["email", CAROL],
  ["phone", CAROL_PHONE],
] as const)(
  "whether an %s is another account's cannot be told: the same pages, statements and bytes, and its owner is told",
  async (kind, taken) => {
    const courses = [];
    for (const value of [NEW[kind], taken]) {
      const fresh = await freshDatabase(inject("engine"), { holds: "people" });
      const { database, sent } = listening(fresh.database);
      await using on = await stage({ database: { ...fresh, database } });
      sent.length = 0;
      courses.push({ pages: await course(on.visitor, kind, value), statements: [...sent] });
      const messages = await on.world.messages();
      // The code and another of it, or both times what its owner is told.
      expect(messages.map(({ to }) => to)).toEqual([value, value]);
      const about = `${messages[0]?.subject} ${messages[0]?.text}`;
      if (value === taken) expect(about).toMatch(/already|has one already/);
      expect(/\b[0-9A-Z]{8}\b|\b[0-9]{6}\b/.test(about.replaceAll(on.world.issuer, ""))).toBe(value !== taken);
    }
    expect(courses[1]?.pages).toEqual(courses[0]?.pages);
    expect(courses[1]?.statements).toEqual(courses[0]?.statements);
  },
);

/** From the new contact to the last wrong code. */
async function course(visitor: Parameters<typeof asked>[0], kind: Kind, value: string): Promise<string[]> {
  const first = await asked(visitor, kind, value);
  const pages = [first, await visitor.submit(first, "resend")];
  for (const code of ["AAAAAAAA", "AAAAAAAB", "AAAAAAAC", "AAAAAAAD"])
    pages.push(await visitor.submit(first, "next", { code }));
  return pages.map((page) => shape(page).replaceAll(value, "their own"));
}

test("of nobody signed in nothing is asked", async () => {
  await using on = await stage();
  const visitor = createVisitor(on.world.issuer);
  for (const path of ["", "/email", "/email/code", "/phone/confirm"])
    expect((await visitor.open(`/account/contact${path}`)).title).toContain("Sign in");
  expect((await visitor.post("/account/contact/email", `action=next&email=${NEW.email}`)).title).toContain("Sign in");
  expect(await on.world.messages()).toEqual([]);
});

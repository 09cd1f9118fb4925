import { expect, test } from "vitest";
import { pathOf, sectionGroups } from "../../src/account/sections.ts";
import { signIn } from "../support/sign-in.ts";
import type { Page } from "../support/visitor.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, LIBRARY } from "../support/world.ts";
import { atAccount } from "./support.ts";

const linksOut = (page: Page) => page.html.querySelectorAll('header a[href="/sign-out"]').length;

test("every page of the account leads out, and the first press on it only asks", async () => {
  await using world = await createWorld();
  const { visitor } = await atAccount(world);
  await signIn(world, { visitor, client: LIBRARY });
  for (const path of [
    "/account",
    ...sectionGroups().flatMap(({ sections }) => sections.map(({ href }) => href)),
    "/account/sites/library?from=here",
    "/account/contact/email",
  ]) {
    const page = await visitor.open(path);
    expect([path, page.status, linksOut(page)]).toEqual([path, 200, 1]);
  }
  const asked = await visitor.open("/sign-out");
  expect([asked.title, linksOut(asked)]).toEqual([expect.stringContaining("Sign out of E-num?"), 0]);
  expect((await visitor.open("/account")).title).toContain("Your E-num account");
  await visitor.submit(asked, "yes");
  expect((await visitor.open(pathOf("sites"))).title).toContain("Sign in to E-num account");
});

test("who is not signed in, or is at a site's request, is shown no such link", async () => {
  await using world = await createWorld();
  const page = await createVisitor(world.issuer).open(pathOf("sites"));
  expect([page.title, linksOut(page)]).toEqual([expect.stringContaining("Sign in to"), 0]);
});

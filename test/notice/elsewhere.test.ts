import { describe, expect, test } from "vitest";
import { messagesFor } from "../../src/locale/locale.ts";
import { atAccount } from "../account/support.ts";
import * as contact from "../contact/support.ts";
import { begun } from "../recovery/support.ts";
import { codeTo, type Newcomer, start } from "../support/newcomer.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

const DORA: Newcomer = { email: "dora@example.com", phone: "+15555550199" };
const LOST = messagesFor("en").pages["session-lost"].heading;
const pathOf = ({ url }: Page) => new URL(url).pathname;
const lookUp = (text: string, path: string) => text.match(new RegExp(`https?://\\S+${path}`))?.[0] ?? "no link";

describe("a link to a page of the account, in a mail", () => {
  test("leads to that page where somebody is signed in, and after a sign-in where nobody is", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    const [mail] = await world.newBrowsers();
    const link = lookUp(mail?.text ?? "", "/account/sessions");
    expect((await visitor.open(link)).url).toBe(link);
    const stranger = createVisitor(world.issuer);
    const number = await stranger.submit(await stranger.open(link), "next", { identifier: ALICE });
    expect((await stranger.submit(number, "next", { response: world.answer(ALICE, number.challenge) })).url).toBe(link);
  });

  test("leads to the first page where it names none of ours", async () => {
    await using world = await createWorld();
    for (const path of ["/account/sessions?next=https://evil.example", "/account/sites/%2F%2Fevil.example"]) {
      const visitor = createVisitor(world.issuer);
      const number = await visitor.submit(await visitor.open(path), "next", { identifier: ALICE });
      const page = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
      expect(["/account", "/account/sessions"]).toContain(pathOf(page));
      expect(page.status).toBe(200);
    }
  });
});

test("the link that stops a change works without a sign-in, and in the browser that asked for it", async () => {
  await using on = await contact.stage();
  const visitor = await contact.carol(on.world);
  await contact.waiting(on.world, visitor, "email");
  const link = await contact.linkTo(on.world, contact.CAROL);
  expect((await visitor.open(link)).status).toBe(200);
  const stranger = createVisitor(on.world.issuer);
  const stopped = await stranger.submit(await stranger.open(link), "stop");
  const { heading } = messagesFor("en").stop.stopped;
  expect(stopped.title).toContain(heading);
  expect((await visitor.open(link)).title).toContain(heading);
});

describe("a code belongs to the browser that asked for it, and is not used up by another", () => {
  test("at a registration", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const own = await start(visitor, DORA);
    const code = await codeTo(world, DORA.email);
    const stranger = createVisitor(world.issuer);
    const refused = await stranger.post(pathOf(own), `action=next&code=${code}`);
    expect([refused.status, refused.title.split(" · ")[0]]).toEqual([400, LOST]);
    // The page was closed meanwhile.
    const again = await visitor.open(pathOf(own));
    expect(pathOf(await visitor.submit(again, "next", { code }))).toBe("/register/phone-code");
  });

  test("at a recovery", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const own = await begun(visitor, ALICE);
    const code = await codeTo(world, ALICE);
    const stranger = createVisitor(world.issuer);
    expect(pathOf(await stranger.post(pathOf(own), `action=next&code=${code}`))).toBe("/recovery/start");
    const again = await visitor.open(pathOf(own));
    expect(pathOf(await visitor.submit(again, "next", { code }))).toBe("/recovery/code");
  });

  test("at a change of e-mail, though the other is signed in to the same account", async () => {
    await using on = await contact.stage();
    const own = await contact.asked(on.visitor, "email");
    const code = await codeTo(on.world, contact.NEW.email);
    const { visitor: other } = await atAccount(on.world);
    const refused = await other.post(pathOf(own), `action=next&code=${code}`);
    expect(pathOf(refused)).toBe("/account/contact/email");
    expect(pathOf(await on.visitor.submit(own, "next", { code }))).toBe("/account/contact/email/confirm");
  });
});

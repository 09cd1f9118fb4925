import { expect, test } from "vitest";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { atAccount, eventsOf, toldOf } from "./support.ts";

const PAGE = "/account/language";
const langOf = (page: Page) => page.html.querySelector("html")?.getAttribute("lang");
const chosenOn = (page: Page) => page.html.querySelector("input[checked]")?.getAttribute("value");

test("the language of an account is that of its messages from the next one, and of pages from the next request, in all its browsers", async () => {
  await using world = await createWorld();
  const { visitor } = await atAccount(world);
  const elsewhere = createVisitor(world.issuer, { "accept-language": "en" });
  await atAccount(world, { visitor: elsewhere });
  const asked = await visitor.open(PAGE);
  expect([langOf(asked), chosenOn(asked)]).toEqual(["en", "en"]);
  const saved = await visitor.submit(asked, "save", { language: "ru" });
  expect(langOf(saved)).toBe("ru");
  expect(toldOf(saved)).toBe("Язык сохранён");
  expect(chosenOn(saved)).toBe("ru");
  expect(langOf(await visitor.open("/"))).toBe("ru");
  expect(langOf(await elsewhere.open("/account"))).toBe("ru");
  expect(await eventsOf(world, "account.language-chosen")).toEqual([{ clientId: null, language: "ru" }]);
  // Once more the same: it is no event.
  await visitor.submit(await visitor.open(PAGE), "save", { language: "ru" });
  expect(await eventsOf(world, "account.language-chosen")).toHaveLength(1);
  expect((await visitor.open("/account/history")).text).toContain("Русский");
  await signIn(world);
  const [notice] = await world.newBrowsers();
  expect(notice).toMatchObject({ to: ALICE, subject: "Вход в ваш счёт E-num из нового браузера" });
});

test("what was chosen on a page of another browser stays there", async () => {
  await using world = await createWorld();
  const { visitor } = await atAccount(world);
  await visitor.submit(await visitor.open(PAGE), "save", { language: "ru" });
  const english = createVisitor(world.issuer);
  await english.open("/?lang=en");
  await atAccount(world, { visitor: english });
  expect(langOf(await english.open("/account"))).toBe("en");
});

test("who has chosen none has the browser's", async () => {
  await using world = await createWorld();
  const { visitor } = await atAccount(world, {
    visitor: createVisitor(world.issuer, { "accept-language": "ru" }),
  });
  expect(langOf(await visitor.open("/account"))).toBe("ru");
});

test.each(["action=save&language=qps", "action=save", "language=ru", "action=save&language=ru-RU"])(
  "%s is no choice",
  async (body) => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    expect((await visitor.post(PAGE, body, { origin: world.issuer })).status).toBe(400);
    expect(await eventsOf(world, "account.language-chosen")).toEqual([]);
  },
);

test("a stranger has nothing to choose", async () => {
  await using world = await createWorld();
  expect((await createVisitor(world.issuer).open(PAGE)).title).toContain("Sign in");
});

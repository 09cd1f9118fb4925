import { describe, expect, test } from "vitest";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld, SHOP } from "../support/world.ts";

const BOB = "bob@example.com";
const CALLBACK = SHOP.redirect_uris?.[0] ?? "";

function fieldsOf(page: Page): Record<string, string | undefined> {
  const inputs = page.html.querySelectorAll("form[data-go] input");
  return Object.fromEntries(inputs.map((input) => [input.getAttribute("name"), input.getAttribute("value")]));
}

describe("OAuth 2.0 Form Post Response Mode 1.0", () => {
  test("the site gets code, state and iss by a form of our page, in the language of the visit and with a button", async () => {
    await using world = await createWorld();
    const { visitor, party } = await signIn(world);
    const state = `a"b<c>&'d`;
    const attempt = await party.begin({ response_mode: "form_post", ui_locales: "ru", state });
    const page = await visitor.open(attempt.address);
    expect([page.status, page.title]).toEqual([200, expect.stringContaining("Обратно на сайт «Book shop»")]);
    expect(page.html.querySelector("form[data-go]")?.getAttribute("action")).toBe(CALLBACK);
    expect(fieldsOf(page)).toEqual({ code: expect.stringMatching(/^[\w-]{43}$/), state, iss: world.issuer });
    expect(page.html.querySelector("form[data-go] button")?.text).toBe("Продолжить");
    // Another language would be another request, and this code be lost.
    expect(page.html.querySelector("footer a")).toBeNull();
    expect(page.headers["content-security-policy"]).not.toContain("sha256-RdUN");
  });

  test.each([
    ["en", "query", "You sign in with another account", "That sign-in ends here"],
    ["ru", "form_post", "Вы входите в другой счёт", "Тот вход здесь завершится"],
  ])(
    "in %s, by %s: who signs in with another account is told that the last one's sign-in ends",
    async (language, mode, heading, body) => {
      await using world = await createWorld();
      await world.database.rows("UPDATE device SET status = 'active'");
      const { visitor, party } = await signIn(world);
      const { address } = await party.begin({ prompt: "login", response_mode: mode, ui_locales: language });
      const number = await visitor.submit(await visitor.open(address), "next", { identifier: BOB });
      const page = await visitor.submit(number, "next", { response: world.answer(BOB, number.challenge) });
      expect([page.title, page.text]).toEqual([expect.stringContaining(heading), expect.stringContaining(body)]);
      expect(page.html.querySelector("html")?.getAttribute("lang")).toBe(language);
      expect(page.text).toContain("Book shop");
      expect(page.text).not.toContain(ALICE);
      const { xsrf = "", logout = "" } = fieldsOf(page);
      const back = await visitor.post("/sign-out/confirm", new URLSearchParams({ xsrf, logout }).toString());
      if (mode === "query") expect(new URL(back.url).searchParams.get("code")).not.toBeNull();
      else
        expect([back.title, fieldsOf(back)["code"]]).toEqual([expect.stringContaining("Обратно"), expect.any(String)]);
    },
  );

  test("so it is after a sign-in, and with an error", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const party = await createRelyingParty(world.issuer, SHOP);
    const refused = await visitor.open((await party.begin({ response_mode: "form_post", prompt: "none" })).address);
    expect([refused.status, fieldsOf(refused)["error"]]).toEqual([400, "login_required"]);
    const { address } = await party.begin({ response_mode: "form_post" });
    const number = await visitor.submit(await visitor.open(address), "next", { identifier: ALICE });
    const page = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    expect(page.title).toContain("Back to Book shop");
    expect(fieldsOf(page)["code"]).toBeDefined();
  });
});

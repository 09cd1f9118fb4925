import { describe, expect, test } from "vitest";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld, SHOP } from "../support/world.ts";

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

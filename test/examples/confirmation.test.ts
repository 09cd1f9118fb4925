/** What every site of the demo promises that has something confirmed. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  BOB,
  CONFIRMING_SITES,
  comeToOperation,
  confirm,
  createPerson,
  decline,
  numberOn,
  scan,
} from "../support/confirming-sites.ts";
import { createJourney } from "../support/journey.ts";
import { cutOff, type Details, type Forgery, forgedDetails, forgedReceipts, tamper } from "../support/site-browser.ts";

afterEach(() => vi.restoreAllMocks());

test("what a site must check is under 120 lines, so that a site's developer reads it at one go", () => {
  const source = readFileSync(new URL("../../examples/site/proof.ts", import.meta.url), "utf8");
  expect(source.trimEnd().split("\n").length).toBeLessThan(120);
});

describe.each(CONFIRMING_SITES)("at $name", ({ site, begin, again, done, declined, failed, nothing }) => {
  /** alice has confirmed at the provider, and her browser is about to come back. */
  async function confirmed() {
    const journey = await createJourney();
    const alice = createPerson(journey, site(journey));
    const back = await confirm(journey.world, alice, await begin(journey, alice));
    return { journey, alice, back, [Symbol.asyncDispose]: () => journey[Symbol.asyncDispose]() };
  }

  test("what was confirmed is done once, and its token and receipt are shown, however often the page is opened", async () => {
    await using it = await confirmed();
    const { alice, back } = it;
    const [first, second] = await Promise.all([alice.at.get(back.href), alice.at.get(back.href)]);
    expect(first.status).toBe(200);
    expect(first.text).toContain(done);
    const [{ id } = { id: "" }] = await it.journey.world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    expect(first.text).toContain(`<dt>Confirmation number</dt><dd>${id}</dd>`);
    expect(first.text).toContain("What the token said, word for word");
    expect(first.text).toContain(`&#34;txn&#34;: &#34;${id}&#34;`);
    expect(second).toEqual(first);
    expect(await alice.at.get(back.href)).toEqual(first);
  });

  test.each([
    ["not_me", "You said that it was not you."],
    ["wrong_details", "You said that the details are wrong."],
    ["changed_mind", "You changed your mind."],
  ])("a no because of %s is said with its reason, does nothing, and can be taken back", async (reason, words) => {
    await using journey = await createJourney();
    const alice = createPerson(journey, site(journey));
    const back = await decline(journey.world, alice, await begin(journey, alice), reason);
    const answer = await alice.at.get(back.href);
    expect(answer.status).toBe(403);
    for (const said of [declined, words, nothing]) expect(answer.text).toContain(said);

    const begun = await alice.at.post(again, { number: numberOn(answer) });
    expect((await alice.at.get((await confirm(journey.world, alice, begun)).href)).text).toContain(done);
  });

  test("another browser sees nothing of it", async () => {
    await using it = await confirmed();
    const stranger = createPerson(it.journey, site(it.journey), BOB);
    const answer = await stranger.at.get(it.back.href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("not begun in this browser");
    expect((await it.alice.at.get(it.back.href)).text).toContain(done);
  });

  test("a browser that has lost its cookies is told so, and nothing is done", async () => {
    await using it = await confirmed();
    it.alice.at.forget();
    const answer = await it.alice.at.get(it.back.href);
    expect([answer.status, answer.text.includes(done)]).toEqual([400, false]);
    expect(answer.text).toContain("not begun in this browser");
  });

  test("a code that is too old loses nothing: asked again, the site has the receipt by the operation's number", async () => {
    await using it = await confirmed();
    it.journey.world.pass(61_000);
    const late = await it.alice.at.get(it.back.href);
    expect(late.status).toBe(400);
    for (const said of [failed, "invalid_grant", "If you have confirmed it on your phone already"])
      expect(late.text).toContain(said);
    const answer = await it.alice.at.post(again, { number: numberOn(late) });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("so there is no token");
    expect(await it.journey.world.database.rows("SELECT id FROM confirmation")).toHaveLength(1);
  });

  test("what is open in two tabs is confirmed once, and the second says so too", async () => {
    await using journey = await createJourney();
    const { world } = journey;
    const alice = createPerson(journey, site(journey));
    const one = await comeToOperation(world, alice, await begin(journey, alice));
    const [number = ""] = /(?:order|request|limit)-[0-9a-f]{10}/.exec(one.text) ?? [];
    const other = await comeToOperation(world, alice, await alice.at.post(again, { number }));
    const backs = [await scan(world, alice, one), await scan(world, alice, other)];
    expect(backs[1]?.searchParams.get("error_description")).toMatch(/^already confirmed: /);
    // The one that was too late is back first.
    for (const back of backs.reverse()) {
      const answer = await alice.at.get(back.href);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain("Your receipt");
    }
    expect(await world.database.rows("SELECT id FROM confirmation")).toHaveLength(1);
  });

  test("a receipt that comes in the token's place is verified as well", async () => {
    await using it = await confirmed();
    it.journey.world.pass(61_000);
    const late = await it.alice.at.get(it.back.href);
    await forgedReceipts(it.journey.world, { authorization_details: [{ type: "payment", operation_id: "another" }] });
    const answer = await it.alice.at.post(again, { number: numberOn(late) });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("The receipt is for something else than what was asked for.");
  });

  test("a provider that cannot be reached is said in words", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, site(journey));
    const first = await begin(journey, alice);
    const answer = await alice.at.get((await decline(journey.world, alice, first, "changed_mind")).href);
    cutOff(journey.world);
    const unreached = await alice.at.post(again, { number: numberOn(answer) });
    expect(unreached.status).toBe(400);
    expect(unreached.text).toContain("E-num cannot be reached at the moment.");
  });

  describe("a token response", () => {
    test.each<[string, (details: Details) => Details[]]>([
      ["of another type", (details) => [{ ...details, type: "keys" }]],
      ["with another purse", (details) => [{ ...details, purse: "Z999999999999", payee: { purse: "Z999999999999" } }]],
      ["of another operation", (details) => [{ ...details, operation_id: "another" }]],
      ["with a member more", (details) => [{ ...details, fee: "1" }]],
      ["with an element more", (details) => [details, details]],
      ["without its confirmation", ({ confirmation: _, ...details }) => [details]],
      ["without any details", () => []],
    ])("%s is refused", async (_, change) => {
      await using it = await confirmed();
      forgedDetails(change);
      const answer = await it.alice.at.get(it.back.href);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain(failed);
      expect(answer.text).toContain("Something else was confirmed than what was asked for.");
    });
  });

  describe("a receipt", () => {
    /** What the site says to a receipt that is changed and signed again, by default as the provider signs. */
    async function says(claims: object, forgery: Forgery = {}): Promise<string> {
      await using it = await confirmed();
      await forgedReceipts(it.journey.world, claims, forgery);
      return (await it.alice.at.get(it.back.href)).text;
    }

    test("that was signed again as the provider signs is taken, so that the others fail for their own reason", async () => {
      expect(await says({})).toContain(done);
    });

    test.each<[string, object, Forgery, string]>([
      ["of another issuer", { iss: "https://id.example.org" }, {}, "iss"],
      ["for another site", { aud: "library" }, {}, "aud"],
      ["of another confirmation", { txn: "another" }, {}, "not of one confirmation"],
      ["of a weaker assurance", { acr: "urn:e-num:acr:sms" }, {}, "something else"],
      ["of another operation", { authorization_details: [{ type: "payment" }] }, {}, "something else"],
      ["that is another kind of document", {}, { typ: "enum-statement+jwt" }, "typ"],
      ["that somebody else signed", {}, { key: "stranger" }, "signature"],
      ["that a token's key signed", {}, { key: "token" }, "no applicable key"],
    ])("%s is refused", async (_, change, forgery, why) => {
      const said = await says(change, forgery);
      expect(said).toContain(failed);
      expect(said).toContain(why);
      expect(said).not.toContain(done);
    });

    test("that does not come is refused", async () => {
      await using it = await confirmed();
      tamper(/\/receipt$/, () => "");
      expect((await it.alice.at.get(it.back.href)).text).toContain(failed);
    });
  });
});

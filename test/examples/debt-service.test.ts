import { afterEach, describe, expect, test, vi } from "vitest";
import { BOB, confirm, createPerson, LIMIT, numberOn, signInAt, unlockBob } from "../support/confirming-sites.ts";
import { createJourney } from "../support/journey.ts";
import { forgedReceipts, tamper } from "../support/site-browser.ts";

afterEach(() => vi.restoreAllMocks());

describe("a trust limit", () => {
  test("is set by who is signed in, with all its caps, and has its receipt in the list", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.debts);
    await signInAt(journey.world, alice);
    const begun = await alice.at.post("new", LIMIT);
    const waiting = await alice.at.get("/");
    expect(waiting.text).toContain("Not confirmed yet.");
    const answer = await alice.at.get((await confirm(journey.world, alice, begun)).href);
    for (const words of ["3023 4567 8901", "500 WMZ", "50 WMZ", "150 WMZ", "300 WMZ", "30 days"])
      expect(answer.text).toContain(`<dd>${words}</dd>`);
    expect((await alice.at.get("/")).text).toContain("In force since");
    expect((await alice.at.get(`limit?number=${numberOn(waiting)}`)).text).toBe(answer.text);
  });

  test("needs neither caps nor a term", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.debts);
    await signInAt(journey.world, alice);
    const begun = await alice.at.post("new", { trusted_wmid: "302345678901", purse: "E123456789012", limit: "5" });
    const answer = await alice.at.get((await confirm(journey.world, alice, begun)).href);
    for (const words of ["5 WME", "without an end"]) expect(answer.text).toContain(`<dd>${words}</dd>`);
    expect(answer.text).not.toContain("At most a day");
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    [
      "everything left out",
      { trusted_wmid: "", purse: "", limit: "" },
      {
        trusted_wmid: "Enter the 12 digits of the WMID.",
        purse: "Enter a letter and 12 digits, such as Z123456789012.",
        limit: "Enter a number, such as 10.50.",
      },
    ],
    ["the person's own WMID", { trusted_wmid: "3012 3456 7890" }, { trusted_wmid: "This is your own WMID" }],
    ["a purse of no money", { purse: "Q123456789012" }, { purse: "Enter a purse that begins with Z, E" }],
    ["more in a day than in a week", { per_day: "151" }, { per_day: "It is more than what is allowed in a week" }],
    [
      "more in a week than in a month",
      { per_week: "300.01" },
      { per_week: "It is more than what is allowed in a month" },
    ],
    ["more in a month than in all", { per_month: "501" }, { per_month: "It is more than the limit in all" }],
    [
      "more in a day than in all",
      { per_day: "501", per_week: "", per_month: "" },
      { per_day: "It is more than the limit in all" },
    ],
    ["a term that is none", { term_days: "a while" }, { term_days: "Enter a whole number of days" }],
    ["a cap that is none", { per_week: "some" }, { per_week: "Enter a number, such as 10.50." }],
  ])("with %s is shown again with the reason beside the field, and nothing is lost", async (_, change, errors) => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.debts);
    await signInAt(journey.world, alice);
    const typed: Record<string, string> = { ...LIMIT, ...change };
    const answer = await alice.at.post("new", typed);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("<title>Error: Set a trust limit");
    for (const [name, error] of Object.entries(errors))
      expect(answer.text).toContain(`<p class="error" id="${name}-error">${error}`);
    expect(answer.text.match(/class="error"/g)).toHaveLength(Object.keys(errors).length);
    for (const [name, text] of Object.entries(typed)) expect(answer.text).toContain(`name="${name}" value="${text}"`);
    expect((await alice.at.get("/")).text).toContain("There are none yet.");
  });

  test("that the provider does not take is shown again with the member's name", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.debts);
    await signInAt(journey.world, alice);
    // What the site sends is changed on its way.
    const honest = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
      const body =
        init?.body instanceof URLSearchParams ? String(init.body).replace("30%7D%5D", "0%7D%5D") : init?.body;
      return honest(input, { ...init, ...(body != null && { body }) });
    });
    const answer = await alice.at.post("new", LIMIT);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('id="term_days-error">E-num does not take it: term_days: must be from 1 to 3650');
    vi.restoreAllMocks();
    expect((await alice.at.get("/")).text).toContain("There are none yet.");
  });

  test("of somebody else's is not there: neither to see nor to confirm", async () => {
    await using journey = await createJourney();
    await unlockBob(journey.world);
    const alice = createPerson(journey, journey.debts);
    await signInAt(journey.world, alice);
    await alice.at.post("new", LIMIT);
    const number = numberOn(await alice.at.get("/"));
    const bob = createPerson(journey, journey.debts, BOB);
    await signInAt(journey.world, bob);
    expect((await bob.at.get("/")).text).toContain("There are none yet.");
    for (const answer of [await bob.at.get(`limit?number=${number}`), await bob.at.post("again", { number })])
      expect([answer.status, answer.text.includes("You have no such trust limit here.")]).toEqual([400, true]);
  });

  test("wants somebody who is signed in: others are led to where they can", async () => {
    await using journey = await createJourney();
    const { at } = createPerson(journey, journey.debts);
    for (const answer of [
      await at.get("new"),
      await at.post("new", LIMIT),
      await at.post("again"),
      await at.get("limit"),
    ])
      expect(answer).toMatchObject({ status: 303, location: "/" });
  });
});

describe("another account than the one that is signed in", () => {
  test("confirms nothing: the provider is told whose limit it is", async () => {
    await using journey = await createJourney();
    await unlockBob(journey.world);
    const alice = createPerson(journey, journey.debts);
    await signInAt(journey.world, alice);
    const bob = { ...createPerson(journey, journey.debts, BOB), at: alice.at };
    const answer = await alice.at.get((await confirm(journey.world, bob, await alice.at.post("new", LIMIT))).href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Another E-num account answered than the one that is signed in here.");
    expect(await journey.world.database.rows("SELECT id FROM confirmation")).toEqual([]);
  });

  test("is refused by the site itself, should the provider not look", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.debts);
    await signInAt(journey.world, alice);
    const back = await confirm(journey.world, alice, await alice.at.post("new", LIMIT));
    await forgedReceipts(journey.world, { sub: "another" });
    const answer = await alice.at.get(back.href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Another E-num account has confirmed it than the one that is signed in here.");
  });
});

test("a token response without the ID token that was asked for is refused", async () => {
  await using journey = await createJourney();
  const alice = createPerson(journey, journey.debts);
  await signInAt(journey.world, alice);
  const back = await confirm(journey.world, alice, await alice.at.post("new", LIMIT));
  tamper(/\/token$/, (body) => JSON.stringify({ ...JSON.parse(body), id_token: undefined }));
  expect((await alice.at.get(back.href)).text).toContain("The limit was not confirmed");
});

test("a site that has forgotten everything says so to who comes back, and has no limit in force", async () => {
  await using journey = await createJourney();
  const alice = createPerson(journey, journey.debts);
  await signInAt(journey.world, alice);
  const back = await confirm(journey.world, alice, await alice.at.post("new", LIMIT));
  await journey.debts.restart();
  const answer = await alice.at.get(back.href);
  expect([answer.status, answer.text.includes("or is over already")]).toEqual([400, true]);
  await signInAt(journey.world, alice);
  expect((await alice.at.get("/")).text).toContain("There are none yet.");
});

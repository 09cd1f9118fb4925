import { importJWK, jwtVerify, SignJWT } from "jose";
import { afterEach, describe, expect, test, vi } from "vitest";
import { loadKeys } from "../../src/keys/keys.ts";
import {
  BOB,
  CREDIT,
  comeToOperation,
  confirm,
  createPerson,
  decline,
  numberOn,
  type Person,
  unlockBob,
} from "../support/confirming-sites.ts";
import { createJourney, type Journey } from "../support/journey.ts";
import { ALICE } from "../support/sign-in.ts";
import { tamper } from "../support/site-browser.ts";

const ALICE_WMID = "3012 3456 7890";
const PURSE = "Z123456789012";

afterEach(() => vi.restoreAllMocks());

/** alice's request, confirmed and on the list: its number. */
async function listed({ world }: Journey, alice: Person): Promise<string> {
  const answer = await alice.at.get((await confirm(world, alice, await alice.at.post("ask", CREDIT))).href);
  expect(answer.text).toContain("Your request is on the list");
  return /request-[0-9a-f]{10}/.exec(answer.text)?.[0] ?? "";
}

describe("a request for credit", () => {
  test("is on everybody's list with its terms and the WMID of whoever confirmed it, who is signed in then", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.exchange);
    await listed(journey, alice);
    const own = (await alice.at.get("/")).text;
    for (const words of ["You are signed in.", "alice@example.com", "This is your request."])
      expect(own).toContain(words);
    const others = (await createPerson(journey, journey.exchange).at.get("/")).text;
    for (const words of ["1500.50 WMC", `WMID ${ALICE_WMID}`, "0.25 % a day", "every day", "A printing press"])
      expect(others).toContain(words);
    expect(others).not.toContain("You are signed in.");
  });

  test("is not on the list before it is confirmed; only its own browser sees it, and can go on", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.exchange);
    await alice.at.post("ask", CREDIT);
    expect((await createPerson(journey, journey.exchange).at.get("/")).text).not.toContain("1500.50 WMC");
    const home = await alice.at.get("/");
    expect(home.text).toContain("Not confirmed yet");
    const stranger = await createPerson(journey, journey.exchange).at.post("again", { number: numberOn(home) });
    expect([stranger.status, stranger.text.includes("not begun in this browser")]).toEqual([400, true]);
    const begun = await alice.at.post("again", { number: numberOn(home) });
    expect((await alice.at.get((await confirm(journey.world, alice, begun)).href)).text).toContain("is on the list");
    expect((await alice.at.get("/")).text).not.toContain("Not confirmed yet");
  });

  test("whose answer was lost is listed as soon as a sign-in tells the WMID", async () => {
    await using journey = await createJourney();
    const { world } = journey;
    const alice = createPerson(journey, journey.exchange);
    await confirm(world, alice, await alice.at.post("ask", CREDIT));
    const answer = await alice.at.post("again", { number: numberOn(await alice.at.get("/")) });
    expect(answer.status).toBe(200);
    for (const words of ["we do not know your WMID", "so there is no token"]) expect(answer.text).toContain(words);
    expect((await alice.at.get("/")).text).not.toContain("1500.50 WMC");
    await alice.at.get((await comeToOperation(world, alice, await alice.at.post("sign-in"))).url);
    expect((await alice.at.get("/")).text).toContain("This is your request.");
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    [
      "everything left out",
      { amount: "", term_days: "", daily_rate: "", repayment: "", purse: "", description: "" },
      {
        amount: "Enter a number, such as 10.50.",
        term_days: "Enter a number of days, such as 30.",
        daily_rate: "Enter a number, such as 0.25.",
        purse: "Enter a letter and 12 digits, such as C123456789012.",
      },
    ],
    ["a purse of money", { purse: PURSE }, { purse: "Enter a purse that begins with C." }],
    ["a sum that can be read in two ways", { amount: "1,500" }, { amount: "Is it 1500 or 1.5? Write one of them." }],
    ["a long description", { description: "x".repeat(141) }, { description: "Use at most 140 characters." }],
    [
      "a character that nobody sees",
      { description: "A \u202eprinting press" },
      { description: "E-num does not take it: description: holds a control, bidirectional or invisible character" },
    ],
  ])("with %s is shown again with the reason beside the field, and nothing is lost", async (_, change, errors) => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.exchange);
    const typed: Record<string, string> = { ...CREDIT, ...change };
    const answer = await alice.at.post("ask", typed);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("<title>Error: Ask for credit");
    for (const [name, error] of Object.entries(errors))
      expect(answer.text).toContain(`<p class="error" id="${name}-error">${error}</p>`);
    for (const name of ["amount", "term_days", "daily_rate", "purse", "description"])
      expect(answer.text).toContain(`name="${name}" value="${typed[name]}"`);
    if (typed["repayment"] === "daily") expect(answer.text).toContain('value="daily" checked');
    expect((await alice.at.get("/")).text).not.toContain("Not confirmed yet");
  });

  test("that does not fit into a code is shown by an online phone", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.exchange);
    const description = Array.from({ length: 140 }, (_, place) =>
      String.fromCodePoint(0x400 + ((place * 37) % 90)),
    ).join("");
    const answer = await alice.at.post("ask", { ...CREDIT, description });
    expect(answer.status).toBe(303);
    const page = await comeToOperation(journey.world, alice, answer);
    expect(page.qr).toMatch(/^enum:o\?c=\d{8}&r=[\w-]{22}$/);
    expect(page.text).toContain(description);
  });
});

describe("an ID token", () => {
  test.each([
    ["of another confirmation", { txn: "another" }],
    ["of another person", { sub: "another" }],
  ])("%s is refused, though the provider has signed it", async (_, claims) => {
    await using journey = await createJourney();
    const { world } = journey;
    const alice = createPerson(journey, journey.exchange);
    const back = await confirm(world, alice, await alice.at.post("ask", CREDIT));
    const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
    const [jwk] = (await loadKeys({ ...world, clock: world.now, random })).token;
    if (jwk === undefined) throw new Error("the provider has no key");
    const key = await importJWK(jwk, "ES256");
    tamper(/\/token$/, async (body) => {
      const { id_token: token, ...rest } = JSON.parse(body);
      const { payload, protectedHeader } = await jwtVerify(token, await publicOf(jwk));
      const forged = new SignJWT({ ...payload, ...claims }).setProtectedHeader({ ...protectedHeader, alg: "ES256" });
      return JSON.stringify({ ...rest, id_token: await forged.sign(key) });
    });
    const answer = await alice.at.get(back.href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Token and receipt are not of one confirmation.");
    expect((await alice.at.get("/")).text).not.toContain("You are signed in.");
  });
});

async function publicOf({ d: _, ...jwk }: { d?: string }): Promise<CryptoKey | Uint8Array> {
  return importJWK(jwk, "ES256");
}

describe("credit", () => {
  test("is given by one confirmation, which is bound to borrower, sum and terms", async () => {
    await using journey = await createJourney();
    await unlockBob(journey.world);
    const request = await listed(journey, createPerson(journey, journey.exchange));
    const bob = createPerson(journey, journey.exchange, BOB);
    const form = await bob.at.get(`give?request=${request}`);
    for (const words of ["Give 1500.50 WMC of credit?", "1500.50 WMZ", ALICE_WMID, "30 days"])
      expect(form.text).toContain(words);
    const begun = await bob.at.post("give", { request, source_purse: "z 2109 8765 4321" });
    const answer = await bob.at.get((await confirm(journey.world, bob, begun)).href);
    expect(answer.text).toContain("You have given 1500.50 WMZ");
    for (const [member, value] of Object.entries({
      borrower_wmid: "301234567890",
      source_purse: "Z210987654321",
      daily_rate: "0.25",
      description: "Paid back every day",
    }))
      expect(answer.text).toContain(`&#34;${member}&#34;: &#34;${value}&#34;`);
    expect((await bob.at.get("/")).text).toContain("Credit has been given.");
    const late = await bob.at.get(`give?request=${request}`);
    expect([late.status, late.text.includes("Somebody has given credit")]).toEqual([400, true]);
  });

  test("of two who confirm at once is given by one; the other is told that nothing is used", async () => {
    await using journey = await createJourney();
    await unlockBob(journey.world);
    const request = "request-0000000002";
    const people = [createPerson(journey, journey.exchange), createPerson(journey, journey.exchange, BOB)];
    const backs = [];
    for (const person of people) {
      const begun = await person.at.post("give", { request, source_purse: PURSE });
      backs.push({ person, back: await confirm(journey.world, person, begun) });
    }
    const pages = await Promise.all(backs.map(({ person, back }) => person.at.get(back.href)));
    const said = pages.map(({ text }) => /<h1>([^<]*)</.exec(text)?.[1]).sort();
    expect(said).toEqual(["Somebody else was faster", "You have given 300.50 WMZ"]);
  });

  test("that was declined cannot be given after all when somebody else has given it", async () => {
    await using journey = await createJourney();
    await unlockBob(journey.world);
    const [alice, bob] = [createPerson(journey, journey.exchange), createPerson(journey, journey.exchange, BOB)];
    const fields = { request: "request-0000000002", source_purse: PURSE };
    const begun = await bob.at.post("give", fields);
    const no = await bob.at.get((await decline(journey.world, bob, begun, "changed_mind")).href);
    const back = await confirm(journey.world, alice, await alice.at.post("give", fields));
    expect((await alice.at.get(back.href)).text).toContain("You have given");
    const late = await bob.at.post("again", { number: numberOn(no) });
    expect([late.status, late.text.includes("Somebody has given credit")]).toEqual([400, true]);
  });

  test("is not given to oneself: not when it is known before, and not when the confirmation tells", async () => {
    await using journey = await createJourney();
    const request = await listed(journey, createPerson(journey, journey.exchange));
    const unknown = createPerson(journey, journey.exchange);
    const begun = await unknown.at.post("give", { request, source_purse: PURSE });
    const answer = await unknown.at.get((await confirm(journey.world, unknown, begun)).href);
    expect(answer.text).toContain("This request is your own");
    const known = await unknown.at.post("give", { request, source_purse: PURSE });
    expect([known.status, known.text.includes("You cannot give credit to yourself.")]).toEqual([400, true]);
    expect((await unknown.at.get("/")).text).not.toContain("Credit has been given.");
  });

  test("from a purse that is none is asked for again; for a request that is none there is none", async () => {
    await using journey = await createJourney();
    const { at } = createPerson(journey, journey.exchange);
    const answer = await at.post("give", { request: "request-0000000001", source_purse: "C1" });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('name="source_purse" value="C1"');
    for (const refused of [await at.get("give?request=another"), await at.post("give", { request: "another" })])
      expect([refused.status, refused.text.includes("There is no such request")]).toEqual([400, true]);
  });

  test("that was declined leaves the request open for others", async () => {
    await using journey = await createJourney();
    const alice = createPerson(journey, journey.exchange);
    const begun = await alice.at.post("give", { request: "request-0000000001", source_purse: PURSE });
    const answer = await alice.at.get((await decline(journey.world, alice, begun, "changed_mind")).href);
    expect(answer.text).toContain("No credit was given.");
    const others = createPerson(journey, journey.exchange);
    expect((await others.at.get("give?request=request-0000000001")).status).toBe(200);
  });
});

test("somebody else than the person who is signed in at the exchange confirms nothing in their name", async () => {
  await using journey = await createJourney();
  await unlockBob(journey.world);
  const alice = createPerson(journey, journey.exchange);
  await listed(journey, alice);
  // Her browser at the exchange, and bob at the provider.
  const bob = { ...createPerson(journey, journey.exchange, BOB), at: alice.at };
  const answer = await alice.at.get((await confirm(journey.world, bob, await alice.at.post("ask", CREDIT))).href);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("Another E-num account answered than the one that is signed in here.");
  expect(await journey.world.database.rows("SELECT id FROM confirmation")).toHaveLength(1);
  expect((await alice.at.get("/")).text).toContain(ALICE);
});

test("a page that is opened again signs nobody in again", async () => {
  await using journey = await createJourney();
  const alice = createPerson(journey, journey.exchange);
  const back = await confirm(journey.world, alice, await alice.at.post("ask", CREDIT));
  await alice.at.get(back.href);
  // As when the browser was closed meanwhile: sessions end with it.
  alice.at.forget("credit-exchange-session");
  expect((await alice.at.get(back.href)).text).toContain("Your request is on the list");
  expect((await alice.at.get("/")).text).not.toContain("You are signed in.");
});

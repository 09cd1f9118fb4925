import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { normaliseCode, parseCode } from "../../src/till-code/code.ts";
import { createSlowDigest } from "../../src/till-code/slow-digest.ts";
import { eventsOf, toldOf } from "../account/support.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import { askOnPhone } from "../support/till.ts";
import { createWorld, SHOP } from "../support/world.ts";
import { aliceAt, CODE, CODED, confirmed, PAGE, set } from "./support.ts";

const world = () => createWorld({ clients: [CODED, SHOP] });

describe("a code for tills and calls", () => {
  test("is set after the phone has confirmed it: the page says so, with an event and a mail", async () => {
    await using here = await world();
    const alice = await aliceAt(here);
    const before = await alice.visitor.open(PAGE);
    expect(before.text).toContain("You have no code");
    expect(before.html.querySelector('button[value="remove"]')).toBeNull();
    const asking = await alice.visitor.submit(before, "set");
    const { operation } = await scanned(here, asking.qr);
    expect(operation).toMatchObject({
      type: "security_settings",
      setting: "Code for tills and calls",
      to: "A new code",
    });
    const page = await set(here, alice);
    expect([page.url, toldOf(page)]).toEqual([`${here.issuer}${PAGE}`, expect.stringContaining("The code is set")]);
    expect(page.text).toContain("You have had a code since");
    expect(await eventsOf(here, "till-code.set")).toEqual([{ clientId: null, confirmation: expect.any(String) }]);
    expect((await here.message(ALICE)).text).toContain("has a new code for tills and calls");
    expect((await alice.visitor.open("/account/history")).text).toContain("A code for tills and calls was set");
  });

  test("is in the database as a slow digest alone, of which two of one code differ, and which tells the code from others", async () => {
    const slow = createSlowDigest({ random: { bytes: (length) => randomBytes(length) } });
    await using here = await createWorld({ clients: [CODED, SHOP], slow });
    const alice = await aliceAt(here);
    const kept: string[] = [];
    for (let times = 0; times < 2; times += 1) {
      await set(here, alice);
      const row = await here.database.first<{ code_digest: string }>("SELECT code_digest FROM till_code");
      kept.push(row?.code_digest ?? "");
    }
    expect(kept[0]).toMatch(/^scrypt-14-8-1\.[\w-]{22}\.[\w-]{43}$/);
    expect(kept[1]).not.toBe(kept[0]);
    expect(kept.join().toUpperCase()).not.toContain(normaliseCode(CODE));
    expect((await askOnPhone(here, { user_code: CODE }, CODED)).status).toBe(200);
    expect((await askOnPhone(here, { user_code: "nope 99" }, CODED)).status).toBe(400);
  });

  test("that is none, or that anybody would try first, is not taken; the next try on the same page is", async () => {
    await using here = await world();
    const alice = await aliceAt(here);
    const wrong = new Map([
      ["", "Choose a code"],
      ["12", "A code has 4 to 16 Latin letters and digits"],
      ["кофе", "A code has 4 to 16 Latin letters and digits"],
      ["a".repeat(17), "A code has 4 to 16 Latin letters and digits"],
      ["1111", "Anybody would try that one first"],
      ["12-34", "Anybody would try that one first"],
      ["dcba", "Anybody would try that one first"],
    ]);
    let page = await confirmed(here, alice);
    for (const [till_code, words] of wrong) {
      page = await alice.visitor.submit(page, "save", { till_code });
      expect([till_code, page.status, page.alert]).toEqual([till_code, 422, expect.stringContaining(words)]);
    }
    expect(toldOf(await alice.visitor.submit(page, "save", { till_code: CODE }))).toContain("The code is set");
  });

  test("is set once by one confirmation, and within ten minutes", async () => {
    await using here = await world();
    const alice = await aliceAt(here);
    const page = await confirmed(here, alice);
    await alice.visitor.submit(page, "save", { till_code: CODE });
    const again = await alice.visitor.submit(page, "save", { till_code: "other 7" });
    expect(toldOf(again)).toContain("Nothing has changed");
    const late = await confirmed(here, alice);
    here.pass(10 * MINUTE);
    expect(toldOf(await alice.visitor.submit(late, "save", { till_code: "other 7" }))).toContain("Nothing has changed");
    expect((await askOnPhone(here, { user_code: CODE }, CODED)).status).toBe(200);
  });

  test("is not set by an operation that the phone has declined, nor by one of another kind or account", async () => {
    await using here = await world();
    const alice = await aliceAt(here);
    const declined = await alice.visitor.submit(
      await alice.visitor.submit(await alice.visitor.open(PAGE), "set"),
      "decline",
    );
    expect(declined.text).not.toContain("You have had a code");
    expect(toldOf(await alice.visitor.open(`${PAGE}/new/till_code.AAAAAA`))).toContain("Nothing has changed");
    for (const id of ["till_code_off.AAAAAA", "add_passkey.AAAAAA", "%00"])
      expect((await alice.visitor.open(`${PAGE}/new/${id}`)).status).toBe(404);
    expect(await here.database.rows("SELECT account_id FROM till_code")).toEqual([]);
  });

  test("is removed by an operation of its own, once; that confirmation removes no later one", async () => {
    await using here = await world();
    const alice = await aliceAt(here);
    await set(here, alice);
    const removed = await confirmed(here, alice, "remove");
    expect(toldOf(removed)).toContain("You have no code any more");
    expect(await eventsOf(here, "till-code.removed")).toHaveLength(1);
    expect((await here.message(ALICE)).text).toContain("demands no code");
    expect((await askOnPhone(here, {}, CODED)).status).toBe(200);
    await set(here, alice);
    expect((await askOnPhone(here, {}, CODED)).body).toMatchObject({ error: "missing_user_code" });
  });

  test("is shown to nobody who is not signed in", async () => {
    await using here = await world();
    const { visitor } = await aliceAt(here);
    await visitor.submit(await visitor.open("/account"), "sign-out");
    for (const path of [PAGE, `${PAGE}/new/till_code.AAAAAA`])
      expect((await visitor.open(path)).url).toContain("/interaction/");
  });
});

describe("the rules of a code", () => {
  test("a code is the same however it is written, and what is taken stays what it is", () => {
    const signs = fc.string({ unit: fc.constantFrom(..."abcXYZ0189 -"), maxLength: 20 });
    fc.assert(
      fc.property(signs, (typed) => {
        const parsed = parseCode(typed);
        expect(parseCode(typed.toLowerCase())).toEqual(parsed);
        if (parsed.ok) expect(parseCode(parsed.value)).toEqual(parsed);
      }),
    );
  });

  test("a digest fits its own text and no other, and nothing is fitted by anything", async () => {
    const slow = createSlowDigest({ random: { bytes: (length) => new Uint8Array(length).fill(7) } });
    const kept = await slow.of("right");
    expect(await slow.fits("right", kept)).toBe(true);
    for (const [text, other] of [
      ["wrong", kept],
      ["right", undefined],
      ["right", ""],
      ["right", "scrypt-14-8-1.AA."],
    ] as const)
      expect(await slow.fits(text, other)).toBe(false);
  });
});

import { describe, expect, inject, test } from "vitest";
import { DAY, HOUR, SECOND } from "../../src/clock.ts";
import { eventsOf } from "../account/support.ts";
import { listener } from "../contact/support.ts";
import { stage, state } from "../device/own-support.ts";
import { added, signedInBy } from "../passkey/support.ts";
import { freshDatabase } from "../support/databases.ts";
import { listening } from "../support/listening.ts";
import { activate } from "../support/phone.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { looked, opened, operatorOf, shownOn, WORD } from "./deciding.ts";
import { ALICE_PHONE, atWait, statuses, stopLink } from "./support.ts";

const WAIT = 48 * HOUR;

describe("a case", () => {
  test("gives a number for the operator and a code for nobody, once; the table has the code's digest alone", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await opened(visitor, ALICE);
    const { reference, code } = shownOn(page);
    expect(reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const rows = JSON.stringify(await world.database.rows("SELECT * FROM recovery_case"));
    expect(rows).toContain(reference.replace("-", ""));
    expect(rows).not.toContain(code.replaceAll("-", ""));
    expect(world.log.join("\n")).not.toContain(code);
    expect((await looked(visitor, { reference, code })).title).toContain("Your case is not decided yet");
    expect(await eventsOf(world, "recovery.case-opened")).toMatchObject([{ case: reference.replace("-", "") }]);
    expect(await world.messages()).toEqual([]);
  });

  test("that is allowed is told everywhere at once, waits 48 hours to the second, and then the code brings back", async () => {
    await using on = await stage();
    const { authenticator } = await added(on.world, on);
    const visitor = createVisitor(on.world.issuer);
    const typed = shownOn(await opened(visitor, ALICE));
    const operator = await operatorOf(on.world);
    const heard = listener(on.world);
    await heard();
    expect(await operator.allow(typed.reference.toLowerCase(), WORD)).toMatchObject({ kind: "allowed" });
    expect(await heard()).toEqual([ALICE_PHONE, ALICE].sort());
    expect((await on.world.message(ALICE)).text).toContain(
      "somebody has told us that phone, e-mail and number are lost",
    );
    expect(await eventsOf(on.world, "recovery.case-allowed")).toMatchObject([WORD]);
    expect(await eventsOf(on.world, "recovery.asked")).toMatchObject([{ way: "operator" }]);
    expect((await on.visitor.open("/account")).text).toContain("Your account is being recovered");
    on.world.pass(WAIT - SECOND);
    expect((await looked(visitor, typed)).title).toContain("it waits");
    expect(await state(on.phone)).toBe("there");
    on.world.pass(SECOND);
    // Number and code as they are typed from paper.
    const activation = await looked(createVisitor(on.world.issuer), {
      reference: typed.reference.replace("-", " "),
      code: typed.code.toLowerCase(),
    });
    expect(activation.activation).not.toBe("");
    expect(await state(on.phone)).toBe("device-revoked");
    expect((await signedInBy(on.world, authenticator)).page.alert).not.toBe("");
    expect(await eventsOf(on.world, "recovery.by-operator")).toMatchObject([{ passkeys: 1 }]);
    const phone = await activate(on.world.issuer, ALICE, activation.activation, "New phone");
    expect(phone).toBeDefined();
    const told = (await on.world.messages()).filter(({ text }) => /account (at \S+ )?was recovered/.test(text));
    expect(told.map(({ to }) => to)).toEqual(expect.arrayContaining([ALICE, ALICE_PHONE]));
  });

  test("that was taken up, and left before a phone was connected, is taken up once more, and not by another click", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const typed = shownOn(await opened(visitor, ALICE));
    await (await operatorOf(world)).allow(typed.reference, WORD);
    world.pass(WAIT);
    const first = await looked(visitor, typed);
    expect((await looked(visitor, typed)).activation).toBe(first.activation);
    world.pass(HOUR);
    const again = await looked(visitor, typed);
    expect([again.activation, again.activation === first.activation]).toEqual([expect.stringMatching(/./), false]);
    world.pass(7 * DAY);
    expect((await looked(visitor, typed)).title).toContain("Your case is over");
  });

  test("that is refused, before or while it waits, brings nobody back", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const [one, other] = [shownOn(await opened(visitor, ALICE)), shownOn(await opened(visitor, ALICE))];
    const operator = await operatorOf(world);
    expect(await operator.refuse(one.reference, WORD)).toBe("refused");
    expect(await operator.refuse(one.reference, WORD)).toBeUndefined();
    expect(await operator.allow(one.reference, WORD)).toEqual({ kind: "decided" });
    await operator.allow(other.reference, WORD);
    expect(await statuses(world)).toEqual(["waiting"]);
    expect(await operator.refuse(other.reference, WORD)).toBe("stopped");
    expect(await statuses(world)).toEqual(["stopped"]);
    expect(await eventsOf(world, "recovery.stopped")).toMatchObject([{ by: "operator" }]);
    expect(await eventsOf(world, "recovery.case-refused")).toMatchObject([WORD, WORD]);
    world.pass(WAIT);
    for (const typed of [one, other])
      expect((await looked(visitor, typed)).title).toContain("We have refused your case");
    expect(await world.database.rows("SELECT id FROM policy_raised")).toEqual([]);
  });

  test("that is stopped by its owner is over, and a recovery by e-mail and number is faster than it", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const operator = await operatorOf(world);
    const stopped = shownOn(await opened(visitor, ALICE));
    await operator.allow(stopped.reference, WORD);
    const asked = await visitor.open(await stopLink(world, ALICE));
    const after = await visitor.submit(asked, "stop");
    await world.drain();
    const mails = (await world.messages()).filter(({ to }) => to === ALICE);
    expect(mails.map(({ subject }) => subject)).toHaveLength(2);
    // Nobody has been in the mailbox for it.
    for (const { text } of [asked, after, ...mails]) {
      expect(text).toMatch(/tell (us|them),? at/);
      expect(text).not.toContain("password");
    }
    world.pass(WAIT);
    expect((await looked(visitor, stopped)).title).toContain("Your case is over");

    const next = shownOn(await opened(visitor, ALICE));
    await operator.allow(next.reference, WORD);
    await atWait(world);
    world.pass(WAIT);
    const owner = await atWait(world);
    await owner.visitor.submit(owner.page, "finish");
    expect((await looked(visitor, next)).title).toContain("Your case is over");
    expect(await eventsOf(world, "recovery.by-operator")).toEqual([]);
    // An operator who refuses too late is told so.
    expect(await operator.refuse(stopped.reference, WORD)).toBe("over");
  });

  test("waits alone: another case of the same account is not allowed meanwhile", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const operator = await operatorOf(world);
    const [one, other] = [shownOn(await opened(visitor, ALICE)), shownOn(await opened(visitor, ALICE))];
    await operator.allow(one.reference, WORD);
    expect(await operator.allow(other.reference, WORD)).toEqual({ kind: "other-waits" });
    expect(await operator.allow("7K2MQX4T", WORD)).toEqual({ kind: "unknown" });
    world.pass(WAIT);
    expect((await looked(visitor, other)).title).toContain("not decided yet");
  });

  test("of nobody's account can only be refused", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const typed = shownOn(await opened(visitor, "nobody@example.com"));
    const operator = await operatorOf(world);
    expect(await operator.allow(typed.reference, WORD)).toEqual({ kind: "nobody" });
    expect((await operator.list()).map(({ account_id: accountId }) => accountId)).toEqual([null]);
    await operator.refuse(typed.reference, WORD);
    expect((await looked(visitor, typed)).title).toContain("We have refused your case");
  });

  test("is opened three times a day for one account, five times from one address, and looked after ten times an hour", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const first = shownOn(await opened(visitor, ALICE));
    for (let count = 0; count < 2; count += 1) expect((await opened(visitor, ALICE)).status).toBe(200);
    expect((await opened(visitor, ALICE)).status).toBe(429);
    expect((await opened(visitor, "bob@example.com")).status).toBe(200);
    expect((await opened(visitor, "carol@example.com")).status).toBe(429);
    for (let count = 0; count < 10; count += 1)
      expect((await looked(visitor, { ...first, code: "7K2M-QX4T-9WBA-3FZC" })).alert).toContain("do not fit together");
    expect((await looked(visitor, first)).status).toBe(429);
    expect(await eventsOf(world, "recovery.case-code-refused")).toHaveLength(10);
    for (const [reference, code, words] of [
      ["", "", "Enter the number of your case"],
      ["7K2M-QX4T", "", "Enter the code"],
      ["x", "y", "Too many tries"],
    ] as const)
      expect((await looked(visitor, { reference, code })).alert).toContain(words);
  });

  test("that nobody decides is gone after 30 days, and one that was decided after 90", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const [one, other] = [shownOn(await opened(visitor, ALICE)), shownOn(await opened(visitor, ALICE))];
    const operator = await operatorOf(world);
    await operator.refuse(one.reference, WORD);
    const rows = async () => (await world.database.rows("SELECT id FROM recovery_case")).length;
    world.pass(30 * DAY);
    expect(await operator.allow(other.reference, WORD)).toEqual({ kind: "unknown" });
    expect((await looked(visitor, other)).alert).toContain("do not fit together");
    world.pass(SECOND);
    await world.sweep();
    expect(await rows()).toBe(1);
    world.pass(60 * DAY);
    await world.sweep();
    expect(await rows()).toBe(0);
  });
});

test.each(["nobody@example.com", "carol@example.com", "bob@example.com", "+15550001111", "309999999999"])(
  "whether %s has an account cannot be told by a case: the same statements, statuses and bytes",
  async (identifier) => {
    const fresh = await freshDatabase(inject("engine"), { holds: "people" });
    const { database, sent } = listening(fresh.database);
    await using world = await createWorld({ database: { ...fresh, database } });
    const own = identifier.startsWith("+") ? ALICE_PHONE : identifier.startsWith("3") ? "301234567890" : ALICE;
    const courses = [];
    for (const each of [own, identifier]) {
      const visitor = createVisitor(world.issuer);
      sent.length = 0;
      const page = await opened(visitor, each);
      const typed = shownOn(page);
      const pages = [
        page,
        await looked(visitor, typed),
        await looked(visitor, { ...typed, code: "7K2M-QX4T-9WBA-3FZC" }),
      ];
      const shown = pages.map(({ status, html }) =>
        `${status} ${html}`.replaceAll(typed.reference, "the number").replaceAll(typed.code, "the code"),
      );
      courses.push({ shown, statements: [...sent] });
    }
    expect(courses[1]).toEqual(courses[0]);
  },
);

import { describe, expect, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { atAccount, eventsOf } from "../account/support.ts";
import { issued, listOf } from "../certificate/support.ts";
import { contactsOf, NEW, waiting } from "../contact/support.ts";
import { allowed, enrolled, stage, state } from "../device/own-support.ts";
import { added, signedInBy } from "../passkey/support.ts";
import { CAROL, signInBySms } from "../support/by-sms.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { atCode, atWait, made } from "./support.ts";

/** It goes through everything that an account can have: on a busy machine that takes a while. */
const LONG = 60_000;

/** What comes before, and what leads to the page with the new activation code. */
interface Recovering {
  way: string;
  begin(world: World): Promise<unknown>;
  finish(world: World, code: string): Promise<{ activation: string }>;
}
const WAYS: readonly Recovering[] = [
  {
    way: "a code on paper",
    begin: async () => undefined,
    async finish(world, code) {
      const { visitor, page } = await atCode(world, ALICE);
      return visitor.submit(page, "next", { code });
    },
  },
  {
    way: "e-mail and phone number",
    begin: (world) => atWait(world),
    async finish(world) {
      world.pass(47 * HOUR);
      const { visitor, page } = await atWait(world);
      return visitor.submit(page, "finish");
    },
  },
];

describe.each(WAYS)("a recovery by $way ends what a thief of the phone could have left", ({ begin, finish }) => {
  test(
    "passkeys, certificates, a change of contact that waits, known browsers, and a phone that is being connected",
    async () => {
      await using on = await stage();
      const [code = ""] = await made(on.world, on.visitor, on.phone);
      await begin(on.world);
      on.world.pass(HOUR);
      // The thief has signed in a moment ago.
      on.visitor = (await atAccount(on.world)).visitor;
      const { authenticator } = await added(on.world, on);
      const { serial } = await issued(on.world, on);
      const thief = await enrolled(
        on.world,
        on.visitor,
        await allowed(on.world, on.visitor, on.phone),
        "Thief’s phone",
      );
      await waiting(on.world, on.visitor, "email");
      const known = await on.world.database.rows("SELECT * FROM known_browser");

      expect((await finish(on.world, code)).activation).not.toBe("");
      await on.world.drain();
      expect((await signedInBy(on.world, authenticator)).page.alert).not.toBe("");
      expect(await on.world.database.rows("SELECT id FROM passkey")).toEqual([]);
      expect((await listOf(on.world)).revoked).toEqual([serial]);
      expect(await state(on.phone)).toBe("device-revoked");
      const stopped = await on.visitor.submit(thief.first, "next", {
        response: thief.phone.respond(thief.first.challenge, { mode: "activate" }),
      });
      expect(stopped.url).not.toContain("/account");
      expect(await on.world.database.rows("SELECT id FROM device WHERE status <> 'revoked'")).toEqual(
        await on.world.database.rows(
          "SELECT id FROM device WHERE account_id <> (SELECT id FROM account WHERE email = ?) AND status <> 'revoked'",
          [ALICE],
        ),
      );
      on.world.pass(48 * HOUR);
      await on.world.drain();
      expect(await contactsOf(on.world, NEW.email)).toBeUndefined();
      expect(known.length).toBeGreaterThan(0);
      expect(await on.world.database.rows("SELECT * FROM known_browser")).toEqual([]);

      const told = (await on.world.messages()).map(({ to, subject, text }) => ({ to, about: `${subject} ${text}` }));
      for (const words of ["passkey of your E-num account was removed", "certificate of your WMID", "stays as it was"])
        expect(told).toContainEqual({ to: ALICE, about: expect.stringContaining(words) });
      expect(told.filter(({ about }) => about.includes("since your account was recovered")).length).toBeGreaterThan(1);
      expect(await eventsOf(on.world, "passkey.removed")).toMatchObject([{ by: "recovery" }]);
      expect(await eventsOf(on.world, "certificate.revoked")).toMatchObject([{ by: "recovery" }]);
      expect(await eventsOf(on.world, "contact.change-stopped")).toMatchObject([{ by: "recovery" }]);
      const done = await on.world.database.rows<{ detail: string }>(
        "SELECT detail FROM event WHERE type IN ('recovery.by-code', 'recovery.by-contacts')",
      );
      expect(done.map(({ detail }) => JSON.parse(detail))).toMatchObject([
        { passkeys: 1, certificates: 1, contactChanges: 1, browsers: known.length },
      ]);
    },
    LONG,
  );

  test(
    "a deletion that waits, notices that are switched off, and a code for tills",
    async () => {
      await using on = await stage();
      const [code = ""] = await made(on.world, on.visitor, on.phone);
      await begin(on.world);
      on.world.pass(HOUR);
      on.visitor = (await atAccount(on.world)).visitor;
      await on.visitor.submit(await on.visitor.open("/account/deletion/confirm"), "ask");
      const { id = "" } =
        (await on.world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE])) ?? {};
      await on.world.database.rows("INSERT INTO muted_notice (account_id, notice, at) VALUES (?, 'new-browser', 0)", [
        id,
      ]);
      await on.world.database.rows("INSERT INTO till_code (account_id, code_digest, set_at) VALUES (?, 'x', 0)", [id]);

      expect((await finish(on.world, code)).activation).not.toBe("");
      const left = await on.world.database.rows("SELECT ends_at FROM account WHERE id = ?", [id]);
      expect(left).toEqual([{ ends_at: null }]);
      for (const table of ["muted_notice", "till_code", "policy_raised"])
        expect(await on.world.database.rows(`SELECT * FROM ${table} WHERE account_id = ?`, [id]), table).toEqual([]);
      expect(await eventsOf(on.world, "account.deletion-stopped")).toMatchObject([{ by: "recovery" }]);
      expect(await eventsOf(on.world, "till-code.removed")).toMatchObject([{ by: "recovery" }]);
      const done = await on.world.database.rows<{ detail: string }>(
        "SELECT detail FROM event WHERE type IN ('recovery.by-code', 'recovery.by-contacts')",
      );
      expect(done.map(({ detail }) => JSON.parse(detail))).toMatchObject([
        { notices: 1, tillCode: true, deletion: true },
      ]);
      await on.world.drain();
      const told = (await on.world.messages()).filter(({ to }) => to === ALICE).map(({ subject }) => subject);
      expect(told).toContain("Your E-num account stays");
      expect(told).toContain("Your E-num account has no code for tills and calls any more");
    },
    LONG,
  );

  test(
    "and not what the operator has ordered",
    async () => {
      await using on = await stage();
      const [code = ""] = await made(on.world, on.visitor, on.phone);
      await begin(on.world);
      on.world.pass(HOUR);
      on.visitor = (await atAccount(on.world)).visitor;
      await on.visitor.submit(await on.visitor.open("/account/deletion/confirm"), "ask");
      await on.world.database.rows("UPDATE account_deletion SET asked_by = 'operator'");
      expect((await finish(on.world, code)).activation).not.toBe("");
      expect(await on.world.database.rows("SELECT status FROM account_deletion")).toEqual([{ status: "waiting" }]);
    },
    LONG,
  );
});

test("what others have stays, and so does what the person demands beyond the policy", async () => {
  await using world = await createWorld();
  const carol = createVisitor(world.issuer);
  await signInBySms(world, carol, CAROL);
  const id = "(SELECT id FROM account WHERE email = 'alice@example.com')";
  await world.database.rows(
    `INSERT INTO policy_raised (id, raised_by, demands, account_id, created_at) VALUES ('own', 'person', 'operation', ${id}, 0)`,
  );
  await atWait(world);
  world.pass(48 * HOUR);
  const { visitor, page } = await atWait(world);
  await visitor.submit(page, "finish");
  expect(await world.database.rows("SELECT id FROM policy_raised")).toEqual([{ id: "own" }]);
  expect(await world.database.rows("SELECT browser_digest FROM known_browser")).toHaveLength(1);
});

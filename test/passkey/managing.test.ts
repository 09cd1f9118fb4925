import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { atAccount, eventsOf, toldOf } from "../account/support.ts";
import { confirmBy } from "../device/own-support.ts";
import { createAuthenticator, type Misdeeds } from "../support/authenticator.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import { createWorld, type World } from "../support/world.ts";
import { added, aliceAt, allowed, asked, give, optionsOf, PASSKEYS, signedInBy } from "./support.ts";

const count = async (world: World) => (await world.database.rows("SELECT id FROM passkey")).length;

describe("a passkey is added", () => {
  test("after the phone has confirmed it: it is listed, an event, and a mail", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const page = await asked(alice.visitor);
    const { operation } = await scanned(world, page.qr);
    expect(operation).toMatchObject({ type: "security_settings", setting: "Passkeys for signing in" });
    expect(operation).not.toHaveProperty("from");
    const asking = await confirmBy(world, alice.visitor, page, alice.phone);
    const listed = await give(alice.visitor, asking, createAuthenticator(world.issuer).make(optionsOf(asking)));
    expect(listed.url).toBe(`${world.issuer}${PASSKEYS}`);
    expect(toldOf(listed)).toContain("The passkey is added");
    expect(listed.text).toContain("Passkey 1");
    expect(listed.text).toContain("Not used yet");
    const [row] = await world.database.rows<{ id: string; confirmation_id: string }>("SELECT * FROM passkey");
    expect(await eventsOf(world, "passkey.added")).toEqual([
      { clientId: null, passkey: row?.id, confirmation: row?.confirmation_id },
    ]);
    expect((await world.message(ALICE)).text).toContain('the passkey "Passkey 1" was added');
  });

  test("as a resident key with the person verified, under a name that says nothing of them", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const options = JSON.parse(optionsOf(await allowed(world, alice.visitor, alice.phone)));
    expect(options).toMatchObject({
      rp: { id: "localhost" },
      user: { name: ALICE },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
    });
    const [{ id } = { id: "" }] = await world.database.rows<{ id: string }>("SELECT id FROM account WHERE email = ?", [
      ALICE,
    ]);
    expect(Buffer.from(options.user.id, "base64url").toString()).not.toContain(id);
  });

  const wrong: readonly (readonly [string, Misdeeds])[] = [
    ["of another origin", { origin: "https://e-num.example" }],
    ["for another party", { rpId: "e-num.example" }],
    ["without the person's finger, face or PIN", { unverified: true }],
    ["for a challenge of nobody's", { challenge: "AAAA" }],
  ];
  test.each(wrong)("but not %s", async (_how, misdeeds) => {
    await using world = await createWorld();
    const { visitor, phone } = await aliceAt(world);
    const page = await allowed(world, visitor, phone);
    const again = await give(visitor, page, createAuthenticator(world.issuer).make(optionsOf(page), misdeeds));
    expect([again.status, again.alert]).toEqual([422, expect.stringContaining("The passkey was not added")]);
    expect(await count(world)).toBe(0);
    await give(visitor, again, createAuthenticator(world.issuer).make(optionsOf(again)));
    expect(await count(world)).toBe(1);
  });

  test("but not with an answer for another confirmation, another session's or an old one", async () => {
    await using world = await createWorld();
    const { visitor, phone } = await aliceAt(world);
    const [first, second] = [await allowed(world, visitor, phone), await allowed(world, visitor, phone)];
    const swapped = await give(visitor, second, createAuthenticator(world.issuer).make(optionsOf(first)));
    expect(swapped.alert).toContain("The passkey was not added");
    const { visitor: other } = await atAccount(world);
    const there = await other.open(second.url);
    const foreign = await give(other, there, createAuthenticator(world.issuer).make(optionsOf(second)));
    expect(foreign.alert).toContain("The passkey was not added");
    world.pass(10 * MINUTE);
    const late = await give(visitor, first, createAuthenticator(world.issuer).make(optionsOf(first)));
    expect(toldOf(late)).toContain("Nothing has changed");
    expect(await count(world)).toBe(0);
  });

  test("but not by somebody else's confirmation, by none, or twice by one", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const page = await allowed(world, alice.visitor, alice.phone);
    expect(toldOf(await alice.visitor.open(`${PASSKEYS}/new/add_passkey.AAAAAA`))).toContain("Nothing has changed");
    const whose = "UPDATE confirmation SET account_id = (SELECT id FROM account WHERE email = ?)";
    await world.database.run(whose, ["bob@example.com"]);
    expect(toldOf(await alice.visitor.open(page.url))).toContain("Nothing has changed");
    await world.database.run(whose, [ALICE]);
    await give(alice.visitor, page, createAuthenticator(world.issuer).make(optionsOf(page)));
    const again = await alice.visitor.open(page.url);
    const second = await give(alice.visitor, again, createAuthenticator(world.issuer).make(optionsOf(again)));
    expect(toldOf(second)).toContain("Nothing has changed");
    expect(await count(world)).toBe(1);
  });

  test("but not one that is somebody else's", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    await world.database.run("UPDATE passkey SET account_id = (SELECT id FROM account WHERE email = ?)", [
      "bob@example.com",
    ]);
    const alice = await aliceAt(world);
    const page = await allowed(world, alice.visitor, alice.phone);
    const answer = await give(alice.visitor, page, authenticator.make(optionsOf(page)));
    expect(answer.alert).toContain("The passkey was not added");
    expect(await count(world)).toBe(1);
  });

  test("ten times, and no more", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const page = await allowed(world, alice.visitor, alice.phone);
    await give(alice.visitor, page, createAuthenticator(world.issuer).make(optionsOf(page)));
    const waiting = await allowed(world, alice.visitor, alice.phone);
    for (let more = 2; more <= 10; more += 1)
      await world.database.run(
        `INSERT INTO passkey (id, account_id, credential_id, public_key, counter, kind, name, confirmation_id, created_at)
         SELECT '${more}', account_id, 'c${more}', public_key, 0, kind, name, confirmation_id, created_at FROM passkey
         WHERE credential_id NOT LIKE 'c%' OR length(credential_id) > 3 LIMIT 1`,
        [],
      );
    const refused = await give(alice.visitor, waiting, createAuthenticator(world.issuer).make(optionsOf(waiting)));
    expect(toldOf(refused)).toContain("You have ten passkeys");
    expect(refused.html.querySelector('button[value="add"]')).toBeNull();
    expect(await count(world)).toBe(10);
  });
});

describe("a passkey", () => {
  const first = async (world: World) => {
    const [row] = await world.database.rows<{ id: string }>("SELECT id FROM passkey");
    return `${PASSKEYS}/${row?.id}`;
  };

  test("is given a name, and shows when it was used", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { authenticator } = await added(world, alice);
    const path = await first(world);
    const wrong = await alice.visitor.submit(await alice.visitor.open(path), "rename", { name: " " });
    expect(wrong.status).toBe(422);
    const listed = await alice.visitor.submit(wrong, "rename", { name: "Blue key" });
    expect([toldOf(listed), listed.text]).toEqual(["The name is saved", expect.stringContaining("Blue key")]);
    await signedInBy(world, authenticator);
    expect((await alice.visitor.open(path)).text).toContain("Last used");
    expect(await eventsOf(world, "passkey.renamed")).toHaveLength(1);
  });

  test("is removed by its owner, once, who is told by mail", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    await added(world, alice);
    const path = await first(world);
    const page = await alice.visitor.open(`${path}/remove`);
    const listed = await alice.visitor.submit(page, "remove");
    expect(listed.text).toContain("You have no passkey");
    expect(listed.text).toContain("To end all, press Sign out everywhere");
    expect((await world.message(ALICE)).text).toContain('the passkey "Passkey 1" was removed');
    expect((await alice.visitor.submit(page, "remove")).status).toBe(404);
    expect(await eventsOf(world, "passkey.removed")).toHaveLength(1);
  });

  test("of another account is nobody's", async () => {
    await using world = await createWorld();
    const { phone, visitor } = await aliceAt(world);
    await added(world, { phone, visitor });
    const path = await first(world);
    const whose = "UPDATE passkey SET account_id = (SELECT id FROM account WHERE email = ?)";
    await world.database.run(whose, ["bob@example.com"]);
    const answers = [
      await visitor.open(path),
      await visitor.post(path, "action=rename&name=x"),
      await visitor.open(`${path}/remove`),
      await visitor.post(`${path}/remove`, "action=remove"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(await count(world)).toBe(1);
  });
});

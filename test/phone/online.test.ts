import { describe, expect, it, vi } from "vitest";
import { deviceKey } from "../../src/phone/command-line/store.ts";
import { parsePin, type SealedPad, sealPad } from "../../src/phone/pad.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { asked, knownAsked, requestIn } from "../request/asked.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { order, PAYMENT, STORE } from "../support/payment.ts";
import { phonesWaiting } from "../support/phones-waiting.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { askOnPhone, pollTokens, TILL } from "../support/till.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { personWithPhone, responseIn } from "./person.ts";
import { CODE, EMAIL, startProvider } from "./provider.ts";

const PIN = ["--pin", "271828"];

/** Once, for its many rounds: all worlds begin with the same pads. */
let sealed: Promise<SealedPad> | undefined;

/** Alice's command line, with the phone that the provider knows her by. */
async function aliceAt(world: World) {
  const person = await personWithPhone();
  const { deviceId, pad, privateKey } = world.phone(ALICE);
  const state = JSON.parse((await (await onlinePhone(world)).call("GET", "/device/v1")).text);
  sealed ??= sealPad(pad, parsedValue(parsePin("271828")));
  await person.store.save({
    version: 1,
    current: deviceId,
    accounts: [
      {
        identifier: ALICE,
        issuer: world.issuer,
        email_hint: "a",
        device: { id: deviceId, name: "alice's phone" },
        key: deviceKey.parse(privateKey),
        pad: { ...(await sealed), version: 1 },
        statement_keys: state.statement_keys,
        clock_offset: 0,
      },
    ],
  });
  return { ...person, [Symbol.asyncDispose]: person.leave };
}

describe("requests", () => {
  it("shows who asks, from where, and whether that browser is known", async () => {
    await using world = await createWorld({ config: { countryHeader: "cf-ipcountry" } });
    await using alice = await aliceAt(world);
    expect((await alice.run("requests")).said).toBe("No request is open.");
    await asked(world, createVisitor(world.issuer, { "user-agent": "Firefox/140", "cf-ipcountry": "KZ" }));
    const { said, exit } = await alice.run("requests");
    expect(exit).toBe(0);
    expect(said.split("\n").slice(0, 6)).toEqual([
      "1. Book shop",
      "   site     Book shop (localhost:9)",
      `   asks     to sign ${ALICE} in`,
      "   place    127.0.0.1, KZ",
      "   browser  Firefox/140",
      "   known    NO: it never signed this account in",
    ]);
  });

  it("a number means the list that was seen, also when another request has come in between", async () => {
    await using world = await createWorld();
    await using alice = await aliceAt(world);
    const { page, visitor } = await knownAsked(world);
    await alice.run("requests");
    world.pass(1000);
    await asked(world, createVisitor(world.issuer));
    const { said, exit } = await alice.run("answer", "1", page.challenge, ...PIN);
    expect([exit, said.split("\n").at(-1)]).toEqual([0, "Sent. The page goes on by itself."]);
    expect(errorOf(await visitor.submit(page, "answered"))).toBeNull();
    expect((await alice.run("answer", "1", page.challenge, ...PIN)).complaint).toContain("not open any more");
    expect((await alice.run("answer", "9", page.challenge, ...PIN)).complaint).toContain("no number 9");
  });
});

describe("with several accounts on one phone", () => {
  /** Alice's phone, with an account of hers at another provider beside it. */
  async function withAnother(world: World) {
    const alice = await aliceAt(world);
    const provider = await startProvider();
    await alice.run("activate", EMAIL, CODE, "--issuer", provider.issuer, ...PIN);
    const device = provider.devices.get("dev-1");
    if (device === undefined) throw new Error("no device");
    device.status = "active";
    const leave = async () => {
      await provider.close();
      await alice.leave();
    };
    return { ...alice, provider, device, [Symbol.asyncDispose]: leave };
  }

  it("the list has the requests of all, and a number leads to the account that it is for", async () => {
    await using world = await createWorld();
    await using alice = await withAnother(world);
    alice.provider.requests.push({ id: "rq-1" });
    const { page, visitor } = await knownAsked(world);
    const { said, exit } = await alice.run("requests");
    expect(exit).toBe(0);
    expect(said.match(/^[0-9]\. .*$/gm)).toEqual([
      `1. Book shop, for ${EMAIL} at ${alice.provider.issuer}`,
      `2. Book shop, for ${ALICE} at ${world.issuer}`,
    ]);
    // The other account is the one that the verbs are about.
    expect((await alice.run("accounts")).said).toContain(`* ${EMAIL}`);
    const answered = await alice.run("answer", "2", page.challenge, ...PIN);
    expect([answered.exit, answered.said.split("\n").at(-1)]).toEqual([0, "Sent. The page goes on by itself."]);
    expect(errorOf(await visitor.submit(page, "answered"))).toBeNull();
    const next = await knownAsked(world);
    // By its id as well; nothing is said to the provider that does not list it.
    expect((await alice.run("decline", requestIn(next.page), "changed", "mind")).said).toContain("Declined");
    const paths = alice.provider.calls.map(({ path }) => path);
    expect(paths.filter((path) => /answer|decline/.test(path))).toEqual([]);
  });

  it("a provider that does not answer does not hide what another lists", async () => {
    await using world = await createWorld();
    await using alice = await withAnother(world);
    alice.provider.wrong.answer = { status: 503, body: '{"type":"urn:e-num:problem:unavailable"}' };
    const { page } = await knownAsked(world);
    const { said, exit } = await alice.run("requests");
    expect(exit).toBe(0);
    expect(said).toContain(`${EMAIL} at ${alice.provider.issuer}: `);
    expect(said).toContain(`1. Book shop, for ${ALICE}`);
    expect((await alice.run("answer", "1", page.challenge, ...PIN)).exit).toBe(0);
    await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [world.phone(ALICE).deviceId]);
    // Wiped by its own provider; the one that is left does not answer.
    expect((await alice.run("requests")).exit).toBe(1);
    expect((await alice.run("requests")).complaint).not.toContain("removed");
    expect((await alice.run("accounts")).said).not.toContain(ALICE);
  });

  it("the one that was chosen stays so when another is wiped", async () => {
    await using world = await createWorld();
    await using alice = await withAnother(world);
    await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [world.phone(ALICE).deviceId]);
    expect(await alice.store.load()).toMatchObject({ ok: true, value: { current: "dev-1" } });
    await alice.run("requests");
    const { accounts, ...rest } = await alice.store.load().then((loaded) => (loaded.ok ? loaded.value : expect.fail()));
    expect([accounts.length, rest]).toEqual([1, expect.objectContaining({ current: "dev-1" })]);
  });

  it("all are watched, and one that ends leaves the others", async () => {
    await using world = await createWorld();
    await using alice = await withAnother(world);
    await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [world.phone(ALICE).deviceId]);
    const watching = alice.run("watch");
    await expect
      .poll(async () => (await alice.store.load()).ok && (await alice.run("accounts")).said)
      .not.toContain(ALICE);
    await expect
      .poll(() => alice.provider.calls.filter(({ path }) => path === "/device/v1/requests").length)
      .toBeGreaterThan(1);
    alice.device.status = "revoked";
    const { said, exit, complaint } = await watching;
    expect(said).toContain(`Watching for requests to ${EMAIL}, ${ALICE}`);
    expect(said).toContain(`${ALICE} at ${world.issuer}: `);
    expect([exit, complaint]).toEqual([1, expect.stringContaining("was removed from the account")]);
    expect((await alice.run("requests")).complaint).toContain("no account on this phone");
  });
});

describe("answer", () => {
  it("an operation is shown with every detail, signed, and its receipt says so", async () => {
    await using world = await createWorld({ clients: [STORE] });
    await using alice = await aliceAt(world);
    const { visitor } = await signIn(world, { client: STORE });
    const { page, finish } = await order(world, visitor);
    const { said } = await alice.run("answer", requestIn(page), page.challenge, ...PIN);
    expect(said).toContain("Book shop asks you to confirm:");
    expect(said).toContain("Z 1234 5678 9012");
    expect(said).toContain("10.50 WMZ");
    expect(said).toContain("Sent.");
    const [confirmed] = (await finish(await visitor.open(page.url))).authorization_details ?? [];
    expect(confirmed).toMatchObject({ ...PAYMENT, confirmation: { binding: "operation" } });
    const rows = await world.database.rows<{ signature: string }>("SELECT signature FROM confirmation");
    expect(rows[0]?.signature).toMatch(/^ey/);
  });

  it("to a till shows what it says and what is paid, and the till hears of it", async () => {
    await using world = await createWorld({ clients: [TILL] });
    await using alice = await aliceAt(world);
    const asked = await askOnPhone(world, {
      authorization_details: JSON.stringify([PAYMENT]),
      binding_message: "Касса 3",
    });
    const shown = (await alice.run("requests")).said;
    expect(shown).toContain("   from  the site itself: it shows you the check number or reads it out");
    expect(shown).toContain("   says  Касса 3");
    const { said, exit } = await alice.run("answer", "1", asked.body.enum_challenge, ...PIN);
    expect(said).toContain("10.50 WMZ");
    expect([exit, said.split("\n").at(-1)]).toEqual([0, "Sent. The site hears of it."]);
    expect((await pollTokens(world, asked)).status).toBe(200);
  });

  it("a request whose id begins with a hyphen is no option", async () => {
    await using world = await createWorld();
    await using alice = await aliceAt(world);
    for (const id of ["-Zt0bV9kq3mXyR2aLw4pQ7", "--t0bV9kq3mXyR2aLw4pQ7"]) {
      const { exit, complaint } = await alice.run("answer", id, "48219370", ...PIN);
      expect([exit, complaint]).toEqual([1, expect.stringContaining("request")]);
    }
    expect((await alice.run("answer", "-x", "48219370", ...PIN)).complaint).toContain("Unknown option '-x'");
  });

  it("for a browser that never signed in it warns, sends nothing and shows the response to type", async () => {
    await using world = await createWorld();
    await using alice = await aliceAt(world);
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const { said, exit } = await alice.run("answer", requestIn(page), page.challenge, ...PIN);
    expect(exit).toBe(0);
    expect(said).toContain("WARNING: that browser never signed this account in");
    expect(said).not.toContain("Sent");
    expect(await world.database.rows("SELECT tries FROM challenge")).toEqual([{ tries: 0 }]);
    expect(errorOf(await visitor.submit(page, "next", { response: responseIn(said) }))).toBeNull();
  });

  it("says what is wrong, and how many tries are left", async () => {
    await using world = await createWorld();
    await using alice = await aliceAt(world);
    const { page } = await knownAsked(world);
    const id = requestIn(page);
    const number = page.challenge.startsWith("9") ? `1${page.challenge.slice(1)}` : `9${page.challenge.slice(1)}`;
    expect((await alice.run("answer", id, number, ...PIN)).complaint).toBe(
      "That is not the check number of this request: compare it with the one that the page or the site shows. 2 tries are left.",
    );
    const wrong = await alice.run("answer", id, page.challenge, "--pin", "314159");
    expect(wrong).toMatchObject({ exit: 1, complaint: expect.stringContaining("check the PIN") });
    expect(wrong.complaint).toContain("One try is left.");
    expect(await alice.run("answer", id)).toMatchObject({ exit: 2 });
    expect((await alice.run("answer", id, "1234567")).complaint).toContain("seven digits");
  });
});

describe("decline", () => {
  it("tells the site, and with not_me closes everything", async () => {
    await using world = await createWorld();
    await using alice = await aliceAt(world);
    const { page, visitor } = await knownAsked(world);
    expect(await alice.run("decline", requestIn(page))).toMatchObject({
      exit: 2,
      asked: expect.stringContaining("Why"),
    });
    expect((await alice.run("decline", requestIn(page), "changed", "mind")).said).toBe(
      "Declined: Book shop is told so.",
    );
    expect((await visitor.open(page.url)).title).toContain("Declined on the phone");
    const next = await knownAsked(world);
    expect((await alice.run("decline", requestIn(next.page), "not_me")).said).toContain("All open requests");
    await asked(world, createVisitor(world.issuer));
    expect((await alice.run("requests")).said).toBe("No request is open.");
  });
});

describe("watch", () => {
  it("shows each change, and ends when the device is revoked", async () => {
    await using world = await createWorld();
    await using alice = await aliceAt(world);
    const watching = alice.run("watch");
    await phonesWaiting(world, 1);
    await knownAsked(world);
    await vi.waitFor(() => expect(alice.printed).toContainEqual(expect.stringContaining("1. Book shop")));
    await phonesWaiting(world, 1);
    await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [world.phone(ALICE).deviceId]);
    // A call that was begun before is answered once more.
    await asked(world, createVisitor(world.issuer));
    const { exit, said, complaint } = await watching;
    expect(exit).toBe(1);
    expect(said).toContain(`Watching for requests to ${ALICE}`);
    expect(said).toContain("1. Book shop");
    expect(complaint).toContain("was removed from the account");
  });

  it("goes on when the provider was away for a while", async () => {
    const provider = await startProvider();
    const alice = await personWithPhone();
    await alice.run("activate", EMAIL, CODE, "--issuer", provider.issuer, ...PIN);
    const device = provider.devices.get("dev-1");
    if (device === undefined) throw new Error("no device");
    device.status = "active";
    provider.wrong.answer = { status: 503, body: '{"type":"urn:e-num:problem:unavailable"}' };
    const watching = alice.run("watch");
    const calls = () => provider.calls.filter(({ path }) => path === "/device/v1/requests").length;
    await vi.waitFor(() => expect(calls()).toBeGreaterThan(2));
    device.status = "revoked";
    delete provider.wrong.answer;
    expect((await watching).complaint).toContain("was removed from the account");
    await provider.close();
    await alice.leave();
  });
});

describe("scan", () => {
  it("a code without its details takes them from the provider", async () => {
    await using world = await createWorld({ clients: [STORE] });
    await using alice = await aliceAt(world);
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    const { said } = await alice.run("scan", `enum:o?c=${page.challenge}&r=${requestIn(page)}`, ...PIN);
    expect(said).toContain("Book shop asks you to confirm:");
    expect(errorOf(await visitor.submit(page, "next", { response: responseIn(said) }))).toBeNull();
  });
});

describe("renew", () => {
  it("takes a new pad under a new PIN; the old PIN answers no more", async () => {
    await using world = await createWorld();
    await using alice = await aliceAt(world);
    const { said, exit } = await alice.run("renew", ...PIN, "--new-pin", "314159");
    expect([exit, said]).toEqual([0, expect.stringContaining("new pad")]);
    const one = await knownAsked(world);
    const old = await alice.run("answer", requestIn(one.page), one.page.challenge, ...PIN);
    expect(old.complaint).toContain("check the PIN");
    expect((await alice.run("answer", requestIn(one.page), one.page.challenge, "--pin", "314159")).exit).toBe(0);
    expect(await alice.store.load()).toMatchObject({ ok: true, value: { accounts: [{ pad: { version: 2 } }] } });
  });

  it("with a wrong PIN, or two new ones that differ, changes nothing", async () => {
    await using world = await createWorld();
    await using alice = await aliceAt(world);
    const before = await alice.stored();
    expect((await alice.run("renew", "--pin", "999999", "--new-pin", "314159")).complaint).toContain(
      "2 tries are left",
    );
    alice.answers.push("314159", "314158");
    expect((await alice.run("renew", ...PIN)).complaint).toContain("not the same");
    expect(await alice.stored()).toBe(before);
  });
});

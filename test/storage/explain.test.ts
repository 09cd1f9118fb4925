import { exportJWK, generateKeyPair } from "jose";
import { expect, inject, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { ready } from "../account/full.ts";
import { atAccount, press, scan } from "../account/support.ts";
import { signedInBy as signedInByCertificate } from "../certificate/by-certificate.ts";
import { requestFor } from "../certificate/ocsp-request.ts";
import { authorityOf, issued, listOf } from "../certificate/support.ts";
import { asked as askedContact, carol, changed, linkTo, NEW, waiting } from "../contact/support.ts";
import { allowed, confirmBy, enrolled, firstResponse } from "../device/own-support.ts";
import { added, signedInBy } from "../passkey/support.ts";
import { PATH as SUBSCRIPTION } from "../push/support.ts";
import { atCode, made } from "../recovery/support.ts";
import { asked, askedBy, knownAsked, requestIn } from "../request/asked.ts";
import { certificateWorld } from "../support/certificate-proxy.ts";
import { freshDatabase, recordStatements } from "../support/databases.ts";
import { prove } from "../support/newcomer.ts";
import { type OnlinePhone, onlinePhone } from "../support/online-phone.ts";
import { activate } from "../support/phone.ts";
import { type PushService, startPushService } from "../support/push-service.ts";
import { signIn } from "../support/sign-in.ts";
import { anEnvelope, confirmed, keysPath, PROGRAM, present, putting, stored } from "../support/stored-keys.ts";
import { askOnPhone } from "../support/till.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { LIBRARY, SHOP, type World } from "../support/world.ts";
import { CODE, CODED, confirmed as confirmedCode, set } from "../till-code/support.ts";

/** A handful of rows, read whole at start; and SQLite's name for the one row of a SELECT without a table. */
const SMALL = ["key", "CONSTANT"];

/** Milliseconds: it goes through nearly everything that there is, and on a busy machine with PostgreSQL that takes its time. */
const PATIENCE = 90_000;

test("no statement of a sign-in, the account page, a registration or a sweep reads a whole table", {
  timeout: PATIENCE,
}, async () => {
  const fresh = await freshDatabase(inject("engine"));
  const { database, statements } = recordStatements(fresh.database);
  await using service = await startPushService();
  const clients = [SHOP, LIBRARY, PROGRAM, CODED];
  await using world = await certificateWorld({ database: { ...fresh, database }, clients, push: service });
  await everything(world, service);
  expect(statements.size).toBeGreaterThan(50);
  const found: string[] = [];
  for (const statement of statements)
    found.push(...(await wholeTables(world, statement)).map((table) => `${table}: ${statement}`));
  expect(found).toEqual([]);
});

async function everything(world: World, service: PushService): Promise<void> {
  const wish = { parameters: { scope: "openid email wmid offline_access", prompt: "consent" } };
  const { visitor: signedIn, tokens } = await signIn(world, wish);
  await tokens();
  await press(signedIn, "on operation");
  await press(signedIn, "on login shop");
  await scan(world, signedIn, await press(signedIn, "off login shop"));
  await theOwnPhones(world, signedIn);
  await aCertificate(world, signedIn);
  await theOwnContacts(world, signedIn);
  await aPasskey(world, signedIn);
  await signedIn.submit(await ready(world, signedIn, await onlinePhone(world)), "save");
  await aTillCode(world, signedIn);
  await theOwnPages(world, signedIn);
  await signIn(world, { visitor: signedIn });
  await signedIn.submit(await signedIn.open("/sign-out"), "yes");
  const visitor = createVisitor(world.issuer);
  const person = { email: "dora@example.com", phone: "+15555550199" };
  const enrolment = await prove(world, visitor, person);
  const phone = await activate(world.issuer, person.email, enrolment.activation);
  await phone.get();
  const first = await visitor.submit(enrolment, "answered");
  await visitor.submit(first, "next", { response: "1000000" });
  await visitor.submit(await visitor.open("/enrolment/first-response"), "decline");
  await onThePhone(world, service);
  await theStoredKeys(world);
  await aRecovery(world);
  await world.sweep();
  await world.remind();
  await theEnds(world);
}

/** Carol has hers deleted, stops it, and has it deleted after all; dora's, which never had a phone, lapses. */
async function theEnds(world: World): Promise<void> {
  const visitor = await carol(world);
  const ask = async () => visitor.submit(await visitor.open("/account/deletion/confirm"), "ask");
  await visitor.submit(await ask(), "stop");
  await ask();
  world.pass(14 * DAY);
  await world.drain();
  await world.sweep();
  for (const person of ["carol@example.com", "dora@example.com"])
    expect(await world.database.rows("SELECT id FROM account WHERE email = ?", [person])).toEqual([]);
}

/** A list of codes, and one of it used in another browser, after one that does not fit: all phones end. */
async function aRecovery(world: World): Promise<void> {
  // What waits is sent side by side, and the code's mail must be the newest.
  await world.drain();
  const { visitor } = await atAccount(world);
  await visitor.open("/account/recovery-codes");
  const [code = ""] = await made(world, visitor, await onlinePhone(world));
  const { visitor: other, page } = await atCode(world, "alice@example.com");
  await other.submit(page, "next", { code: "0".repeat(16) });
  await other.submit(page, "next", { code });
}

/** One that is stopped, one that is made when its time has come, and one by the phone, with wrong codes before. */
async function theOwnContacts(world: World, visitor: Visitor): Promise<void> {
  await waiting(world, visitor, "email");
  await visitor.submit(await visitor.open("/account/contact"), "stop email");
  await waiting(world, visitor, "phone");
  await visitor.open(await linkTo(world, NEW.phone));
  await visitor.post(new URL(await linkTo(world, NEW.phone)).pathname, "action=stop");
  await visitor.submit(await askedContact(visitor, "email", "third@example.com"), "next", { code: "AAAAAAAA" });
  await changed(world, visitor, await onlinePhone(world), "email", "fourth@example.com");
  await world.database.rows("UPDATE account SET email = ? WHERE email = ?", [
    "alice@example.com",
    "fourth@example.com",
  ]);
  await world.drain();
}

/** Kept, changed, retrieved, moved and deleted. */
async function theStoredKeys(world: World): Promise<void> {
  const tag = (await stored(world)).headers.get("etag") ?? "";
  await present(world, await confirmed(world, "change"), putting(anEnvelope(), { "if-match": tag }));
  for (const action of ["retrieve", "move"])
    await present(world, await confirmed(world, action), { method: "POST", path: `${keysPath()}/${action}` });
  const deleted = await present(world, await confirmed(world, "delete"), { method: "DELETE", path: keysPath() });
  expect(deleted.status).toBe(204);
}

/** What is behind the account page, beside phones and switches. */
async function theOwnPages(world: World, visitor: Visitor): Promise<void> {
  await visitor.open("/account/history?q=nothing");
  await visitor.open("/account/history?before=9999999999999.a");
  await signIn(world, { visitor, client: LIBRARY, parameters: { scope: "openid wmid" } });
  await visitor.open("/account/sites/library");
  await visitor.post("/account/sites/library", "action=take-back+wmid");
  await visitor.post("/account/sites/shop", "action=revoke");
  await visitor.open("/account/sessions");
  await visitor.post("/account/sessions", "action=forget+AAAAAAAA");
  await visitor.post("/account/sessions", "action=end-others");
}

/** One more, another name, a code by mail, and the end of the one that was added. */
async function theOwnPhones(world: World, visitor: Visitor): Promise<void> {
  const own = await onlinePhone(world);
  const { phone, first } = await enrolled(world, visitor, await allowed(world, visitor, own));
  await visitor.submit(first, "next", { response: firstResponse(phone, first) });
  const path = `/account/devices/${phone.id}`;
  await visitor.submit(await visitor.open(path), "rename", { name: "Mine" });
  await visitor.submit(await visitor.open(`${path}/remove`), "email");
  await visitor.post(`${path}/email-code`, "action=next&code=AAAAAAAA");
  const removed = await confirmBy(
    world,
    visitor,
    await visitor.submit(await visitor.open(`${path}/remove`), "confirm"),
    own,
  );
  expect(removed.text).toContain("The phone is removed");
}

/** Given, listed, revoked, and on the list of revoked ones. */
async function aCertificate(world: World, visitor: Visitor): Promise<void> {
  const own = await issued(world, { visitor, phone: await onlinePhone(world) });
  const { page, serial } = own;
  expect((await signedInByCertificate(world, own)).page.url).toContain("code=");
  await visitor.open("/account/certificates");
  await visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=superseded");
  expect((await listOf(world)).revoked).toHaveLength(1);
  const request = requestFor(await authorityOf(world), serial).toString("base64");
  expect((await fetch(`${world.issuer}/certificates/ocsp/${encodeURIComponent(request)}`)).status).toBe(200);
}

/** Added, used, named and removed. */
async function aPasskey(world: World, visitor: Visitor): Promise<void> {
  const { authenticator, page } = await added(world, { visitor, phone: await onlinePhone(world) });
  expect((await signedInBy(world, authenticator)).page.url).toContain("code=");
  const href = page.html.querySelector(".devices a")?.getAttribute("href") ?? "";
  await visitor.submit(await visitor.open(href), "rename", { name: "Blue key" });
  await visitor.submit(await visitor.open(`${href}/remove`), "remove");
}

/** Set, asked for, sent wrong, and removed. */
async function aTillCode(world: World, visitor: Visitor): Promise<void> {
  const alice = { visitor, phone: await onlinePhone(world) };
  await set(world, alice);
  for (const [user_code, status] of [
    ["nope 99", 400],
    [CODE, 200],
  ] as const)
    expect((await askOnPhone(world, { user_code }, CODED)).status).toBe(status);
  await confirmedCode(world, alice, "remove");
}

/** One that is taken, and one whose phone is not there any more. */
async function aPush(world: World, phone: OnlinePhone, service: PushService): Promise<void> {
  await phone.call("DELETE", SUBSCRIPTION);
  expect((await phone.call("PUT", SUBSCRIPTION, service.subscribe())).status).toBe(204);
  for (const status of [201, 410]) {
    service.says.status = status;
    await asked(world, createVisitor(world.issuer));
    await world.drain();
  }
  expect(service.calls()).toBe(2);
}

/** What an online phone asks, answers, declines and renews, and the question of those who wait. */
async function onThePhone(world: World, service: PushService): Promise<void> {
  const online = await onlinePhone(world);
  await aPush(world, online, service);
  const known = await knownAsked(world);
  const { cursor } = await online.requests();
  await online.requests(`?after=${cursor}&wait=2`);
  await online.answer(requestIn(known.page), known.page.challenge, { response: "1234567" });
  await online.answer(requestIn(known.page), known.page.challenge);
  const declined = await askedBy(world, known.visitor);
  await online.decline(requestIn(declined.page), "changed_mind");
  const strange = await asked(world, createVisitor(world.issuer));
  await online.decline(requestIn(strange), "not_me");
  const renewal = await online.call("POST", "/device/v1/pad/challenge");
  const number = String(renewal.body["challenge"]);
  const { publicKey } = await generateKeyPair("ECDH-ES", { crv: "P-256" });
  const agreement = await exportJWK(publicKey);
  const response = online.respond(number, { mode: "renew" });
  const renewed = await online.call("POST", "/device/v1/pad", {
    challenge: number,
    response,
    agreement_key: agreement,
  });
  expect(renewed.status).toBe(200);
}

async function wholeTables(world: World, statement: string): Promise<string[]> {
  if (!/^\s*(SELECT|INSERT|UPDATE|DELETE)/i.test(statement)) return [];
  const bindings = Array.from(statement.matchAll(/\?/g), () => null);
  if (world.database.engine === "sqlite") {
    const plan = await world.database.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${statement}`, bindings);
    return (
      plan
        // The rows that a statement brings with it are no table.
        .filter(({ detail }) => !/^SCAN \d+-ROW VALUES CLAUSE/.test(detail))
        .flatMap(({ detail }) => /^SCAN (\w+)(?! USING)/.exec(detail)?.[1] ?? [])
        .filter((table) => !SMALL.includes(table))
    );
  }
  const plan = await world.database.transaction(async (sql) => {
    // A planner that has seen no figures prefers to read small tables whole: it is told not to.
    await sql.rows("SET LOCAL enable_seqscan = off");
    return sql.rows<{ "QUERY PLAN": string }>(`EXPLAIN (GENERIC_PLAN) ${numbered(statement)}`);
  });
  return plan
    .flatMap((row) => /Seq Scan on (\w+)/.exec(row["QUERY PLAN"])?.[1] ?? [])
    .filter((table) => !SMALL.includes(table));
}

/** PostgreSQL plans a statement without its values when it is given as `$1`, `$2` … */
function numbered(statement: string): string {
  let count = 0;
  return statement.replace(/\?/g, () => `$${++count}`);
}

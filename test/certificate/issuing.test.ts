import { createHash, X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DAY, MINUTE } from "../../src/clock.ts";
import { eventsOf, toldOf } from "../account/support.ts";
import { confirmBy, confirmedUntilCallback } from "../device/own-support.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import { createWorld, type World } from "../support/world.ts";
import { ALICE_WMID, aliceAt, asked, authorityOf, ecRequest, issued, rsaRequest } from "./support.ts";

const NEW = "/account/certificates/new";
const count = async (world: World) => (await world.database.rows("SELECT serial FROM certificate")).length;

describe("a certificate", () => {
  test("is given for a request that the phone has confirmed: for two years, by the authority, with the WMID in it", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const before = world.now();
    const { certificate, page, serial, chain } = await issued(world, alice);
    expect(page.url).toBe(`${world.issuer}/account/certificates/${serial}`);
    expect(toldOf(page)).toContain("It is valid");
    const authority = await authorityOf(world);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect([authority.ca, certificate.ca]).toEqual([true, false]);
    expect(certificate.subject.split("\n")).toEqual([`O=${new URL(world.issuer).host}`, `CN=${ALICE_WMID}`]);
    expect(certificate.subjectAltName).toBe(`URI:urn:e-num:wmid:${ALICE_WMID}`);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.infoAccess).toContain(`CA Issuers - URI:${world.issuer}/certificates/authority.cer`);
    expect(certificate.serialNumber.toLowerCase()).toBe(serial);
    expect(serial).toMatch(/^01[0-9a-f]{32}$/);
    const life = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
    expect(life).toBe(2 * 365 * DAY + 5 * MINUTE);
    expect(certificate.validFromDate.getTime()).toBeLessThanOrEqual(before);
    const [own, above] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(new X509Certificate(own ?? "").fingerprint256).toBe(certificate.fingerprint256);
    expect(new X509Certificate(above ?? "").fingerprint256).toBe(authority.fingerprint256);
    const pem = await (await fetch(`${world.issuer}/certificates/authority.pem`)).text();
    expect(new X509Certificate(pem).fingerprint256).toBe(authority.fingerprint256);
  });

  test("is what the phone was shown: the WMID and the key", async () => {
    await using world = await createWorld();
    const { visitor, phone } = await aliceAt(world);
    const page = await asked(visitor, ecRequest().pem);
    const { operation } = await scanned(world, page.qr);
    expect(operation).toMatchObject({ type: "security_settings", setting: `Certificate of WMID ${ALICE_WMID}` });
    expect(await count(world)).toBe(0);
    const done = await confirmBy(world, visitor, page, phone);
    const [row] = await world.database.rows<{ certificate: string }>("SELECT certificate FROM certificate");
    const { publicKey } = new X509Certificate(Buffer.from(row?.certificate ?? "", "base64"));
    const digest = createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("hex");
    const shown = digest
      .slice(0, 16)
      .toUpperCase()
      .replace(/(.{4})(?=.)/g, "$1 ");
    expect(operation["to"]).toBe(`For the key ${shown}`);
    expect(done.text).toContain(shown);
  });

  test("is an event, and a mail", async () => {
    await using world = await createWorld();
    const { serial } = await issued(world, await aliceAt(world));
    const [confirmation] = await world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    expect(await eventsOf(world, "certificate.issued")).toEqual([
      { clientId: null, serial, confirmation: confirmation?.id },
    ]);
    const mail = await world.message(ALICE);
    expect(mail.subject).toBe(`A certificate was issued for your WMID ${ALICE_WMID}`);
    expect(mail.text).toContain(serial.toUpperCase());
  });

  test("for RSA keys as well", async () => {
    await using world = await createWorld();
    const { certificate, page } = await issued(world, await aliceAt(world), rsaRequest(2048));
    expect(certificate.publicKey.asymmetricKeyType).toBe("rsa");
    expect(page.text).toContain("RSA 2048");
  });

  test("of an account that was asked for in another language is the same, since its words are ours in every one", async () => {
    await using world = await createWorld();
    const { visitor, phone } = await aliceAt(world);
    await visitor.open("/account/certificates?lang=ru");
    const page = await confirmBy(world, visitor, await asked(visitor, ecRequest().pem), phone);
    expect(page.title).toContain("Ваш сертификат");
    expect(await count(world)).toBe(1);
  });
});

describe("no certificate is given", () => {
  test("for a request that was declined, or confirmed too long ago", async () => {
    await using world = await createWorld();
    const { visitor, phone } = await aliceAt(world);
    const declined = await visitor.submit(await asked(visitor, ecRequest().pem), "decline");
    expect(declined.status).toBe(200);
    expect(await count(world)).toBe(0);
    const page = await asked(visitor, ecRequest().pem);
    const callback = await confirmedUntilCallback(world, visitor, page, phone);
    world.pass(10 * MINUTE);
    expect(toldOf(await visitor.open(callback))).toContain("Nothing has changed");
    expect(await count(world)).toBe(0);
  });

  test("for a key that was changed on its way, or another account's", async () => {
    await using world = await createWorld();
    const { visitor, phone } = await aliceAt(world);
    const callback = await confirmedUntilCallback(world, visitor, await asked(visitor, ecRequest().pem), phone);
    await world.database.rows("UPDATE certificate_request SET wmid = '302345678901'");
    expect(toldOf(await visitor.open(callback))).toContain("Nothing has changed");
    expect(await count(world)).toBe(0);
  });

  test("for a WMID that has left the account meanwhile", async () => {
    await using world = await createWorld();
    const { visitor, phone } = await aliceAt(world);
    const callback = await confirmedUntilCallback(world, visitor, await asked(visitor, ecRequest().pem), phone);
    await world.database.rows("DELETE FROM account_wmid WHERE wmid = ?", [ALICE_WMID]);
    expect(toldOf(await visitor.open(callback))).toContain("Nothing has changed");
    expect(await count(world)).toBe(0);
  });

  test("a second time: the confirmation that comes back again leads to the one that there is", async () => {
    await using world = await createWorld();
    const { visitor, phone } = await aliceAt(world);
    const callback = await confirmedUntilCallback(world, visitor, await asked(visitor, ecRequest().pem), phone);
    const first = await visitor.open(callback);
    expect((await visitor.open(callback)).url).toBe(`${world.issuer}/account`);
    expect(first.url).toMatch(/certificates\/01[0-9a-f]{32}$/);
    expect(await count(world)).toBe(1);
  });

  test("for the same key, not even after its certificate was revoked", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { pem, page } = await issued(world, alice);
    expect((await asked(alice.visitor, pem)).alert).toContain("had a certificate already");
    await alice.visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=key-compromise");
    const again = await asked(alice.visitor, pem);
    expect([again.status, again.alert]).toEqual([422, expect.stringContaining("had a certificate already")]);
  });

  test("beside five that live for the WMID, and again once one is revoked", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const first = await issued(world, alice);
    for (let more = 1; more < 5; more += 1) await issued(world, alice);
    expect((await asked(alice.visitor, ecRequest().pem)).alert).toContain("has five certificates");
    await alice.visitor.post(`${new URL(first.page.url).pathname}/revoke`, "action=revoke&reason=superseded");
    await issued(world, alice);
    expect(await count(world)).toBe(6);
  });

  test("to whoever asks more than twenty times a day", async () => {
    await using world = await createWorld();
    const { visitor } = await aliceAt(world);
    for (let times = 0; times < 20; times += 1)
      expect((await visitor.once(NEW, new URLSearchParams({ csr: ecRequest().pem }).toString())).url).toContain(
        "/authorize",
      );
    const refused = await visitor.post(NEW, new URLSearchParams({ csr: ecRequest().pem }).toString());
    expect([refused.status, refused.alert]).toEqual([429, expect.stringContaining("Too many requests today")]);
    world.pass(DAY);
    const { visitor: tomorrow } = await aliceAt(world);
    expect((await asked(tomorrow, ecRequest().pem)).challenge).not.toBe("");
  });

  test("to an account without a WMID, which is told so", async () => {
    await using world = await createWorld();
    const { visitor } = await aliceAt(world);
    await world.database.rows("DELETE FROM account_wmid WHERE wmid = ?", [ALICE_WMID]);
    const page = await visitor.open(NEW);
    expect(page.url).toBe(`${world.issuer}/account/certificates`);
    expect(page.text).toContain("Your account has no WMID");
  });
});

test("of several WMIDs one is chosen, and no other than the account's own", async () => {
  await using world = await createWorld();
  const { visitor, phone } = await aliceAt(world);
  const [alice] = await world.database.rows<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
  await world.database.rows("INSERT INTO account_wmid (wmid, account_id, created_at) VALUES ('399999999999', ?, 1)", [
    alice?.id ?? "",
  ]);
  const { pem: csr } = ecRequest();
  const post = (wmid: string) => visitor.post(NEW, new URLSearchParams({ csr, wmid, action: "next" }).toString());
  for (const wmid of ["", "302345678901", "x"]) expect((await post(wmid)).alert).toContain("Choose one of your WMIDs");
  const done = await confirmBy(world, visitor, await post("399999999999"), phone);
  expect(done.text).toContain("3999 9999 9999");
});

test("another account's certificate is nobody's", async () => {
  await using world = await createWorld();
  const { page } = await issued(world, await aliceAt(world));
  await world.database.rows("UPDATE certificate SET account_id = 'somebody'");
  const { visitor } = await aliceAt(world);
  for (const path of ["", "/certificate.pem", "/revoke"])
    expect((await visitor.open(`${page.url}${path}`)).status).toBe(404);
  expect((await visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=superseded")).status).toBe(
    404,
  );
});

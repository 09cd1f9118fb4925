import { createPrivateKey, createPublicKey } from "node:crypto";
import { type IncomingMessage, request } from "node:http";
import { decodeJwt } from "jose";
import { tokenIntrospection } from "openid-client";
import { describe, expect, test } from "vitest";
import { ownSigner } from "../../src/certificate/signer.ts";
import { clientCertificate, pem } from "../../src/certificate/x509.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import { parseWmid } from "../../src/wmid.ts";
import { atAccount, eventsOf, press, scan } from "../account/support.ts";
import {
  type CertificateWorld,
  certificateWorld,
  HEADER,
  type Held,
  selfMade,
  show,
} from "../support/certificate-proxy.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { atSignIn, by, sentAway, signedInBy } from "./by-certificate.ts";
import { ALICE_WMID, aliceAt, ecRequest, type Issued, issued } from "./support.ts";

const CERTIFICATE = "urn:e-num:acr:certificate";
const PASSKEY = "urn:e-num:acr:passkey";
const LOGIN = "urn:e-num:acr:login";
const SMS = "urn:e-num:acr:sms";

describe("a sign-in by a client certificate", () => {
  test("needs no name: the site gets a code, and its tokens say how sure it is", async () => {
    await using world = await certificateWorld();
    const alice = await aliceAt(world);
    const own = await issued(world, alice);
    const { page, attempt } = await signedInBy(world, own);
    const { id_token: token = "" } = await attempt.finish(page.url);
    expect(decodeJwt(token)).toMatchObject({ acr: CERTIFICATE, amr: ["pop"] });
    const accepted = { clientId: "shop", by: "certificate", serial: own.serial };
    expect(await eventsOf(world, "login.accepted")).toContainEqual(accepted);
    expect(await world.metrics()).toMatch(/enum_id_logins_total\{[^}]*verdict="accepted"[^}]*\} 2\n/);
    expect((await alice.visitor.open("/account/history")).text).toContain("With a certificate");
  });

  test.each([
    [LOGIN, LOGIN],
    [SMS, SMS],
    [CERTIFICATE, CERTIFICATE],
    [`${LOGIN} ${CERTIFICATE}`, CERTIFICATE],
    [`${PASSKEY} ${CERTIFICATE}`, CERTIFICATE],
  ])("where a site asks for %s, its token says %s", async (asked, said) => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const { page, attempt } = await signedInBy(world, own, { acr_values: asked });
    const { id_token: token = "" } = await attempt.finish(page.url);
    expect(decodeJwt(token)["acr"]).toBe(said);
  });

  test("is in discovery, between a response and a passkey", async () => {
    await using world = await certificateWorld();
    const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata.acr_values_supported.slice(1, 4)).toEqual([LOGIN, CERTIFICATE, PASSKEY]);
  });

  test("is no passkey: a site that asks for that alone is told that it is not met", async () => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const { page } = await signedInBy(world, own, { acr_values: PASSKEY });
    expect(errorOf(page)).toBe("unmet_authentication_requirements");
  });

  test.each([
    [CERTIFICATE, "This site asks for a certificate."],
    [`${CERTIFICATE} ${PASSKEY}`, "This site asks for a passkey or a certificate."],
  ])("is not met by a response, where a site asks for %s; the page says so", async (asked, words) => {
    await using world = await certificateWorld();
    const { page } = await atSignIn(world, { acr_values: asked });
    expect(page.text).toContain(words);
    const { back } = await signIn(world, { parameters: { acr_values: asked } });
    expect(errorOf(back)).toBe("unmet_authentication_requirements");
  });

  test("steps up who is signed in by a response, where a site asks for it", async () => {
    await using world = await certificateWorld();
    const alice = await aliceAt(world);
    const own = await issued(world, alice);
    const { visitor, page, attempt } = await atSignIn(world, { acr_values: CERTIFICATE }, alice.visitor);
    const back = await by(visitor, page, own);
    expect(decodeJwt((await attempt.finish(back.url)).id_token ?? "")["acr"]).toBe(CERTIFICATE);
  });

  test("shows the account's pages, and never confirms an operation: the phone is asked all the same", async () => {
    await using world = await certificateWorld();
    const { visitor } = await signedInBy(world, await issued(world, await aliceAt(world)));
    expect((await visitor.open("/account")).text).toContain(ALICE);
    await press(visitor, "on no-sms");
    const page = await press(visitor, "off no-sms");
    expect(page.challenge).toMatch(/^\d{8}$/);
    expect((await scan(world, visitor, page)).text).toContain("It is switched off");
  });

  test("is not enough where the owner wants a response at each sign-in to the site: the check number follows", async () => {
    await using world = await certificateWorld();
    const alice = await aliceAt(world);
    const own = await issued(world, alice);
    await signIn(world, { visitor: alice.visitor });
    await press(alice.visitor, "on login shop");
    const { visitor, page } = await signedInBy(world, own);
    expect(page.challenge).toMatch(/^\d{8}$/);
    expect((await visitor.open("/account")).text).not.toContain(ALICE);
  });

  test("is refused to another account than the one that the site has pinned", async () => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const bob = await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = 'bob@example.com'");
    const claims = JSON.stringify({ id_token: { sub: { value: bob?.id } } });
    const { page } = await signedInBy(world, own, { claims });
    expect(errorOf(page)).toBe("login_required");
  });
});

describe("nobody is signed in, and the page says why", () => {
  const refusals: readonly [
    string,
    string,
    string | undefined,
    (world: World, own: Issued) => Promise<Held | undefined>,
  ][] = [
    ["without a certificate", "Your browser showed no certificate", undefined, async () => undefined],
    ["by one that stands for itself", "That certificate is not from us", undefined, () => selfMade("localhost")],
    [
      "by one of another authority with the same names and number",
      "That certificate is not from us",
      undefined,
      async (world, own) => {
        const { key, privateJwk } = await selfMade(new URL(world.issuer).host);
        const wmid = parseWmid(ALICE_WMID);
        if (wmid === undefined) throw new Error("no WMID");
        const der = await clientCertificate(ownSigner({ kid: "own", privateJwk }), {
          serial: Buffer.from(own.serial, "hex"),
          host: new URL(world.issuer).host,
          validity: { from: Date.now() - DAY, to: Date.now() + DAY },
          wmid,
          spki: createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "der" }),
          at: { list: "http://x/l", status: "http://x/s", authority: "http://x/a" },
        });
        return { key, chain: pem("CERTIFICATE", der) };
      },
    ],
    [
      "by one that is in no row of ours",
      "That certificate is not from us",
      undefined,
      async (world, { key, chain }) => {
        await world.database.run("DELETE FROM certificate");
        return { key, chain };
      },
    ],
    [
      "by one that has run out",
      "That certificate has run out",
      "expired",
      async (world, own) => {
        await world.database.run("UPDATE certificate SET expires_at = ? WHERE serial = ?", [Date.now(), own.serial]);
        return own;
      },
    ],
    [
      "by one that the operator has revoked",
      "That certificate is revoked",
      "revoked",
      async (world, own) => {
        await world.database.run(
          "UPDATE certificate SET revoked_at = ?, revoked_by = 'operator', reason = 'unspecified' WHERE serial = ?",
          [Date.now(), own.serial],
        );
        return own;
      },
    ],
    [
      "by one for a WMID that has left the account",
      "That certificate’s WMID is no longer your account’s",
      "wmid-gone",
      async (world, own) => {
        await world.database.run("DELETE FROM account_wmid WHERE wmid = ?", [ALICE_WMID]);
        return own;
      },
    ],
  ];
  test.each(refusals)("%s", async (_how, words, reason, make) => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const held = await make(world, own);
    const { visitor, page } = await atSignIn(world);
    const answer = await by(visitor, page, held);
    expect([answer.status, answer.alert]).toEqual([422, expect.stringContaining(words)]);
    expect(answer.title).toMatch(/^Error: /);
    const told = reason === undefined ? [] : [{ serial: own.serial, reason }];
    expect(await eventsOf(world, "certificate.refused")).toMatchObject(told);
    // The phone does it all the same, on this very page.
    expect((await visitor.submit(answer, "next", { identifier: ALICE })).challenge).toMatch(/^\d{8}$/);
  });

  test("by one that was revoked between there and here", async () => {
    await using world = await certificateWorld();
    const alice = await aliceAt(world);
    const own = await issued(world, alice);
    const { visitor, page } = await atSignIn(world);
    const { location } = await show(await sentAway(visitor, page), own);
    await alice.visitor.post(`${new URL(own.page.url).pathname}/revoke`, "action=revoke&reason=key-compromise");
    expect((await visitor.open(location)).alert).toContain("That certificate is revoked");
  });

  test("by a ticket that was used before, or a proof", async () => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const first = await atSignIn(world);
    const address = await sentAway(first.visitor, first.page);
    const { location } = await show(address, own);
    const again = await first.visitor.open((await show(address, own)).location);
    expect([again.status, again.alert]).toEqual([422, expect.stringContaining("That took too long")]);
    // The proof of the first time is good all the same, and once.
    expect((await first.visitor.open(location)).url).toContain("code=");
    const spent = await first.visitor.once(location);
    expect(spent.status).toBe(400);
  });

  test("by a proof of another visit in the same browser", async () => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const first = await atSignIn(world);
    const proof = new URL((await show(await sentAway(first.visitor, first.page), own)).location).search;
    const second = await atSignIn(world, {}, first.visitor);
    const page = await second.visitor.open(`${new URL(second.page.url).pathname}/certificate${proof}`);
    expect(page.alert).toContain("That took too long");
  });

  test("at a stranger's visit, to which a person was led by the stranger's link", async () => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const stranger = await atSignIn(world);
    const { location } = await show(await sentAway(stranger.visitor, stranger.page), own);
    const led = await createVisitor(world.issuer).open(location);
    expect(led.status).toBe(400);
    expect((await stranger.visitor.open(new URL(stranger.page.url).pathname)).url).not.toContain("code=");
    expect(await eventsOf(world, "login.accepted")).toHaveLength(1);
  });

  test("after five minutes at the browser's question, and a minute on the way back", async () => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const { visitor, page } = await atSignIn(world);
    const address = await sentAway(visitor, page);
    const other = await sentAway(visitor, page);
    world.pass(5 * MINUTE - SECOND);
    const { location } = await show(other, own);
    world.pass(MINUTE);
    for (const late of [(await show(address, own)).location, location])
      expect((await visitor.open(late)).alert).toContain("That took too long");
    expect((await by(visitor, await visitor.open(new URL(page.url).pathname), own)).url).toContain("code=");
  });

  test.each(["", "?ticket=", "?ticket=a.1.b.c", "?ticket=a&ticket=b", "?ticket=%00"])(
    "by a made-up ticket: %j",
    async (query) => {
      await using world = await certificateWorld();
      const answer = await show(`${world.asking}/sign-in/certificate${query}`);
      expect(answer.status).toBe(400);
      expect(answer.body).toContain("<h1");
    },
  );

  test("after sixty that did not fit from one address, until an hour has gone", async () => {
    await using world = await certificateWorld();
    const stranger = await selfMade("localhost");
    const { visitor, page } = await atSignIn(world);
    const address = await sentAway(visitor, page);
    for (let wrong = 0; wrong < 60; wrong += 1)
      expect((await show(address, stranger)).location).toContain("refused=foreign");
    const last = await visitor.open((await show(address, stranger)).location);
    expect([last.status, last.alert]).toEqual([429, expect.stringContaining("Too many certificates")]);
  });
});

describe("a header with a certificate", () => {
  const headers = (own: Held) => ({ [HEADER]: encodeURIComponent(own.chain) });

  test("is believed at that origin alone: at the issuer's nothing is there", async () => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const { visitor, page } = await atSignIn(world);
    const { search } = new URL(await sentAway(visitor, page));
    const answer = await fetch(`${world.issuer}/sign-in/certificate${search}`, {
      headers: headers(own),
      redirect: "manual",
    });
    expect(answer.status).toBe(404);
  });

  test("is believed of nobody where it comes twice: one of them is the browser's own", async () => {
    await using world = await certificateWorld();
    const own = await issued(world, await aliceAt(world));
    const { visitor, page } = await atSignIn(world);
    const { host, pathname, search } = new URL(await sentAway(visitor, page));
    const [header] = Object.values(headers(own));
    const answer = await new Promise<IncomingMessage>((done, fail) => {
      const behind = { host: "127.0.0.1", port: world.port, path: `${pathname}${search}` };
      const sent = request({ ...behind, headers: { host, [HEADER]: [header ?? "", header ?? ""] } }, done);
      sent.on("error", fail).end();
    });
    answer.resume();
    expect(answer.headers.location).toContain("refused=none");
  });

  test("opens nothing else at that origin", async () => {
    await using world = await certificateWorld();
    for (const path of ["/", "/account", "/register", "/token", "/jwks"])
      expect([path, (await show(`${world.asking}${path}`)).status]).toEqual([path, 421]);
  });
});

describe("where the operator has no such origin", () => {
  test("there is no button, no address, and no site can ask for it", async () => {
    await using world = await createWorld();
    const { visitor, page } = await atSignIn(world);
    expect(page.html.querySelector('button[value="certificate"]')).toBeNull();
    expect((await visitor.post(`${new URL(page.url).pathname}/certificate`, "action=certificate")).status).toBe(404);
    expect((await fetch(`${world.issuer}/sign-in/certificate?ticket=x`)).status).toBe(404);
    const asked = await atSignIn(world, { acr_values: CERTIFICATE });
    expect(errorOf(asked.page)).toBe("unmet_authentication_requirements");
  });
});

test("a certificate that its owner revokes takes the sessions with it that certificates have opened, and no others", async () => {
  await using world: CertificateWorld = await certificateWorld();
  const alice = await aliceAt(world);
  const own = await issued(world, alice);
  const { visitor } = await signedInBy(world, own);
  expect((await visitor.open("/account")).text).toContain(ALICE);
  await alice.visitor.post(`${new URL(own.page.url).pathname}/revoke`, "action=revoke&reason=superseded");
  expect((await visitor.open("/account")).text).not.toContain(ALICE);
  expect((await alice.visitor.open("/account")).text).toContain(ALICE);
});

test("a stolen key leaves nothing behind: neither what sites were granted by it, though its session has ended, nor a known browser", async () => {
  await using world: CertificateWorld = await certificateWorld();
  const alice = await aliceAt(world);
  const own = await issued(world, alice);
  const offline = { scope: "openid offline_access", prompt: "consent" };
  const thief = await signedInBy(world, own, offline);
  const taken = await thief.attempt.finish((await thief.visitor.submit(thief.page, "allow")).url);
  const hers = await signIn(world, { parameters: offline });
  const { refresh_token: kept = "" } = await hers.tokens();
  const isActive = async (token = "") => (await tokenIntrospection(hers.party.config, token)).active;
  world.pass(25 * HOUR);
  expect([await isActive(taken.refresh_token), await isActive(kept)]).toEqual([true, true]);
  expect((await world.database.rows("SELECT * FROM known_browser")).length).toBeGreaterThan(1);

  const { visitor } = await atAccount(world);
  const path = `${new URL(own.page.url).pathname}/revoke`;
  await visitor.post(path, "action=revoke&reason=key-compromise");
  expect([await isActive(taken.refresh_token), await isActive(kept)]).toEqual([false, true]);
  expect(await world.database.rows("SELECT * FROM known_browser")).toEqual([]);
});

test("a revocation whose sessions did not end is pressed once more, and ends them", async () => {
  await using world: CertificateWorld = await certificateWorld();
  const alice = await aliceAt(world);
  const own = await issued(world, alice);
  const { visitor } = await signedInBy(world, own);
  await world.database.rows("UPDATE certificate SET revoked_at = 1, revoked_by = 'account', reason = 'superseded'");
  await alice.visitor.post(`${new URL(own.page.url).pathname}/revoke`, "action=revoke&reason=superseded");
  expect((await visitor.open("/account")).text).not.toContain(ALICE);
});

test("the sweep deletes what was shown, after its time", async () => {
  await using world = await certificateWorld();
  await signedInBy(world, await issued(world, await aliceAt(world), ecRequest()));
  const kept = () => world.database.rows("SELECT serial FROM certificate_proof");
  await world.sweep();
  expect(await kept()).toHaveLength(1);
  world.pass(7 * MINUTE);
  await world.sweep();
  expect(await kept()).toEqual([]);
});

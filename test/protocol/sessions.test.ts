import { randomBytes } from "node:crypto";
import { tokenIntrospection } from "openid-client";
import { describe, expect, inject, test } from "vitest";
import { endAnswered } from "../../src/app/answered.ts";
import { createAudit } from "../../src/audit/audit.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createLogout } from "../../src/logout/logout.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { createSessions } from "../../src/provider/sessions.ts";
import { createDigester } from "../../src/secrecy.ts";
import { freshDatabase, recordStatements } from "../support/databases.ts";
import { logoutListener } from "../support/logout-listener.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";

/** What ends sessions beside the server: the operator's verb, in a process of its own. */
async function operator({ database, sealer }: World, clients: ClientEntry[]) {
  const kernel = { database, clock: Date.now, random: { bytes: (length: number) => randomBytes(length) } };
  const { digest } = await loadKeys({ ...kernel, sealer });
  const logger = { warn: () => undefined, error: () => undefined };
  const tell = () => Promise.reject(new Error("the server does"));
  const logout = createLogout({ ...kernel, tell, logger });
  return createSessions({
    ...kernel,
    sealer,
    digest: createDigester(digest),
    clients,
    audit: createAudit(kernel),
    logout,
    endAnswered,
  });
}

const idOf = async (world: World, email: string) =>
  (await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [email]))?.id ?? "";

/** Alice's response was right, and her browser has not followed the redirect that opens a session. */
async function judged(world: World) {
  const visitor = createVisitor(world.issuer);
  const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin();
  const page = await visitor.submit(await visitor.open(attempt.address), "next", { identifier: ALICE });
  const response = encodeURIComponent(world.answer(ALICE, page.challenge));
  const { url: resume } = await visitor.once(new URL(page.url).pathname, `action=next&response=${response}`);
  return { visitor, resume };
}

describe("a sign-in that was judged before all sessions ended", () => {
  const LOGIN = "urn:e-num:acr:login";
  test.each([
    { ended: "all", which: { kind: "all" } },
    { ended: "all others", which: { kind: "others", name: "another" } },
    { ended: "those by its way", which: { kind: "by", acr: LOGIN } },
  ] as const)("opens none where $ended ended, and is said to be over", async ({ which }) => {
    await using world = await createWorld();
    const { visitor, resume } = await judged(world);
    const sessions = await operator(world, [SHOP]);
    await sessions.end(await idOf(world, ALICE), "operator", which);
    const page = await visitor.open(resume);
    expect(page.status).toBe(410);
    expect(page.text).toContain("This sign-in was ended");
    expect(await sessions.list(await idOf(world, ALICE))).toEqual([]);
    const { back } = await signIn(world, { visitor, parameters: { prompt: "none" } });
    expect(errorOf(back)).toBe("login_required");
  });

  test.each([
    { ended: "one", which: { kind: "one", name: "another" } },
    { ended: "those by another way", which: { kind: "by", acr: "urn:e-num:acr:passkey" } },
  ] as const)("goes on where $ended ended, or another account's", async ({ which }) => {
    await using world = await createWorld();
    const { visitor, resume } = await judged(world);
    const sessions = await operator(world, [SHOP]);
    await sessions.end(await idOf(world, ALICE), "operator", which);
    await sessions.end(await idOf(world, "carol@example.com"), "operator");
    expect((await visitor.open(resume)).url).toContain("code=");
    expect(await sessions.list(await idOf(world, ALICE))).toHaveLength(1);
  });

  test("is over, or was faster and is found the second time, also where sixteen redirects are followed at once", async () => {
    await using world = await createWorld();
    const { visitor, resume } = await judged(world);
    const sessions = await operator(world, [SHOP]);
    const id = await idOf(world, ALICE);
    const [, ...pages] = await Promise.all([
      sessions.end(id, "operator"),
      ...Array.from({ length: 16 }, () => visitor.open(resume)),
    ]);
    for (const { status } of pages) expect(status).toBeLessThan(500);
    await sessions.end(id, "operator");
    expect((await visitor.open(resume)).status).toBe(410);
    expect(await sessions.list(id)).toEqual([]);
  });
});

describe("ending all sessions of an account", () => {
  test("signs it out of every browser, ends its tokens, and tells each site of each session", async () => {
    await using site = await logoutListener();
    await using other = await logoutListener();
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    const library = client({ ...LIBRARY, backchannel_logout_uri: other.uri });
    await using world = await createWorld({ clients: [shop, library] });
    const first = await signIn(world, { client: shop });
    const second = await signIn(world, {
      client: shop,
      parameters: { scope: "openid offline_access", prompt: "consent" },
    });
    await signIn(world, { client: library, visitor: second.visitor });
    const tokens = [await first.tokens(), await second.tokens()];

    const sessions = await operator(world, [shop, library]);
    expect(await sessions.end(await idOf(world, ALICE), "operator")).toEqual({ sessions: 2, sites: 3 });
    for (const { visitor } of [first, second]) {
      const { back } = await signIn(world, { client: shop, visitor, parameters: { prompt: "none" } });
      expect(errorOf(back)).toBe("login_required");
    }
    for (const { access_token: token } of tokens) {
      expect(await tokenIntrospection(first.party.config, token)).toEqual({ active: false });
    }
    const refresh = tokens[1]?.refresh_token ?? "";
    expect(refresh).not.toBe("");
    expect(await tokenIntrospection(first.party.config, refresh)).toEqual({ active: false });
    await world.drain();
    expect([site.tokens.length, other.tokens.length]).toEqual([2, 1]);
    const events = await world.database.rows<{ detail: string }>(
      "SELECT detail FROM event WHERE type = 'session.ended'",
    );
    expect(events.map(({ detail }) => JSON.parse(detail))).toEqual([{ by: "operator" }, { by: "operator" }]);
  });

  test("leaves other accounts alone, and finds nothing the second time", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const sessions = await operator(world, [SHOP]);
    expect(await sessions.end(await idOf(world, "carol@example.com"), "operator")).toEqual({ sessions: 0, sites: 0 });
    expect((await signIn(world, { visitor, parameters: { prompt: "none" } })).back.url).toContain("code=");
    const id = await idOf(world, ALICE);
    const both = await Promise.all([sessions.end(id, "operator"), sessions.end(id, "operator")]);
    expect(both.map((one) => one.sessions).sort()).toEqual([0, 1]);
    expect(await sessions.end(id, "operator")).toEqual({ sessions: 0, sites: 0 });
  });

  test("is all or nothing", async () => {
    await using site = await logoutListener();
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    await using world = await createWorld({ clients: [shop] });
    const { visitor } = await signIn(world, { client: shop });
    const sessions = await operator(world, [shop]);
    await world.database.rows("ALTER TABLE logout_notice RENAME TO logout_notice_away");
    await expect(sessions.end(await idOf(world, ALICE), "operator")).rejects.toThrow();
    await world.database.rows("ALTER TABLE logout_notice_away RENAME TO logout_notice");
    expect((await signIn(world, { client: shop, visitor, parameters: { prompt: "none" } })).back.url).toContain(
      "code=",
    );
  });

  test("finds what it looks for by an index", async () => {
    const fresh = await freshDatabase(inject("engine"), { holds: "people" });
    const { database, statements } = recordStatements(fresh.database);
    await using world = await createWorld({ database: { ...fresh, database } });
    await signIn(world);
    statements.clear();
    await (await operator(world, [SHOP])).end(await idOf(world, ALICE), "operator");
    const found = [...statements].filter((text) => /FROM oidc/.test(text));
    expect(found.length).toBeGreaterThan(1);
    for (const statement of found) expect(await planOf(world, statement)).toMatch(/index/i);
  });
});

async function planOf({ database }: World, statement: string): Promise<string> {
  // Texts and times alike.
  const bindings = Array.from(statement.matchAll(/\?/g), () => "1");
  if (database.engine === "sqlite")
    return JSON.stringify(await database.rows(`EXPLAIN QUERY PLAN ${statement}`, bindings));
  return database.transaction(async (sql) => {
    await sql.rows("SET LOCAL enable_seqscan = off");
    return JSON.stringify(await sql.rows(`EXPLAIN ${statement}`, bindings));
  });
}

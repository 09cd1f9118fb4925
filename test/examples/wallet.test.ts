import { describe, expect, test, vi } from "vitest";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { createWalletWorld, statementIn, type WalletWorld } from "../support/wallet.ts";
import type { World } from "../support/world.ts";

const MINUTE = 60_000;

/** A person with one browser, at the wallet and at the provider. */
function createPerson({ world, address }: WalletWorld, email = ALICE) {
  const visitor = createVisitor(world.issuer);
  let cookie = "";
  /** Check numbers that were answered. */
  let numbers = 0;
  const atSite = async (url: URL | string, init: RequestInit = {}) => {
    const answer = await fetch(new URL(url, address), { redirect: "manual", ...init, headers: { cookie } });
    cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    return { status: answer.status, location: answer.headers.get("location"), text: await answer.text() };
  };
  /** Through every page of the provider's, until it sends the person back or shows what asks for nothing. */
  const atProvider = async (location: string): Promise<string> => {
    let page = await visitor.open(location);
    for (let pages = 0; page.url.startsWith(world.issuer); pages += 1) {
      if (pages > 5) throw new Error(`"${page.title}" comes again and again: ${page.alert}`);
      const has = (selector: string) => page.html.querySelector(selector) !== null;
      if (has("input[name=response]")) {
        numbers += 1;
        const response = await respond(world, email, page);
        page = await visitor.submit(page, "next", { response });
      } else if (has("input[name=identifier]")) page = await visitor.submit(page, "next", { identifier: email });
      else if (has('button[value="allow"]')) page = await visitor.submit(page, "allow");
      else throw new Error(`"${page.title}" asks for nothing: ${page.text}`);
    }
    return page.url;
  };
  /** From one of the wallet's addresses to the page on which the person ends. */
  const go = async (path: string, init: RequestInit = {}) => {
    let answer = await atSite(path, init);
    for (let hops = 0; answer.location !== null; hops += 1) {
      if (hops > 10) throw new Error("round and round");
      const to = new URL(answer.location, address).href;
      answer = await atSite(to.startsWith(world.issuer) ? await atProvider(to) : to);
    }
    return answer;
  };
  const post = (path: string, to = "") => go(path, { method: "POST", body: new URLSearchParams({ to }) });
  return { visitor, atSite, atProvider, go, post, answered: () => numbers };
}

async function respond(world: World, email: string, page: Awaited<ReturnType<Visitor["open"]>>): Promise<string> {
  return world.answer(
    email,
    page.challenge,
    page.qr.includes("enum:o?") ? await statementIn(world, page.qr) : { mode: "login" },
  );
}

describe("the balance", () => {
  test("is read with a sign-in however old, through a new token and without a new check number", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    expect((await alice.post("sign-in")).text).toContain("1250.40 WMZ");
    expect(alice.answered()).toBe(1);
    wallet.world.pass(3 * 60 * MINUTE);
    expect((await alice.go("/")).text).toContain("1250.40 WMZ");
    expect(alice.answered()).toBe(1);
  });
});

describe("a setting", () => {
  test("asks for the phone once where the last response is older than a minute, is changed, and asks for nothing soon after", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    wallet.world.pass(5 * MINUTE);
    expect((await alice.post("statements", "by e-mail")).text).toContain("Saved. Statements: by e-mail.");
    expect(alice.answered()).toBe(2);
    expect((await alice.post("statements", "never")).text).toContain("Saved. Statements: never.");
    expect(alice.answered()).toBe(2);
    expect(wallet.asked.filter((line) => line.startsWith("PUT"))).toEqual([
      "PUT /statements 401",
      "PUT /statements 204",
      "PUT /statements 204",
    ]);
  });

  test("does not stick: a while later it asks again, and the balance never does", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    wallet.world.pass(5 * MINUTE);
    await alice.post("statements", "by e-mail");
    wallet.world.pass(5 * MINUTE);
    await alice.go("/");
    expect(alice.answered()).toBe(2);
    await alice.post("statements", "never");
    expect(alice.answered()).toBe(3);
  });

  test("is not changed by somebody else who answers in the person's place", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    wallet.world.pass(5 * MINUTE);
    const sent = await alice.atSite("statements", { method: "POST", body: new URLSearchParams({ to: "never" }) });
    await wallet.world.database.rows("UPDATE device SET status = 'active' WHERE status = 'locked'");
    const bob = createPerson(wallet, "bob@example.com");
    const answer = await alice.atSite(await bob.atProvider(sent.location ?? ""));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("login_required");
    expect(wallet.asked).not.toContain("PUT /statements 204");
  });

  test("that is no choice changes nothing", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    expect((await alice.post("statements", "by pigeon")).text).toContain("That cannot be chosen.");
    expect(wallet.asked.filter((line) => line.startsWith("PUT"))).toEqual([]);
  });
});

describe("a challenge that comes again after it was answered", () => {
  const challenge = (error: string) => `Bearer error="${error}", acr_values="urn:e-num:acr:login", max_age="60"`;

  test("ends with a page that says so, and never goes round", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    const asked: string[] = [];
    wallet.replaceApi((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(401, { "www-authenticate": challenge("insufficient_user_authentication") }).end();
    });
    wallet.world.pass(5 * MINUTE);
    const answer = await alice.post("statements", "never");
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("asks for more than it got: insufficient_user_authentication");
    expect(asked).toEqual(["PUT /statements", "PUT /statements"]);
    expect(alice.answered()).toBe(2);
  });

  test("of an API that takes no token at all ends in the same way, for the balance too", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    wallet.replaceApi((_request, response) => {
      response.writeHead(401, { "www-authenticate": challenge("invalid_token") }).end();
    });
    const answer = await alice.go("/");
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("asks for more than it got: invalid_token");
  });
});

describe("the limit", () => {
  test("is confirmed as an operation that the API spends, and the session is no stronger for it", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    expect((await alice.post("limit", "500 WMZ")).text).toContain("Saved. Daily limit: 500 WMZ.");
    expect(alice.answered()).toBe(2);
    wallet.world.pass(5 * MINUTE);
    await alice.post("statements", "never");
    expect(alice.answered()).toBe(3);
    expect((await alice.post("limit", "1000 WMZ")).text).toContain("Saved. Daily limit: 1000 WMZ.");
    expect(wallet.asked.filter((line) => line.startsWith("PUT /limit"))).toEqual(["PUT /limit 204", "PUT /limit 204"]);
  });

  test("is not changed by the address of a confirmation that was used before", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    const sent = await alice.atSite("limit", { method: "POST", body: new URLSearchParams({ to: "500 WMZ" }) });
    const back = await alice.atProvider(sent.location ?? "");
    expect((await alice.atSite(back)).location).toContain("changed=limit");
    expect((await alice.atSite(back)).text).toContain("It was not begun in this browser, or is over already.");
    expect(wallet.asked.filter((line) => line.startsWith("PUT"))).toEqual(["PUT /limit 204"]);
  });

  test("that was declined stays, and the page says so", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    await alice.post("sign-in");
    const sent = await alice.atSite("limit", { method: "POST", body: new URLSearchParams({ to: "500 WMZ" }) });
    const page = await alice.visitor.open(sent.location ?? "");
    const declined = await alice.visitor.submit(page, "decline", { reason: "changed_mind" });
    const links = declined.html.querySelectorAll("main a").map((link) => link.getAttribute("href") ?? "");
    const back = await alice.visitor.open(links.find((link) => link.includes("/authorize/")) ?? "");
    const answer = await alice.atSite(back.url);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("Nothing has changed");
    expect((await alice.go("/")).text).toMatch(/selected>100 WMZ/);
  });
});

describe("the API alone", () => {
  /** The access tokens that the site gets meanwhile. */
  async function tokensDuring(work: () => Promise<unknown>): Promise<string[]> {
    const tokens: string[] = [];
    const honest = globalThis.fetch;
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const answer = await honest(input, init);
      if (String(input).endsWith("/token")) tokens.push((await answer.clone().json()).access_token);
      return answer;
    });
    await work().finally(() => spy.mockRestore());
    return tokens;
  }

  const askOf = (wallet: WalletWorld) => (method: string, path: string, token: string, body?: string) =>
    fetch(`${wallet.resource}${path}`, {
      method,
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body }),
    });

  test("answers the standard challenges", async () => {
    await using wallet = await createWalletWorld();
    const ask = askOf(wallet);
    const [token = ""] = await tokensDuring(() => createPerson(wallet).post("sign-in"));
    wallet.world.pass(5 * MINUTE);
    const realm = `Bearer realm="${wallet.resource}"`;
    const challenge = async (...request: Parameters<typeof ask>) => {
      const answer = await ask(...request);
      return [answer.status, answer.headers.get("www-authenticate")];
    };
    expect(await challenge("GET", "/wallet", "")).toEqual([401, expect.stringContaining(`${realm}, DPoP realm=`)]);
    expect(await challenge("GET", "/wallet", "guessed")).toEqual([
      401,
      expect.stringContaining(`${realm}, error="invalid_token"`),
    ]);
    expect((await ask("GET", "/wallet", token)).status).toBe(200);
    expect(await challenge("PUT", "/statements", token, "never")).toEqual([
      401,
      `${realm}, error="insufficient_user_authentication", error_description="a more recent authentication is needed", acr_values="urn:e-num:acr:login", max_age="60", scope="wallet:settings"`,
    ]);
    expect(await challenge("PUT", "/limit", token, "500 WMZ")).toEqual([
      401,
      `${realm}, error="insufficient_user_authentication", error_description="a confirmed security_settings is needed", acr_values="urn:e-num:acr:operation"`,
    ]);
    expect((await ask("PUT", "/limit", token, "1000000 WMZ")).status).toBe(400);
  });

  test("does what was confirmed once: the same token again, sixteen times at once, changes nothing", async () => {
    await using wallet = await createWalletWorld();
    const alice = createPerson(wallet);
    const ask = askOf(wallet);
    const [, confirmed = ""] = await tokensDuring(async () => {
      await alice.post("sign-in");
      await alice.post("limit", "500 WMZ");
    });
    const again = await Promise.all(Array.from({ length: 16 }, () => ask("PUT", "/limit", confirmed, "500 WMZ")));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([401]));
    expect(again[0]?.headers.get("www-authenticate")).toContain("what was confirmed has been done already");
    // Nor does it read, or change anything else.
    expect((await ask("PUT", "/limit", confirmed, "1000 WMZ")).status).toBe(403);
    expect((await ask("GET", "/wallet", confirmed)).status).toBe(403);
  });
});

import { createServer } from "node:http";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { client, createWorld } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** A site whose one session is a cookie, and whose front-channel page ends it. */
async function site() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://site");
    if (pathname === "/front-channel") {
      asked.push(`${searchParams.get("iss")} ${searchParams.get("sid")}`);
      response.setHeader("set-cookie", "session=; Path=/; Max-Age=0");
    }
    if (pathname === "/callback") response.setHeader("set-cookie", "session=1; Path=/; HttpOnly");
    response
      .setHeader("content-type", "text/html")
      .end(`<title>The shop</title><h1>The shop</h1>${request.headers.cookie ?? ""}`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const origin = `http://localhost:${address.port}`;
  return {
    origin,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

describe("signing out by the front channel, in a real browser", () => {
  test.each<[string, BrowserContextOptions]>([
    ["with scripts", {}],
    ["without JavaScript", { javaScriptEnabled: false }],
  ])("%s ends the site's own session, and goes back to the site by itself", async (_name, options) => {
    await using shop = await site();
    const entry = client({
      client_id: "shop",
      client_name: "Book shop",
      first_party: true,
      redirect_uris: [`${shop.origin}/callback`],
      post_logout_redirect_uris: [`${shop.origin}/bye`],
      frontchannel_logout_uri: `${shop.origin}/front-channel`,
      frontchannel_logout_session_required: true,
    });
    await using world = await createWorld({ clients: [entry] });
    const context = await browser.newContext({ locale: "en-GB", ...options });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const refused: string[] = [];
    page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
    const attempt = await (await createRelyingParty(world.issuer, entry)).begin();
    await page.goto(attempt.address);
    await page.locator("input[name=identifier]").fill(ALICE);
    await page.locator("button[value=next]").click();
    const number = await page.locator("[data-enum-challenge]").getAttribute("data-enum-challenge");
    await page.locator("input[name=response]").fill(world.answer(ALICE, number ?? ""));
    await page.locator("button[value=next]").click();
    await page.waitForURL((url) => url.pathname === "/callback");
    const tokens = await attempt.finish(page.url());
    expect(await context.cookies(shop.origin)).toContainEqual(expect.objectContaining({ name: "session" }));

    const back = encodeURIComponent(`${shop.origin}/bye`);
    await page.goto(`${world.issuer}/sign-out?id_token_hint=${tokens.id_token}&post_logout_redirect_uri=${back}`);
    await page.locator("button[value=yes]").click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await page.getByRole("link", { name: "Back to Book shop" }).waitFor();
    await page.waitForURL(`${shop.origin}/bye`);
    expect(shop.asked).toEqual([`${world.issuer} ${tokens.claims()?.["sid"]}`]);
    const cookies = await context.cookies(shop.origin);
    expect(cookies.filter(({ name }) => name === "session")).toEqual([]);
    expect(refused).toEqual([]);
    await context.close();
  });
});

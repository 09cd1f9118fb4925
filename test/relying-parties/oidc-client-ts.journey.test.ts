import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { ALICE } from "../support/sign-in.ts";
import { client, createWorld, type World } from "../support/world.ts";
import { type PageSite, servePageSite } from "./page-site.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

interface Scene extends AsyncDisposable {
  world: World;
  site: PageSite;
  page: Page;
}

/** A public client whose page lives on an origin of its own. */
async function scene(scope: string): Promise<Scene> {
  let authority = "";
  const site = await servePageSite(() => ({ authority, clientId: "page", scope }));
  const { client_secret: _, ...open } = client({
    client_id: "page",
    client_name: "Reading list",
    redirect_uris: [`${site.address}callback`],
    post_logout_redirect_uris: [site.address],
    first_party: true,
  });
  const world = await createWorld({ clients: [{ ...open, token_endpoint_auth_method: "none" }] });
  authority = world.issuer;
  const context = await browser.newContext({ locale: "en-GB" });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(site.address);
  return {
    world,
    site,
    page,
    async [Symbol.asyncDispose]() {
      await context.close();
      await site[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** alice's part, on the provider's pages. */
async function answer(world: World, page: Page): Promise<void> {
  await page.locator("input[name=identifier]").fill(ALICE);
  await page.locator("button[value=next]").click();
  const number = await page.locator("[data-enum-challenge]").getAttribute("data-enum-challenge");
  await page.locator("input[name=response]").fill(world.answer(ALICE, number ?? ""));
  await page.locator("button[value=next]").click();
}

const signedIn = (page: Page) => page.getByText(`Signed in as ${ALICE}`).waitFor();
const token = (page: Page) => page.locator("#token").innerText();

describe("oidc-client-ts, a page without a back end", () => {
  test("signs in by redirect, renews by refresh token, revokes, and signs out at the provider", async () => {
    await using set = await scene("openid email offline_access");
    const { world, page, site } = set;
    await page.locator("#in").click();
    await answer(world, page);
    await page.locator("button[value=allow]").click();
    await signedIn(page);
    const first = await token(page);
    expect(first).not.toBe("");

    await page.locator("#renew").click();
    await expect.poll(() => token(page)).not.toBe(first);
    await signedIn(page);

    await page.locator("#revoke").click();
    await expect.poll(() => token(page)).toBe("revoked");

    await page.locator("#out").click();
    await page.getByText("You are leaving Reading list.").waitFor();
    await page.locator("button[value=yes]").click();
    await page.waitForURL((url) => url.href.startsWith(site.address));
    await page.getByText("Not signed in").waitFor();
    await page.locator("#in").click();
    await page.locator("input[name=identifier]").waitFor();
  });

  test("signs in by popup, and renews in a hidden frame while the provider knows the person", async () => {
    await using set = await scene("openid email");
    const { world, page } = set;
    const opened = page.waitForEvent("popup");
    await page.locator("#popup").click();
    await answer(world, await opened);
    await signedIn(page);
    const first = await token(page);
    await page.locator("#renew").click();
    await expect.poll(() => token(page)).not.toBe(first);
    await signedIn(page);
  });

  test("in a hidden frame, without a session, is told login_required", async () => {
    await using set = await scene("openid email");
    await set.page.locator("#renew").click();
    await set.page.getByText("ErrorResponse: ").waitFor();
  });
});

import { describe, expect, test } from "vitest";
import { onlinePhone } from "../support/online-phone.ts";
import { order, STORE } from "../support/payment.ts";
import { signIn } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { asked, askedBy } from "./asked.ts";

/** What the page's script is told. */
async function statusOf(visitor: Visitor, path: string): Promise<unknown> {
  return JSON.parse((await visitor.open(path)).html.text);
}

describe("your phone shows this request", () => {
  test("is told to a browser that is signed in, once a phone has the request in its list", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    const status = `${new URL(page.url).pathname}-status`;
    expect(page.text).not.toContain("Your phone shows this request");
    expect(await statusOf(visitor, status)).toEqual({ state: "waiting" });
    await phone.requests();
    expect(await statusOf(visitor, status)).toEqual({ state: "waiting", reached: true });
    expect((await visitor.open(page.url)).text).toContain("Your phone shows this request");
    // The second list changes nothing.
    const before = await world.database.rows("SELECT reached_at FROM challenge WHERE reached_at IS NOT NULL");
    await phone.requests();
    expect(await world.database.rows("SELECT reached_at FROM challenge WHERE reached_at IS NOT NULL")).toEqual(before);
    expect(before).toHaveLength(1);
  });

  test("is not told to a browser that is not signed in, known or not", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world);
    // Its session has ended; that it has signed in once is all that is left.
    await world.database.rows("DELETE FROM oidc");
    const stranger = createVisitor(world.issuer);
    const strange = await asked(world, stranger);
    const { page } = await askedBy(world, visitor);
    expect((await phone.requests()).requests).toHaveLength(2);
    for (const [browser, { url }] of [
      [stranger, strange],
      [visitor, page],
    ] as const) {
      const path = new URL(url).pathname.replace(/challenge$/, "status");
      expect(await statusOf(browser, path)).toEqual({ state: "waiting" });
      expect((await browser.open(url)).text).not.toContain("Your phone");
    }
  });
});

describe("a client on the same device", () => {
  test("is opened with the request, whose every detail the link holds", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    const links = page.html.querySelectorAll("a").map((link) => link.getAttribute("href"));
    expect(links).toContain(`/phone#${page.qr}`);
  });
});

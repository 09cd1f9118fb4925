/** A registration that was begun in the middle of something goes on with it. */
import { expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { codeTo } from "../support/newcomer.ts";
import { begin, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { activate } from "../support/phone.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const DORA = { email: "dora@example.com", phone: "+15555550199" };

/** From the page that asks who it is to the one that says that the phone is connected. */
async function registerFrom(world: World, visitor: Visitor, identifier: Page) {
  const start = await visitor.submit(identifier, "register");
  expect(start.text).toContain("Book shop");
  const email = await visitor.submit(start, "next", DORA);
  const phone = await visitor.submit(email, "next", { code: await codeTo(world, DORA.email) });
  const page = await visitor.submit(phone, "next", { code: await codeTo(world, DORA.phone) });
  const device = await activate(world.issuer, DORA.email, page.activation);
  const first = await visitor.submit(page, "answered");
  const done = await visitor.submit(first, "next", { response: device.respond(first.challenge, { mode: "activate" }) });
  return { device, done };
}

test.each(["by the link", "by the browser's button"])(
  "who changes a mistyped e-mail %s still goes back to the site",
  async (how) => {
    await using world = await createWorld({ clients: [STORE] });
    const visitor = createVisitor(world.issuer);
    const start = await visitor.submit(await visitor.open((await begin(world)).address), "register");
    const mistyped = await visitor.submit(start, "next", { ...DORA, email: "dara@example.com" });
    const link = mistyped.html.querySelector('a[href^="/register?"]')?.getAttribute("href") ?? "";
    const again = await visitor.open(how === "by the link" ? link : "/register");
    expect(again.text).toContain("Book shop");
    const typed = ["email", "phone"].map((name) =>
      again.html.querySelector(`input[name=${name}]`)?.getAttribute("value"),
    );
    expect(typed).toEqual(how === "by the link" ? ["dara@example.com", DORA.phone] : ["", ""]);
    const email = await visitor.submit(again, "next", DORA);
    const phone = await visitor.submit(email, "next", { code: await codeTo(world, DORA.email) });
    const page = await visitor.submit(phone, "next", { code: await codeTo(world, DORA.phone) });
    expect((await visitor.open("/register")).text).not.toContain("Book shop");
    const device = await activate(world.issuer, DORA.email, page.activation);
    const first = await visitor.submit(page, "answered");
    const done = await visitor.submit(first, "next", {
      response: device.respond(first.challenge, { mode: "activate" }),
    });
    expect(done.text).toContain("On to what Book shop asks");
    expect((await visitor.submit(done, "next")).text).toContain("10.50");
  },
);

test("who begins anew when the site's visit is over goes to no site", async () => {
  await using world = await createWorld({ clients: [STORE] });
  const visitor = createVisitor(world.issuer);
  const start = await visitor.submit(await visitor.open((await begin(world)).address), "register");
  await visitor.submit(start, "next", DORA);
  world.pass(29 * MINUTE);
  expect((await visitor.open("/register")).text).toContain("Book shop");
  world.pass(MINUTE);
  for (const address of ["/register", "/register?change=1"]) {
    const late = await visitor.open(address);
    expect(late.text).not.toContain("Book shop");
    expect(late.html.querySelector('main a[href="/"]')).not.toBeNull();
  }
});

test("who began in the phone client and comes to register much later goes to the front page", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const start = await visitor.open("/register?from=phone");
  await visitor.submit(start, "next", DORA);
  const signIn = async () => (await visitor.open("/register")).html.querySelector('main a[href="/phone"]');
  expect(await signIn()).not.toBeNull();
  world.pass(30 * MINUTE);
  expect(await signIn()).toBeNull();
});

const confirmed = (details: unknown) => JSON.parse(JSON.stringify(details))[0];

test("an operation of somebody who is not signed in: its details come again, one response confirms it, and nobody is signed in", async () => {
  await using world = await createWorld({ clients: [STORE] });
  const { address, finish } = await begin(world);
  const visitor = createVisitor(world.issuer);
  const { device, done } = await registerFrom(world, visitor, await visitor.open(address));
  expect(done.text).toContain("On to what Book shop asks");
  const operation = await visitor.submit(done, "next");
  expect(operation.text).toContain("10.50");
  const back = await visitor.submit(operation, "next", { response: device.respond(operation.challenge, TYPED) });
  const tokens = await finish(back);
  expect(confirmed(tokens.authorization_details)).toMatchObject({ ...PAYMENT, confirmation: { binding: "payment" } });
  expect((await visitor.open("/account")).url).toContain("/interaction/");
});

test("an operation of a site that wants a sign-in as well: first the one, then the other", async () => {
  await using world = await createWorld({ clients: [STORE] });
  const { address, finish } = await begin(world, PAYMENT, { scope: "openid" });
  const visitor = createVisitor(world.issuer);
  const { device, done } = await registerFrom(world, visitor, await visitor.open(address));
  const number = await visitor.submit(done, "next");
  const operation = await visitor.submit(number, "next", {
    response: device.respond(number.challenge, { mode: "login" }),
  });
  expect(operation.text).toContain("10.50");
  const back = await visitor.submit(operation, "next", { response: device.respond(operation.challenge, TYPED) });
  const tokens = await finish(back);
  expect(confirmed(tokens.authorization_details)).toMatchObject(PAYMENT);
  expect(tokens.claims()?.["acr"]).toBe("urn:e-num:acr:operation");
});

test("who has an account already goes back to the operation from the registration, and who comes back without one is asked", async () => {
  await using world = await createWorld({ clients: [STORE] });
  const visitor = createVisitor(world.issuer);
  const identifier = await visitor.open((await begin(world)).address);
  const start = await visitor.submit(identifier, "register");
  const back = start.html.querySelector('a[href$="/operation-identifier"]')?.getAttribute("href") ?? "";
  expect((await visitor.open(back)).html.querySelector("input[name=identifier]")).not.toBeNull();
  const unregistered = await visitor.open(back.replace("operation-identifier", "operation-registered"));
  expect(new URL(unregistered.url).pathname).toBe(back);
});

test("nobody is offered one where registration is closed", async () => {
  await using world = await createWorld({ clients: [STORE], config: { registration: "closed" } });
  const visitor = createVisitor(world.issuer);
  const identifier = await visitor.open((await begin(world)).address);
  expect(identifier.html.querySelector('button[value="register"]')).toBeNull();
});

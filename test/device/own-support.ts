import { atAccount, DEVICES, press } from "../account/support.ts";
import { connectedDevice } from "../support/connected-device.ts";
import { type OnlinePhone, onlinePhone } from "../support/online-phone.ts";
import { activate, type TestPhone } from "../support/phone.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import type { Page, Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

/** Alice at her account page, with the phone that she was given and, where it is wanted, others. */
export async function stage({ others = 0 } = {}) {
  const world = await createWorld();
  const phone = await onlinePhone(world);
  const more: OnlinePhone[] = [];
  for (let count = 1; count <= others; count += 1)
    more.push(await onlinePhone(world, ALICE, await connectedDevice(world, ALICE, { name: `Phone number ${count}` })));
  const { visitor } = await atAccount(world);
  const page = await visitor.open(DEVICES);
  return { world, phone, more, visitor, page, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

export const pathOf = (phone: { deviceId: string }) => `/account/devices/${phone.deviceId}`;

/** The names of the devices, as the page lists them. */
export const listed = (page: Page) => page.html.querySelectorAll(".devices h2").map(({ text }) => text);
export const closed = (page: Page) =>
  page.html.querySelectorAll(".closed li").map(({ text }) => text.replace(/\s+/g, " ").trim());

/** The page of our own operation, answered by this phone, as far as the address that comes back to the account page. */
export async function confirmedUntilCallback(
  world: World,
  visitor: Visitor,
  page: Page,
  phone: Pick<OnlinePhone, "respond">,
): Promise<string> {
  const response = phone.respond(page.challenge, await scanned(world, page.qr));
  let { url } = await visitor.once(new URL(page.url).pathname, `action=next&response=${response}`);
  while (!/\/account\/((contact|deletion)\/)?callback\?/.test(url)) ({ url } = await visitor.once(url));
  return url;
}

/** The same, and on. */
export async function confirmBy(
  world: World,
  visitor: Visitor,
  page: Page,
  phone: Pick<OnlinePhone, "respond">,
): Promise<Page> {
  return visitor.submit(page, "next", { response: phone.respond(page.challenge, await scanned(world, page.qr)) });
}

/** As far as the activation code. */
export async function allowed(world: World, visitor: Visitor, phone: Pick<OnlinePhone, "respond">): Promise<Page> {
  return confirmBy(world, visitor, await press(visitor, "add"), phone);
}

/** A phone that has used the page's code, and the page of its first response. */
export async function enrolled(
  world: World,
  visitor: Visitor,
  code: Page,
  name = "New phone",
): Promise<{ phone: TestPhone; first: Page }> {
  const phone = await activate(world.issuer, ALICE, code.activation, name);
  return { phone, first: await visitor.submit(code, "answered") };
}

export const firstResponse = (phone: TestPhone, page: Page) => phone.respond(page.challenge, { mode: "activate" });

/** Whether its own calls are still taken: 200, or the problem. */
export async function state(phone: OnlinePhone): Promise<string> {
  const { status, body } = await phone.call("GET", "/device/v1");
  return status === 200 ? "there" : String(body["type"]).replace("urn:e-num:problem:", "");
}

export async function count(world: World, type: string): Promise<number> {
  return (await world.database.rows("SELECT id FROM event WHERE type = ?", [type])).length;
}

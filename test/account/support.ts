import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import type { World } from "../support/world.ts";

export const HEADING = "Your E-num account";
export const CARE = "/account/care";
export const DEVICES = "/account/devices";

/** Signed in through our own client, at the account page. */
export async function atAccount(world: World, { visitor = createVisitor(world.issuer), email = ALICE } = {}) {
  const identifier = await visitor.open("/account");
  const number = await visitor.submit(identifier, "next", { identifier: email });
  const page = await visitor.submit(number, "next", { response: world.answer(email, number.challenge) });
  return { visitor, page };
}

/** Presses `on no-sms` or another button of the page, wherever it is now. */
export async function press(visitor: Visitor, button: string): Promise<Page> {
  return visitor.submit(await visitor.open(pageOf(button)), button);
}

function pageOf(button: string): string {
  if (button === "add") return DEVICES;
  return /^(on|off) /.test(button) ? CARE : "/account";
}

/** What the phone answers to the code of the page that asks to confirm a change. */
export async function scan(world: World, visitor: Visitor, page: Page, email = ALICE): Promise<Page> {
  const response = world.answer(email, page.challenge, await scanned(world, page.qr));
  return visitor.submit(page, "next", { response });
}

/** What is on, as the page says it: the buttons that switch off. */
export function on(page: Page): string[] {
  const values = page.html.querySelectorAll("button").map((button) => button.getAttribute("value") ?? "");
  return values.filter((value) => value.startsWith("off ")).map((value) => value.slice(4));
}

export const toldOf = (page: Page) => page.html.querySelector('[role="status"]')?.text.replace(/\s+/g, " ").trim();

export async function eventsOf(world: World, type: string) {
  const rows = await world.database.rows<{ client_id: string | null; detail: string }>(
    "SELECT client_id, detail FROM event WHERE type = ? ORDER BY at",
    [type],
  );
  return rows.map(({ client_id: clientId, detail }) => ({ clientId, ...JSON.parse(detail) }));
}

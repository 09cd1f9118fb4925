import { parseQrText } from "../../src/e-num/qr-text.ts";
import type { Statement } from "../../src/e-num/statement.ts";
import { verifyStatement } from "../../src/e-num/statement-token.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import type { Journey, LiveSite } from "./journey.ts";
import { leave } from "./payment.ts";
import { ALICE } from "./sign-in.ts";
import { createSiteBrowser, type SiteAnswer, type SiteBrowser } from "./site-browser.ts";
import { createVisitor, type Page, type Visitor } from "./visitor.ts";
import type { World } from "./world.ts";

export const BOB = "bob@example.com";

/** One person: a browser at a site, and the same at the provider. */
export interface Person {
  email: string;
  at: SiteBrowser;
  visitor: Visitor;
}

export function createPerson({ world }: Journey, site: LiveSite, email: string = ALICE): Person {
  return { email, at: createSiteBrowser(site), visitor: createVisitor(world.issuer) };
}

/** bob's phone is locked from the beginning: somebody gives it back to him. */
export async function unlockBob({ database }: World): Promise<void> {
  await database.rows("UPDATE device SET status = 'active' WHERE status = 'locked'");
}

/** As far as the provider's page with the operation, or back to the site: says who it is, and signs in where that is asked first. */
export async function comeToOperation(world: World, person: Person, { location }: SiteAnswer): Promise<Page> {
  let page = await person.visitor.open(location);
  while (page.url.startsWith(world.issuer) && !page.qr.startsWith("enum:o")) page = await step(world, person, page);
  return page;
}

function step(world: World, { visitor, email }: Person, page: Page): Promise<Page> {
  if (page.html.querySelector("input[name=identifier]") !== null)
    return visitor.submit(page, "next", { identifier: email });
  if (page.challenge === "") throw new Error(`"${page.title}" asks for nothing: ${page.text}`);
  return visitor.submit(page, "next", { response: world.answer(email, page.challenge) });
}

/** Scans the code and types the response: the address by which the person comes back to the site. */
export async function confirm(world: World, person: Person, begun: SiteAnswer): Promise<URL> {
  return scan(world, person, await comeToOperation(world, person, begun));
}

/** The same on a page that is open. */
export async function scan(world: World, person: Person, page: Page): Promise<URL> {
  if (page.qr === "") return new URL(page.url);
  const response = world.answer(person.email, page.challenge, await scanned(world, page.qr));
  const next = await person.visitor.submit(page, "next", { response });
  // Where it cannot be, a page of the provider's says so before it leads back.
  return new URL((next.url.startsWith(world.issuer) ? await leave(person.visitor, next) : next).url);
}

/** Declines, with a reason: the address by which the person comes back to the site. */
export async function decline(world: World, person: Person, begun: SiteAnswer, reason: string): Promise<URL> {
  const page = await comeToOperation(world, person, begun);
  const farewell = await person.visitor.submit(page, "decline", { reason });
  const link = farewell.html.querySelector(".go a")?.getAttribute("href");
  if (link === undefined) throw new Error(`"${farewell.title}" leads back to no site: ${farewell.text}`);
  return new URL((await person.visitor.open(link)).url);
}

/** What a phone reads in the code, signature and all. */
async function scanned(world: World, text: string): Promise<Statement> {
  const parsed = parseQrText(text);
  if (!parsed.ok || parsed.value.kind !== "operation" || parsed.value.token === undefined)
    throw new Error(`that is no operation: ${text}`);
  const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
  const { confirmationSet: keys } = await loadKeys({ ...world, clock: world.now, random });
  const { challenge, token } = parsed.value;
  const read = await verifyStatement(token, { keys, issuer: world.issuer, challenge, now: world.now() / 1000 });
  if (!read.ok) throw new Error(`the phone refuses it: ${read.reason}`);
  return read.value.statement;
}

/** A site of the demo, and how a person has something confirmed there. */
export interface ConfirmingSite {
  name: string;
  site(journey: Journey): LiveSite;
  /** Signs in where the site wants that, and sends off what is to be confirmed. */
  begin(journey: Journey, person: Person): Promise<SiteAnswer>;
  /** The same once more, by the button of the page that says that it was not confirmed. */
  again: string;
  done: string;
  declined: string;
  failed: string;
  /** What has not happened then. */
  nothing: string;
}

export const LIMIT = {
  trusted_wmid: "3023 4567 8901",
  purse: "Z123456789012",
  limit: "500",
  per_day: "50",
  per_week: "150",
  per_month: "300",
  term_days: "30",
};

export const CREDIT = {
  amount: "1500,50",
  term_days: "30",
  daily_rate: "0.25",
  repayment: "daily",
  purse: "C123456789012",
  description: "A printing press",
};

export async function signInAt(world: World, person: Person): Promise<void> {
  let page = await person.visitor.open((await person.at.post("sign-in")).location);
  while (page.url.startsWith(world.issuer)) page = await step(world, person, page);
  await person.at.get(page.url);
}

export const CONFIRMING_SITES: readonly ConfirmingSite[] = [
  {
    name: "the shop",
    site: ({ shop }) => shop,
    begin: (_journey, { at }) => at.post("buy", { book: "The House by the Lake" }),
    again: "order",
    done: "Paid: The House by the Lake",
    declined: "You did not pay",
    failed: "The payment did not work",
    nothing: "Nothing was paid",
  },
  {
    name: "the credit exchange",
    site: ({ exchange }) => exchange,
    begin: (_journey, { at }) => at.post("ask", CREDIT),
    again: "again",
    done: "Your request is on the list",
    declined: "You did not confirm it",
    failed: "It was not confirmed",
    nothing: "Your request is not on the list.",
  },
  {
    name: "the debt service",
    site: ({ debts }) => debts,
    async begin({ world }, person) {
      await signInAt(world, person);
      return person.at.post("new", LIMIT);
    },
    again: "again",
    done: "Your trust limit is in force",
    declined: "You did not confirm the limit",
    failed: "The limit was not confirmed",
    nothing: "Nobody can take anything from your purse.",
  },
];

/** The value of the button by which the person asks for the same again. */
export function numberOn({ text }: SiteAnswer): string {
  return /name="number" value="([^"]+)"/.exec(text)?.[1] ?? "";
}

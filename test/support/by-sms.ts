import { policyFile } from "../policy/support.ts";
import { codeTo } from "./newcomer.ts";
import { createRelyingParty, type SignIn } from "./relying-party.ts";
import { ALICE } from "./sign-in.ts";
import type { Page, Visitor } from "./visitor.ts";
import { SHOP, type World } from "./world.ts";

export const SMS = "urn:e-num:acr:sms";
export const CAROL = "carol@example.com";
/** Their numbers, as the seed has them. */
export const PHONES: Readonly<Record<string, string>> = {
  [ALICE]: "+15555550101",
  "bob@example.com": "+15555550102",
  [CAROL]: "+15555550103",
};

/** The operator lets the shop have payments confirmed by SMS, up to 50 WMZ each and 100 a day. */
export const BY_SMS = policyFile({
  rules: [
    {
      name: "shop payments",
      clients: ["shop"],
      types: ["payment"],
      acr: SMS,
      limits: [{ currency: "WMZ", each: "50", day: "100", above: "operation" }],
    },
  ],
});
/** The code of the newest SMS to somebody, from the line by which phones fill it in. */
export async function smsTo(world: World, email: string): Promise<string> {
  const { text } = await world.message(PHONES[email] ?? "");
  const [, code] = /\n@\S+ #(\d{6})$/.exec(text) ?? [];
  if (code === undefined) throw new Error(`no code ends: ${text}`);
  return code;
}

/** Another code than the right one; each number another. */
export function wrongCode(right: string, count = 1): string {
  return String((Number(right) + count) % 1_000_000).padStart(6, "0");
}

/** As far as the page with the check number, at a site that takes codes by SMS. */
export async function numberFor(
  world: World,
  visitor: Visitor,
  identifier: string,
  parameters: Record<string, string> = { acr_values: SMS },
): Promise<{ page: Page; attempt: SignIn }> {
  const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin(parameters);
  const page = await visitor.open(attempt.address);
  return { page: await visitor.submit(page, "next", { identifier }), attempt };
}

/** From that page to the page of the code, by the e-mail where it is asked for. */
export async function askForSms(world: World, visitor: Visitor, number: Page, email: string): Promise<Page> {
  const page = await visitor.submit(number, "sms");
  return page.url.endsWith("code-email") ? visitor.submit(page, "next", { code: await codeTo(world, email) }) : page;
}

/** A whole sign-in by SMS. */
export async function signInBySms(
  world: World,
  visitor: Visitor,
  email: string,
  parameters: Record<string, string> = { acr_values: SMS },
) {
  const { page, attempt } = await numberFor(world, visitor, email, parameters);
  const asked = await askForSms(world, visitor, page, email);
  const back = await visitor.submit(asked, "next", { code: await smsTo(world, email) });
  return { back, tokens: () => attempt.finish(back.url) };
}

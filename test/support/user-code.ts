/** A person at the pages of RFC 8628: types the code of a device, and goes on from there. */
import type { ClientEntry } from "../../src/provider/clients.ts";
import { statementOf } from "./operations.ts";
import { PAY } from "./payment.ts";
import { ALICE } from "./sign-in.ts";
import type { Page, Visitor } from "./visitor.ts";
import { SHOP, type World } from "./world.ts";

export const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

const { client_secret: _, ...SECRETLESS } = SHOP;
/** A television: no browser, no keyboard, no secret. */
export const TELEVISION: ClientEntry = {
  ...SECRETLESS,
  client_id: "television",
  client_name: "Television",
  application_type: "native",
  token_endpoint_auth_method: "none",
  redirect_uris: [],
  post_logout_redirect_uris: [],
  response_types: [],
  grant_types: [GRANT, "refresh_token"],
  authorization_details_types: ["payment"],
};

/** The person types the code, and is at the page that says who asks. */
export async function typeCode(visitor: Visitor, code: string): Promise<Page> {
  const page = await visitor.open("/device");
  return sendCode(visitor, page, { user_code: code });
}

/** The form of the page that asks for a code: its button has neither name nor value. */
export function sendCode(
  visitor: Visitor,
  page: Page,
  fields: Record<string, string>,
  path = "/device",
): Promise<Page> {
  const xsrf = page.html.querySelector("input[name=xsrf]")?.getAttribute("value") ?? "";
  return visitor.post(path, new URLSearchParams({ xsrf, ...fields }).toString());
}

/** And goes on from there, as far as the end. */
export async function goOnByCode(world: World, visitor: Visitor, page: Page): Promise<Page> {
  const first = await sendCode(visitor, page, { user_code: userCodeIn(page), confirm: "yes" });
  let now = first;
  for (let pages = 0; pages < 5 && now.html.querySelector("main form") !== null; pages += 1) {
    if (now.html.querySelector("input[name=identifier]"))
      now = await visitor.submit(now, "next", { identifier: ALICE });
    else if (now.html.querySelector("input[name=response]"))
      now = await visitor.submit(now, "next", { response: responseTo(world, now) });
    else now = await visitor.submit(now, "allow");
  }
  return now;
}

function responseTo(world: World, page: Page): string {
  const pays = page.text.includes("10.50");
  return pays ? world.answer(ALICE, page.challenge, statementOf(PAY)) : world.answer(ALICE, page.challenge);
}

export const userCodeIn = (page: Page) => page.html.querySelector("input[name=user_code]")?.getAttribute("value") ?? "";

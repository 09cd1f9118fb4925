/** A device that shows a code, and a browser that is at the page where the code is typed (RFC 8628). */
import type { ClientEntry } from "../../src/provider/clients.ts";
import { SHOP, type World } from "../support/world.ts";
import type { Browser } from "./browser.ts";

const { client_secret: _, ...SECRETLESS } = SHOP;
export const TELEVISION: ClientEntry = {
  ...SECRETLESS,
  client_id: "television",
  client_name: "Television",
  application_type: "native",
  token_endpoint_auth_method: "none",
  redirect_uris: [],
  post_logout_redirect_uris: [],
  response_types: [],
  grant_types: ["urn:ietf:params:oauth:grant-type:device_code"],
  authorization_details_types: ["payment"],
};

/** Whose browser goes on to another page, so that its one secret is never old. */
export async function atUserCode(world: World, browser: Browser) {
  const answer = await fetch(`${world.issuer}/device-authorization`, {
    method: "POST",
    body: new URLSearchParams({ client_id: TELEVISION.client_id, scope: "openid" }),
  });
  const { user_code, device_code }: Record<string, string> = await answer.json();
  const page = await browser.open("/device");
  const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(page.answer.body) ?? [];
  if (user_code === undefined || device_code === undefined || xsrf === "") throw new Error("no code can be typed");
  return {
    browser,
    values: { user_code, device_code, xsrf, confirm: "yes", client_id: TELEVISION.client_id },
    more: [user_code, device_code, xsrf],
  };
}

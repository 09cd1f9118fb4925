import type { Context } from "koa";
import { type Client, type Configuration, errors, type KoaContextWithOIDC } from "oidc-provider";
import type { Accounts } from "../account/account.ts";
import type { Origin } from "../challenge/challenge.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { toFault } from "../http/errors.ts";
import { statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import type { FieldError } from "../http/views.ts";
import type { ClientEntry } from "./clients.ts";
import { siteOf } from "./site.ts";
import { countWrongCode, typedCode } from "./user-codes.ts";

type DeviceFlow = NonNullable<NonNullable<Configuration["features"]>["deviceFlow"]>;

export interface UserCodePorts {
  pages: Pages;
  database: Database;
  accounts: Accounts;
  clients: readonly ClientEntry[];
  clock: Clock;
  /** Where a request comes from, as people are told. */
  originOf(context: Context): Origin;
}

/** What oidc-provider throws where a code is not there, is over or was used; it has no name for them in its public interface. */
const UNKNOWN = ["NotFoundError", "ExpiredError", "AlreadyUsedError"];

/** The pages of RFC 8628 section 3.3, round oidc-provider's device flow: the code, who asks and from where, and what came of it. */
export function userCodePages(ports: UserCodePorts): DeviceFlow {
  const { pages } = ports;

  const around = async (context: KoaContextWithOIDC, client?: Client) => {
    const { session, deviceCode } = context.oidc;
    const account =
      session?.accountId === undefined ? undefined : await ports.accounts.byId(ports.database, session.accountId);
    const uiLocales = deviceCode?.params?.["ui_locales"];
    return {
      site: client === undefined ? undefined : siteOf(ports.clients, client.clientId),
      signedIn: account === undefined ? undefined : { email: account.email },
      ...(typeof uiLocales === "string" ? { uiLocales } : {}),
    };
  };

  const isOperation = ({ oidc }: KoaContextWithOIDC) =>
    oidc.deviceCode?.params?.["authorization_details"] !== undefined;

  return {
    enabled: true,
    charset: "base-20",
    mask: "****-****",
    deviceInfo: (context) => ({ ...ports.originOf(context), at: ports.clock() }),

    async userCodeInputSource(context, html, _out, error) {
      if (error !== undefined) leaveUnsaved(context);
      if (error?.name === "AbortedError") return showEnd(context, "stopped");
      const wrong = wrongOf(error);
      if (error !== undefined && wrong === undefined) return showFailure(context, error);
      if (wrong === "unknown") countWrongCode(context);
      const found: FieldError[] = wrong === undefined ? [] : [{ field: "user_code", code: wrong }];
      const { action, xsrf } = formOf(html);
      const user_code = fieldOf(html, "user_code") ?? typedCode(context);
      const data = { action, xsrf, errors: found, values: { user_code } };
      pages.show(context, "user-code/enter", data, { ...(await around(context)), status: statusOf(found) });
    },

    async userCodeConfirmSource(context, html, client, info, userCode) {
      const { ip, country, at } = Object(info);
      const asked = {
        ...(typeof ip === "string" && ip !== "" ? { ip } : {}),
        ...(typeof country === "string" ? { country } : {}),
        at: new Date(Number(at)),
      };
      const data = { ...formOf(html), userCode, asked, operation: isOperation(context) };
      pages.show(context, "user-code/confirm", data, await around(context, client));
    },

    successSource: (context) => showEnd(context, isOperation(context) ? "confirmed" : "signed-in"),
  };

  async function showEnd(context: KoaContextWithOIDC, end: "signed-in" | "confirmed" | "stopped"): Promise<void> {
    const { client, deviceCode } = context.oidc;
    const asking = client ?? (deviceCode && (await context.oidc.provider.Client.find(deviceCode.clientId ?? "")));
    const frame = await around(context, asking);
    pages.show(context, "user-code/end", { end }, { ...frame, signedIn: undefined });
  }

  /** The device has been told; the person sees that nothing came of it, or what our own pages have for it. */
  async function showFailure(context: KoaContextWithOIDC, error: Error): Promise<void> {
    if (!(error instanceof errors.OIDCProviderError)) throw toFault(error);
    const lost = error instanceof errors.SessionNotFound || error instanceof errors.InvalidRequest;
    if (lost) throw new Fault("session-lost", { detail: error.error_description ?? error.message });
    return showEnd(context, "stopped");
  }
}

/**
 * To an error oidc-provider makes a new secret for the form and then saves the session that holds it, also one that was never there: of a
 * browser that comes without a cookie. That throws. Such a browser is shown no form, so that there is nothing to save.
 */
function leaveUnsaved({ oidc: { session } }: KoaContextWithOIDC): void {
  if (session !== undefined && session.exp === undefined) Object.assign(session, { touched: false });
}

function wrongOf(error: Error | undefined): "empty" | "unknown" | undefined {
  if (error === undefined) return undefined;
  if (error.name === "NoCodeError") return "empty";
  // Another browser was faster with the same code.
  return UNKNOWN.includes(error.name) || error instanceof errors.InvalidGrant ? "unknown" : undefined;
}

/** oidc-provider hands over finished forms; our pages have their own fields and need what is in them. */
function formOf(html: string): { action: string; xsrf: string } {
  const action = /action="([^"]*)"/.exec(html)?.[1];
  const xsrf = fieldOf(html, "xsrf");
  if (action === undefined || xsrf === undefined) throw new Error("oidc-provider's form for codes has changed");
  return { action, xsrf };
}

function fieldOf(html: string, name: string): string | undefined {
  const input = html.split("<input").find((one) => one.includes(`name="${name}"`));
  return input === undefined ? undefined : /value="([^"]*)"/.exec(input)?.[1];
}

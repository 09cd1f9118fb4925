import type { Context } from "koa";
import type { Database } from "../database/database.ts";
import type { Cookies } from "../http/cookies.ts";
import type { AccountTold } from "../http/device-views.ts";
import { seeOther } from "../http/redirect.ts";
import type { Locale } from "../locale/locale.ts";
import { randomId } from "../random.ts";
import type { Account, Accounts } from "./account.ts";
import type { OwnOperation } from "./own-operation.ts";
import { type Asker, requestAddress } from "./request.ts";

/** Who is at the account page, and by which session of this browser. */
export interface Present {
  account: Account;
  sites: readonly string[];
  /** Milliseconds, to the second: when its response was given. */
  since: number | undefined;
  session: string;
}

/** The ways from the account's pages to a sign-in or a confirmation, and back; what is to be told there. */
export interface Visits {
  /** Undefined for who is not signed in with a response. */
  present(context: Context): Promise<Present | undefined>;
  /** `more`: of the request, as `prompt`. Who came to a page, as by a link in a mail, is led there afterwards, or else to `page`. */
  toSignIn(context: Context, more?: Readonly<Record<string, string>>, page?: string): void;
  /** Pinned to the account that pressed the button. */
  toConfirm(context: Context, accountId: string, operation: OwnOperation): void;
  /** To a page of the account, which tells it once. */
  tell(context: Context, told: AccountTold, to: string): void;
  told(context: Context): AccountTold | undefined;
  /** Whether it is the answer to the request that this browser was sent out with last; true once. */
  isAnswer(context: Context, state: unknown): state is string;
  /** The page at which the sign-in that is being answered was asked for, where it was another than the first. */
  wanted(context: Context): string | undefined;
}

export interface VisitsPorts {
  database: Database;
  cookies: Cookies;
  accounts: Pick<Accounts, "byId">;
  /** Looks whether the account is being recovered, and has the pages say so. */
  warn(context: Context, accountId: string): Promise<void>;
  /** Who is signed in at this browser with a response, and where the session has led. */
  signedIn(context: Context): Promise<(Omit<Present, "account"> & { accountId: string }) | undefined>;
  /** The pages of this request are in the account's language. */
  prefer(context: Context, locale: Locale): void;
  asker: Asker;
  /** What a sign-in is asked for, the values of `acr` with spaces between them; less is not let in. */
  acr: string;
}

export const ACCOUNT = "/account";
const TOLD: readonly AccountTold[] = [
  "on",
  "off",
  "unchanged",
  "renamed",
  "removed",
  "removed-last",
  "full",
  "no-phone",
  "spent",
  "keys-deleted",
  "data-spent",
  "passkey-added",
  "passkey-renamed",
  "passkey-removed",
  "passkey-full",
  "till-code-set",
  "till-code-removed",
  "ended",
  "ended-others",
  "forgotten",
  "withdrawn",
  "taken-back",
  "wmid-chosen",
  "notice-on",
  "notice-off",
  "language-chosen",
];
/** In the cookie: what is to be told, or the state of the request that was sent out, with the page that was wanted. */
const TELLING = "told:";
const ASKING = "state:";
const WANTING = ":";
const OWN_PAGE = /^\/account\/[A-Za-z0-9/_-]{1,100}$/;

export function createVisits(ports: VisitsPorts): Visits {
  const { cookies, asker } = ports;
  const send = (context: Context, state: string, more: Readonly<Record<string, string>>, wanted = "") => {
    cookies.set(context, "account", `${ASKING}${state}${WANTING}${wanted}`);
    seeOther(context, requestAddress(asker, state, more));
  };
  return {
    async present(context) {
      const signedIn = await ports.signedIn(context);
      if (signedIn === undefined) return undefined;
      const { accountId, ...session } = signedIn;
      const account = await ports.accounts.byId(ports.database, accountId);
      if (account === undefined) return undefined;
      if (account.localeChosen) ports.prefer(context, account.locale);
      // Every page of an account whose deletion waits says so (`http/page.ts`).
      context.state["endsAt"] = account.endsAt;
      await ports.warn(context, accountId);
      return { account, ...session };
    },
    toSignIn(context, more = {}, page = "") {
      const wanted = context.method === "GET" && OWN_PAGE.test(context.path) ? context.path : page;
      send(context, randomId(asker.random), { acr_values: ports.acr, ...more }, wanted);
    },
    toConfirm: (context, accountId, operation) =>
      send(context, operation.operation_id, {
        login_hint: accountId,
        authorization_details: JSON.stringify([operation]),
      }),
    tell(context, told, to) {
      cookies.set(context, "account", `${TELLING}${told}`);
      seeOther(context, to);
    },
    told(context) {
      const cookie = cookies.get(context, "account");
      const told = TOLD.find((one) => cookie === `${TELLING}${one}`);
      if (told !== undefined) cookies.clear(context, "account");
      return told;
    },
    isAnswer(context, state): state is string {
      if (typeof state !== "string" || state === "") return false;
      if (!cookies.get(context, "account")?.startsWith(`${ASKING}${state}${WANTING}`)) return false;
      cookies.clear(context, "account");
      return true;
    },
    wanted(context) {
      const [, , page = ""] = cookies.get(context, "account")?.split(WANTING) ?? [];
      return OWN_PAGE.test(page) ? page : undefined;
    },
  };
}

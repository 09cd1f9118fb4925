import Router from "@koa/router";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Cookies } from "../http/cookies.ts";
import type { Pages } from "../http/page.ts";
import type { Views } from "../http/views.ts";
import { languages, parseLocale } from "../locale/locale.ts";
import type { Accounts } from "./account.ts";
import { pathOf } from "./sections.ts";
import { ACCOUNT, type Visits } from "./visits.ts";

export interface LanguageRoutesPorts {
  database: Database;
  accounts: Pick<Accounts, "changeLocale">;
  audit: Audit;
  cookies: Cookies;
  visits: Visits;
  pages: Pages;
}

const LANGUAGE = pathOf("language");

/** The language in which E-num speaks to a person: in messages from the next one, on pages from the next request, on phones when they ask. */
export function createLanguageRoutes({
  database,
  accounts,
  audit,
  cookies,
  visits,
  pages,
}: LanguageRoutesPorts): Router {
  const router = new Router({ prefix: LANGUAGE });

  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const told = visits.told(context);
    const data: Views["account/language"] = {
      action: LANGUAGE,
      accountHref: ACCOUNT,
      ...(told === undefined ? {} : { told }),
      languages: languages.map(({ locale, name }) => ({ locale, name, chosen: locale === here.account.locale })),
    };
    pages.show(context, "account/language", data, { signedIn: { email: here.account.email } });
  });

  router.post("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const form = await readForm(context);
    const locale = parseLocale(form.get("language"));
    if (form.get("action") !== "save" || locale === undefined)
      throw new Fault("invalid-request", { detail: "the page has no such button, or no such language" });
    const { id: accountId } = here.account;
    await database.transaction(async (sql) => {
      if (await accounts.changeLocale(sql, accountId, locale))
        await audit.append(sql, { type: "account.language-chosen", accountId, detail: { language: locale } });
    });
    // In this browser it goes before what was chosen on a page.
    cookies.set(context, "language", locale);
    visits.tell(context, "language-chosen", LANGUAGE);
  });

  return router;
}

/** The part of the composition that is what a person is told, and in which language: the account's pages of both. */
import type Router from "@koa/router";
import { createLanguageRoutes, type LanguageRoutesPorts } from "../account/language-routes.ts";
import type { Change } from "../account/routes.ts";
import { createNoticeChoices, type NoticeChoicesPorts, silencesNotice } from "../notice/choices.ts";
import { createNoticeRoutes, NOTIFICATIONS } from "../notice/routes.ts";

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createNoticeParts(ports: NoticeChoicesPorts & Omit<LanguageRoutesPorts, "visits">) {
  const choices = createNoticeChoices(ports);
  const change: Change = {
    knows: silencesNotice,
    page: NOTIFICATIONS,
    finish: (_context, accountId, id) => choices.confirmed(accountId, id),
  };
  const routesAt = (visits: LanguageRoutesPorts["visits"]): Router[] => [
    createNoticeRoutes({ choices, visits, pages: ports.pages }),
    createLanguageRoutes({ ...ports, visits }),
  ];
  return { change, routesAt };
}

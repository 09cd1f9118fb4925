/** The part of the composition that is about the code by which sites may ask on the phone: the account's pages of it, and what a request is judged by. */
import type Router from "@koa/router";
import type { Change } from "../account/routes.ts";
import type { Visits } from "../account/visits.ts";
import type { Pages } from "../http/page.ts";
import { createTillCodeRoutes, TILL_CODE } from "../till-code/routes.ts";
import { asksForTillCode, createTillCodes, type TillCodesPorts } from "../till-code/till-code.ts";

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createTillCodeParts(ports: TillCodesPorts & { pages: Pages }) {
  const codes = createTillCodes(ports);
  const change: Change = {
    knows: (id) => asksForTillCode(id) !== undefined,
    page: TILL_CODE,
    async finish(_context, accountId, id) {
      if (asksForTillCode(id) === "set")
        return (await codes.maySet(accountId, id)) ? { to: `${TILL_CODE}/new/${id}` } : "unchanged";
      return (await codes.remove(accountId, id)) === "removed" ? "till-code-removed" : "unchanged";
    },
  };
  const routesAt = (visits: Visits): Router => createTillCodeRoutes({ codes, visits, pages: ports.pages });
  return { change, routesAt };
}

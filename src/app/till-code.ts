/** The part of the composition that is about the code by which sites may ask on the phone: the account's pages of it, and what a request is judged by. */
import type Router from "@koa/router";
import type { Change } from "../account/routes.ts";
import type { Visits } from "../account/visits.ts";
import type { Pages } from "../http/page.ts";
import type { Random } from "../random.ts";
import { type CodeJudge, createCodeJudge, type JudgingPorts } from "../till-code/judging.ts";
import { createTillCodeRoutes, TILL_CODE } from "../till-code/routes.ts";
import { createSlowDigest } from "../till-code/slow-digest.ts";
import { asksForTillCode, createTillCodes, type TillCodesPorts } from "../till-code/till-code.ts";

export function createTillCodeJudge(ports: Omit<JudgingPorts, "slow"> & { random: Random }): CodeJudge {
  return createCodeJudge({ ...ports, slow: createSlowDigest(ports) });
}

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createTillCodeParts(ports: Omit<TillCodesPorts, "slow"> & { pages: Pages }) {
  const codes = createTillCodes({ ...ports, slow: createSlowDigest(ports) });
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

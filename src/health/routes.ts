import Router from "@koa/router";
import type { Health } from "./health.ts";

/** Asked by machines that know the process by its address, not by the issuer's name: the pinned host lets them through. */
export const PROBES = ["/livez", "/readyz"] as const;

/** JSON with a word for each thing; 200 where all is well, else 503. */
export function createHealthRoutes({ health }: { health: Health }): Router {
  const router = new Router();
  router.get("/livez", (context) => {
    context.body = { status: "alive" };
  });
  router.get("/readyz", async (context) => {
    const readiness = await health.check();
    context.status = readiness.status === "ready" ? 200 : 503;
    context.body = readiness;
  });
  return router;
}

import Router from "@koa/router";
import type { Pages } from "../http/page.ts";

/** The front page, and the page of clients: what this is, and where a person or a developer goes from here. */
export function createHomeRoutes(ports: { pages: Pages; registrationOpen: boolean; development: boolean }): Router {
  const router = new Router();
  router.get("/", (context) => {
    ports.pages.show(context, "home/home", {
      accountHref: "/account",
      phoneHref: "/phone",
      discoveryHref: "/.well-known/openid-configuration",
      ...(ports.registrationOpen ? { registerHref: "/register" } : {}),
      ...(ports.development ? { outboxHref: "/development/outbox" } : {}),
    });
  });
  router.get("/phone/clients", (context) => ports.pages.show(context, "phone/clients", { phoneHref: "/phone" }));
  return router;
}

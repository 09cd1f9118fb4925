/**
 * Owns what lies between oidc-provider and our pages: reads a visit, hands it to the step that its prompt needs, and carries the step's
 * outcome back (`conclude.ts`, which a step may also have kept with its proof). Control enters by `/interaction/:uid`, where oidc-provider
 * redirects to, and leaves by a redirect to the address that oidc-provider resumes at. Steps know nothing of one another.
 */
import Router from "@koa/router";
import type { Context, Middleware } from "koa";
import type Provider from "oidc-provider";
import { Fault } from "../errors.ts";
import type { Cookies } from "../http/cookies.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import { orLost } from "./conclude.ts";
import type { Conclude, Outcome, Site, Step, StepHandler, Visit } from "./step.ts";

export interface InteractionPorts {
  provider: () => Provider;
  site(clientId: string): Promise<Site | undefined>;
  /** Of the account that is signed in, for the head of each page; which is in the account's language from then on. */
  email(context: Context, accountId: string): Promise<string | undefined>;
  /** Reads at once, for the request that is being answered, what is asked for one by one below. */
  readAhead(uid: string): Promise<void>;
  cookies: Pick<Cookies, "get" | "set">;
  /** Which site an interaction was for that oidc-provider no longer knows. */
  formerClient(uid: string): Promise<string | undefined>;
  /** Whether such a one was ended with all sign-ins of its account. */
  wasEnded(uid: string): Promise<boolean>;
  conclude: Conclude;
  pages: Pages;
  steps: { login: Step; confirmation: Step; consent: Step; closing: Step };
  /** Begins a registration that comes back to `/interaction/:uid/registered`. */
  beginRegistration(context: Context, visit: Visit): void;
}

type InteractionDetails = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** Where oidc-provider resumes an interaction, and where it leads when something more is needed. */
const RESUMED = /^\/authorize\/([^/]+)$/;
const BEGUN = /^\/interaction\/([\w-]+)$/;

export interface Interaction {
  routes: Router;
  /** Round oidc-provider: an interaction that is resumed a second time gets a page that leads back to its site. */
  resumed: Middleware;
}

export function createInteraction(ports: InteractionPorts): Interaction {
  const router = new Router({ prefix: "/interaction/:uid" });

  /** Where a visit is now whose page was sent twice, as by a double click: what oidc-provider has made of it in this same browser. */
  const successorOf = async (context: Context): Promise<string | undefined> => {
    const next = ports.cookies.get(context, "successor");
    const goesOn = next !== undefined && (await ports.provider().Interaction.find(next)) !== undefined;
    return goesOn ? `/interaction/${next}` : undefined;
  };

  /** The page of a sign-in that another tab has finished, that its owner has ended meanwhile, or that is long over, as long as we know anything of it. */
  const showElsewhere = async (context: Context, uid: string, lost: unknown): Promise<void> => {
    if (!(lost instanceof Fault) || lost.code !== "session-lost") throw lost;
    const successor = await successorOf(context);
    if (successor !== undefined) return seeOther(context, successor);
    const clientId = await ports.formerClient(uid);
    const site = clientId === undefined ? undefined : await ports.site(clientId);
    const ended = await ports.wasEnded(uid);
    if (site === undefined && !ended) throw lost;
    const again = site?.href === undefined ? {} : { siteHref: site.href };
    ports.pages.show(context, "login/elsewhere", { ended, ...again }, { site, status: 410 });
  };

  const load = async (context: Context): Promise<Visit> => {
    await ports.readAhead(String(context["params"].uid));
    const details = await orLost(ports.provider().interactionDetails(context.req, context.res));
    // The cookie decides which interaction this browser is in; an address of another one is stale or was sent by somebody.
    if (details.uid !== context["params"].uid)
      throw new Fault("session-lost", { detail: "the address is of another interaction" });
    const clientId = String(details.params["client_id"]);
    const site = await ports.site(clientId);
    if (site === undefined) throw new Fault("site-gone");
    const accountId = details.session?.accountId;
    return toVisit(details, site, accountId === undefined ? undefined : await ports.email(context, accountId));
  };

  const finish = async (context: Context, visit: Visit, outcome: Outcome): Promise<void> => {
    switch (outcome.kind) {
      case "page":
        return;
      case "to":
        return seeOther(context, `/interaction/${visit.uid}${outcome.path}`);
      case "concluded":
        return seeOther(context, outcome.href);
      case "register":
        ports.beginRegistration(context, visit);
        return seeOther(context, "/register");
      case "login":
      case "confirmation":
      case "consent":
      case "clear":
      case "refused": {
        const href = await ports.conclude(context, visit, outcome);
        if (outcome.kind === "refused" && outcome.farewell !== undefined) return outcome.farewell(href);
        return seeOther(context, href);
      }
      default:
        return outcome satisfies never;
    }
  };

  const handle = (handler: StepHandler) => async (context: Context) => {
    try {
      const visit = await load(context);
      await finish(context, visit, await handler(context, visit));
    } catch (error) {
      await showElsewhere(context, String(context["params"].uid), error);
    }
  };

  const resumed: Middleware = async (context, next) => {
    const [, uid] = RESUMED.exec(context.path) ?? [];
    if (uid === undefined) return next();
    try {
      await next();
      const [, successor] = BEGUN.exec(context.response.get("Location")) ?? [];
      if (successor === undefined) return;
      // A second click comes back to the page, or is led here as the first was.
      for (const path of [`/interaction/${uid}`, `/authorize/${uid}`])
        ports.cookies.set(context, "successor", successor, path);
    } catch (error) {
      // In the place of a session that another tab has renamed meanwhile oidc-provider has put an empty one.
      context.remove("Set-Cookie");
      await showElsewhere(context, uid, error);
    }
  };

  const first: StepHandler = async (context, visit) => {
    switch (visit.prompt) {
      case "create":
        return { kind: "register" };
      case "login":
        return ports.steps.login.first(context, visit);
      case "confirmation":
        return ports.steps.confirmation.first(context, visit);
      case "consent":
        return ports.steps.consent.first(context, visit);
      case "closing":
        return ports.steps.closing.first(context, visit);
      default:
        return visit.prompt satisfies never;
    }
  };
  router.get("/", handle(first));
  for (const [prompt, step] of Object.entries(ports.steps)) {
    for (const route of step.routes) {
      router[route.method](
        route.path,
        handle(async (context, visit) => {
          // A page of a step that is over, reached by the back button: on to where the person is now.
          const here = prompt === visit.prompt || (prompt === "login" && visit.prompt === "create");
          return here ? route.handler(context, visit) : { kind: "to", path: "" };
        }),
      );
    }
  }
  return { routes: router, resumed };
}

function toVisit(details: InteractionDetails, site: Site, email: string | undefined): Visit {
  const { name, details: asked } = details.prompt;
  if (!isPrompt(name)) throw new Error(`no step for the prompt ${name}`);
  const params = Object.entries(details.params).map(([key, value]) => [
    key,
    typeof value === "string" ? value : undefined,
  ]);
  return {
    uid: details.uid,
    prompt: name,
    site,
    params: Object.fromEntries(params),
    missing: {
      scopes: texts(asked["missingOIDCScope"]),
      claims: texts(asked["missingOIDCClaims"]),
      ofResources: Object.entries(asked["missingResourceScopes"] ?? {}).flatMap(([resource, scopes]) =>
        texts(scopes).map((scope) => ({ resource, scope })),
      ),
    },
    accountId: details.session?.accountId,
    signedIn: email === undefined ? undefined : { email },
    sessionUid: details.session?.uid,
    grantId: details.grantId,
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

const PROMPTS: readonly Visit["prompt"][] = ["login", "confirmation", "consent", "create", "closing"];

function isPrompt(name: string): name is Visit["prompt"] {
  return PROMPTS.some((prompt) => prompt === name);
}

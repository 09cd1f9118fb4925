/** The part of the composition that a person walks through: the interaction, with its steps in their order. */
import type { Context } from "koa";
import type Provider from "oidc-provider";
import type { Accounts } from "../account/account.ts";
import { pathOf } from "../account/sections.ts";
import type { Audit } from "../audit/audit.ts";
import type { Authentication } from "../authentication/authentication.ts";
import type { ByCode } from "../authentication/by-code.ts";
import type { Challenges } from "../challenge/challenge.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { Confirmations } from "../confirmation/confirmation.ts";
import { createConfirmationPages } from "../confirmation/pages.ts";
import { createConfirmationStep } from "../confirmation/routes.ts";
import { createConsentStep } from "../consent/consent.ts";
import type { Database } from "../database/database.ts";
import { createClosingStep } from "../deletion/closing.ts";
import type { Development } from "../development/development.ts";
import type { Enrolments } from "../enrolment/enrolment.ts";
import type { Cookies } from "../http/cookies.ts";
import type { Pages } from "../http/page.ts";
import { createConclude } from "../interaction/conclude.ts";
import { createInteraction, type Interaction } from "../interaction/interaction.ts";
import type { Visit } from "../interaction/step.ts";
import type { Login } from "../login/login.ts";
import { createLoginPages } from "../login/pages.ts";
import { createLoginStep } from "../login/routes.ts";
import type { OperationTypes } from "../operation/operation.ts";
import type { PasskeyProof } from "../passkey/proving.ts";
import { createReadAhead } from "../provider/ahead.ts";
import { type Acr, acrClaimOf, CERTIFICATE, keysDemanded, namesSms } from "../provider/assurance.ts";
import { scopeOfClaim } from "../provider/claims.ts";
import type { ClientEntry } from "../provider/clients.ts";
import { LASTING } from "../provider/lifetimes.ts";
import { createWasEnded } from "../provider/named-visits.ts";
import { createPinned } from "../provider/pinned.ts";
import type { RequestRecords, Requests } from "../provider/request.ts";
import { createResourceWords } from "../provider/resources.ts";
import { siteOf } from "../provider/site.ts";
import type { Random } from "../random.ts";
import type { RegistrationRoutes } from "../registration/routes.ts";
import type { createOnline } from "../request/online.ts";
import type { Digester, Sealer } from "../secrecy.ts";

export interface StepsPorts {
  config: Config;
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  sealer: Sealer;
  cookies: Cookies;
  pages: Pages;
  clients: readonly ClientEntry[];
  provider: Provider;
  pairwiseKey: Uint8Array;
  request(): RequestRecords | undefined;
  accounts: Accounts;
  audit: Audit;
  types: OperationTypes;
  challenges: Challenges;
  login: Login;
  authentication: Authentication;
  byCode: ByCode;
  passkeys: Pick<PasskeyProof, "request">;
  /** Of a sign-in by a client certificate; undefined where there is none. */
  certificateHref: ((visit: Visit) => string) | undefined;
  /** What a sign-in can reach here. */
  acrs: readonly Acr[];
  confirmations: Confirmations;
  enrolments: Enrolments;
  registration: Pick<RegistrationRoutes, "keepReturn">;
  online: ReturnType<typeof createOnline>;
  /** What a development server shows beside. */
  tools: Development | undefined;
  requests: Pick<Requests, "within">;
  isIdentifier(hint: string): boolean;
  isApp(visit: Visit): boolean;
}

export function createSteps(ports: StepsPorts): Interaction {
  const { accounts, challenges, clients, config, confirmations, database, enrolments, online, pages, tools } = ports;
  const provider = () => ports.provider;
  const registrationOpen = config.registration === "open";
  const development = !config.production;
  const acrsOf = ({ params: { acr_values: acrValues, claims } }: Visit) => ({ acrValues, claim: acrClaimOf(claims) });
  const asksForSms = (visit: Visit) => namesSms(acrsOf(visit));
  const conclude = createConclude({ provider, within: ports.requests.within });
  const shared = {
    ...ports,
    conclude,
    asksForSms,
    locale: pages.locale,
    pinned: createPinned(ports),
    ended: online.ended,
  };
  const justEnrolled = async (context: Context) => {
    const enrolment = await enrolments.current(context);
    return enrolment?.status === "done" ? enrolment.account : undefined;
  };
  return createInteraction({
    provider,
    site: async (clientId) => siteOf(clients, clientId),
    async email(context, id) {
      const account = await accounts.byId(database, id);
      if (account?.localeChosen) pages.prefer(context, account.locale);
      return account?.email;
    },
    readAhead: createReadAhead({ ...ports, beside: challenges.beside }),
    formerClient: async (uid) => (await challenges.current(database, uid))?.clientId,
    wasEnded: createWasEnded(ports),
    cookies: ports.cookies,
    conclude,
    pages,
    steps: {
      login: createLoginStep({
        ...shared,
        pages: createLoginPages({
          ...ports,
          registrationOpen,
          development,
          passkeyOptions: ({ uid }) => ports.passkeys.request(uid),
          byCertificate: ports.certificateHref !== undefined,
          keysAlone(visit) {
            const [key, ...more] = keysDemanded(acrsOf(visit), ports.acrs);
            if (key === undefined) return undefined;
            return more.length > 0 ? "either" : key === CERTIFICATE ? "certificate" : "passkey";
          },
        }),
        registrationOpen,
        accountOf: (id) => accounts.byId(database, id),
        justEnrolled,
        peek: tools?.peek,
      }),
      confirmation: createConfirmationStep({
        ...shared,
        pages: createConfirmationPages({ ...ports, development, registrationOpen }),
        registrationOpen,
        justEnrolled,
        account: (id) => accounts.byId(database, id),
        notMe: (visit, accountId) =>
          database.transaction((sql) =>
            online.notMe(sql, { accountId, purpose: "operation", site: visit.site, device: undefined }),
          ),
        peek:
          tools === undefined
            ? undefined
            : (challenge, request, decision) => tools.peekAt(challenge, confirmations.statement(request, decision)),
      }),
      closing: createClosingStep({
        pages,
        accountOf: (id) => accounts.byId(database, id),
        deletionHref: pathOf("deletion"),
      }),
      consent: createConsentStep({
        ...ports,
        provider,
        scopeOfClaim,
        lasting: LASTING,
        words: createResourceWords({ clients }),
      }),
    },
    beginRegistration(context, { uid, site, prompt }) {
      const confirms = prompt === "confirmation";
      ports.registration.keepReturn(context, {
        path: `/interaction/${uid}/${confirms ? "operation-registered" : "registered"}`,
        ...(confirms ? { confirms } : {}),
        site: { name: site.name, origin: site.origin, logo: site.logo },
      });
    },
  });
}

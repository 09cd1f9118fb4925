import { errors, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import { type Acr, type AcrRequest, acrClaimOf, assess, demandedAcrs, namesSms, parseAcr, SMS } from "./assurance.ts";
import type { FoundAccount } from "./claims.ts";
import { asksFromDevice } from "./device-grant.ts";
import { asksForOperation, confirmationOf } from "./operations.ts";
import { OWN_CLIENT } from "./own-client.ts";
import { isUnvouchedApp } from "./site.ts";

const { Check, Prompt, base } = interactionPolicy;

/** What this request asks of the authentication, read from its parameters. */
export function acrRequestOf(context: KoaContextWithOIDC): AcrRequest {
  const { params } = context.oidc;
  const acrValues = params?.["acr_values"];
  // Read from the parameter itself: in its own copy oidc-provider writes acr_values over an essential claim.
  const claim = acrClaimOf(params?.["claims"]);
  return { acrValues: typeof acrValues === "string" ? acrValues : undefined, claim };
}

export interface PolicyPorts {
  /** Whether the person wants to be asked for a response at every sign-in to this site. */
  demandsLogin(accountId: string, clientId: string): Promise<boolean>;
  /** What a sign-in can reach here. */
  acrs: readonly Acr[];
}

/**
 * Which prompts lead to our pages, in the order in which they are checked. oidc-provider's own acr checks are replaced: they ignore
 * `acr_values` and compare for equality, so that they loop where a stronger login was asked for than ours can be.
 */
export function createPolicy({ demandsLogin, acrs }: PolicyPorts): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy.add(new Prompt({ name: "create", requestable: true }), 0);
  // Twice: where nobody is signed in and no sign-in is asked for, the operation's one response comes before the login prompt, which it resolves.
  // Else it comes last: whoever says no to the consent before it has confirmed nothing.
  policy.add(
    confirmation((context) => context.oidc.session?.accountId === undefined && !asksForSignIn(context)),
    1,
  );
  policy.add(
    confirmation((context) => context.oidc.session?.accountId !== undefined),
    policy.length,
  );
  const consent = policy.get("consent");
  consent?.checks.remove("rar_prompt");
  // A native app that anybody could pose as is not let through without a person (RFC 8252 section 8.6); the confirmation is by one.
  unless(consent, "native_client_prompt", (context) => {
    const { client, params } = context.oidc;
    return asksForOperation(context) || !isUnvouchedApp(client?.applicationType, params?.["redirect_uri"]);
  });
  const login = policy.get("login");
  if (login === undefined) throw new Error("oidc-provider has no login prompt");
  // An operation's response is a new challenge for this request: for who is signed in, it answers prompt=login and max_age as well.
  for (const reason of ["login_prompt", "max_age"])
    unless(login, reason, (context) => asksForOperation(context) && context.oidc.session?.accountId !== undefined);
  login.checks.add(
    // A browser may still have the session of an account that was deleted.
    new Check("gone", "the account is no more", "login_required", (context) => {
      const { session, account, result } = context.oidc;
      if (session?.accountId === undefined || account !== undefined) return Check.NO_NEED_TO_PROMPT;
      if (result?.login !== undefined) throw new errors.AccessDenied("the account is no more");
      return Check.REQUEST_PROMPT;
    }),
  );
  policy.add(closing(), policy.findIndex(({ name }) => name === "login") + 1);
  login.checks.remove("essential_acr");
  login.checks.remove("essential_acrs");
  login.checks.add(
    new Check("acr", "the requested authentication is not met", "unmet_authentication_requirements", (context) => {
      const { session, result } = context.oidc;
      if (asksForOperation(context)) return operationAcr(context);
      const reached = session?.accountId === undefined ? undefined : parseAcr(session.acr);
      const demanded = demandedAcrs(acrRequestOf(context));
      // Where nothing is demanded, the next check asks for what that means.
      if (demanded === undefined) return Check.NO_NEED_TO_PROMPT;
      const assurance = assess(demanded, reached, acrs);
      switch (assurance.kind) {
        case "met":
          return Check.NO_NEED_TO_PROMPT;
        case "impossible":
          throw new errors.UnmetAuthenticationRequirements("none of the requested acr values can be met");
        case "login":
          // A login that has just been done and does not meet it would be asked for again for ever.
          if (result?.login !== undefined)
            throw new errors.UnmetAuthenticationRequirements("the login does not meet the requested acr");
          // Without a session the check `no_session` asks as well; with `prompt=none` its error is the one that fits.
          return session?.accountId === undefined ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
        default:
          return assurance satisfies never;
      }
    }),
  );
  login.checks.add(
    new Check(
      "response",
      "the person is signed in by SMS, which this request does not ask for",
      "login_required",
      (context) => {
        const { session, result } = context.oidc;
        const request = acrRequestOf(context);
        const reached = session?.accountId === undefined ? undefined : parseAcr(session.acr);
        const isDue = asksForOperation(context)
          ? asksForSignIn(context) && !namesSms(request)
          : demandedAcrs(request) === undefined;
        if (!isDue || reached !== SMS) return Check.NO_NEED_TO_PROMPT;
        if (result?.login !== undefined)
          throw new errors.UnmetAuthenticationRequirements("a sign-in by SMS was not asked for");
        return Check.REQUEST_PROMPT;
      },
    ),
  );
  login.checks.add(
    // Whoever was talked into typing a stranger's code is asked for their phone before the stranger is in (RFC 8628 section 5.4).
    new Check("device", "who signs in on another device answers anew", "login_required", (context) => {
      const { session, result } = context.oidc;
      const answered = session?.accountId === undefined || result?.login !== undefined || asksForOperation(context);
      return asksFromDevice(context) && !answered ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );
  login.checks.add(
    new Check("every_login", "the person is asked at every sign-in to this site", "login_required", (context) => {
      const { session, client, result } = context.oidc;
      const { accountId } = session ?? {};
      // A login of this very visit, or the operation's response, is what is asked for; asked once more, it would be for ever.
      if (accountId === undefined || client === undefined || result?.login !== undefined || asksForOperation(context))
        return Check.NO_NEED_TO_PROMPT;
      return demandsLogin(accountId, client.clientId);
    }),
  );
  return policy;
}

/** The engine's own check, but where it is answered already. */
function unless(
  prompt: interactionPolicy.Prompt | undefined,
  reason: string,
  answered: (context: KoaContextWithOIDC) => boolean,
): void {
  const check = prompt?.checks.get(reason);
  const original = check?.check;
  if (check === undefined || original === undefined) throw new Error(`oidc-provider has no check ${reason}`);
  check.check = (context) => (answered(context) ? Check.NO_NEED_TO_PROMPT : original(context));
}

/** An operation demands its own acr, whatever the site asks for; a list that knows none of ours fails all the same. */
export function operationAcr(context: KoaContextWithOIDC): boolean {
  const demanded = demandedAcrs(acrRequestOf(context));
  if (demanded !== undefined && !demanded.some((value) => parseAcr(value) !== undefined))
    throw new errors.UnmetAuthenticationRequirements("none of the requested acr values is known here");
  return Check.NO_NEED_TO_PROMPT;
}

function confirmation(due: (context: KoaContextWithOIDC) => boolean): interactionPolicy.Prompt {
  return new Prompt(
    { name: "confirmation", requestable: false },
    new Check("operation", "the operation is to be confirmed", "interaction_required", (context) =>
      asksForOperation(context) && confirmationOf(context) === undefined && due(context)
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT,
    ),
  );
}

/** While its deletion waits, an account serves at no site; at our own client it is stopped. */
function closing(): interactionPolicy.Prompt {
  return new Prompt(
    { name: "closing", requestable: false },
    new Check("closing", "the account is about to be deleted", "access_denied", ({ oidc }) => {
      const found: FoundAccount | undefined = oidc.account;
      return found?.endsAt !== undefined && oidc.client?.clientId !== OWN_CLIENT
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT;
    }),
  );
}

function asksForSignIn(context: KoaContextWithOIDC): boolean {
  return context.oidc.requestParamOIDCScopes.has("openid");
}

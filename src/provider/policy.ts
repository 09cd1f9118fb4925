import { errors, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import { type AcrRequest, assess, demandedAcrs, parseAcr } from "./assurance.ts";

const { Check, Prompt, base } = interactionPolicy;

/** What this request asks of the authentication, read from its parameters. */
export function acrRequestOf(context: KoaContextWithOIDC): AcrRequest {
  const { params } = context.oidc;
  const acrValues = params?.["acr_values"];
  const claims = params?.["claims"];
  // Read from the parameter itself: in its own copy oidc-provider writes acr_values over an essential claim.
  const claim = typeof claims === "string" ? JSON.parse(claims)?.id_token?.acr : undefined;
  return { acrValues: typeof acrValues === "string" ? acrValues : undefined, claim };
}

/**
 * Which prompts lead to our pages, in the order in which they are checked. oidc-provider's own acr checks are replaced: they ignore
 * `acr_values` and compare for equality, so that they loop where a stronger login was asked for than ours can be.
 */
export function createPolicy(): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy.add(new Prompt({ name: "create", requestable: true }), 0);
  const login = policy.get("login");
  if (login === undefined) throw new Error("oidc-provider has no login prompt");
  login.checks.remove("essential_acr");
  login.checks.remove("essential_acrs");
  login.checks.add(
    new Check("acr", "the requested authentication is not met", "unmet_authentication_requirements", (context) => {
      const { session, result } = context.oidc;
      const reached = session?.accountId === undefined ? undefined : parseAcr(session.acr);
      const assurance = assess(demandedAcrs(acrRequestOf(context)), reached);
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
  return policy;
}

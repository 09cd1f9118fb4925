import type { Context } from "koa";
import { assess, LOGIN, parseAcr } from "./assurance.ts";

/** Who is signed in at this browser with a response, and which sites oidc-provider's session there has led to. */
export interface SignedIn {
  accountId: string;
  sites: readonly string[];
}

/** oidc-provider, as far as it is asked here. */
interface Engine {
  Session: {
    get(context: Context): Promise<{
      accountId?: string | undefined;
      acr?: string | undefined;
      authorizations?: object | undefined;
    }>;
  };
}

/** Undefined for who is not signed in, or by less than a response of the phone. */
export function createSignedIn(provider: Engine) {
  return async (context: Context): Promise<SignedIn | undefined> => {
    const { accountId, acr, authorizations = {} } = await provider.Session.get(context);
    if (accountId === undefined || assess([LOGIN], parseAcr(acr)).kind !== "met") return undefined;
    return { accountId, sites: Object.keys(authorizations) };
  };
}

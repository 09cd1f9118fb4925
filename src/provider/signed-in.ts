import type { Context } from "koa";
import { type Millis, SECOND } from "../clock.ts";
import { type Acr, assess, LOGIN, parseAcr } from "./assurance.ts";

/** Who is signed in at this browser with a response, and which sites oidc-provider's session there has led to. */
export interface SignedIn {
  accountId: string;
  sites: readonly string[];
  /** Milliseconds, to the second: when its response was given. */
  since: Millis | undefined;
  /** Names oidc-provider's session for as long as it lasts; nothing is opened by it. */
  session: string;
}

/** oidc-provider, as far as it is asked here. */
interface Engine {
  Session: {
    get(context: Context): Promise<{
      accountId?: string | undefined;
      acr?: string | undefined;
      authorizations?: object | undefined;
      loginTs?: number | undefined;
      uid: string;
    }>;
  };
}

/** Undefined for who is not signed in, or by less than is asked for: a response of the phone, where nothing else is. */
export function createSignedIn(provider: Engine, least: Acr = LOGIN) {
  return async (context: Context): Promise<SignedIn | undefined> => {
    const { accountId, acr, authorizations = {}, loginTs, uid: session } = await provider.Session.get(context);
    if (accountId === undefined || assess([least], parseAcr(acr)).kind !== "met") return undefined;
    const since = loginTs === undefined ? undefined : loginTs * SECOND;
    return { accountId, sites: Object.keys(authorizations), since, session };
  };
}

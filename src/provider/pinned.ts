import type Provider from "oidc-provider";
import { GONE } from "../account/account.ts";
import type { Visit } from "../interaction/step.ts";
import { pinnedSubject, subjectFor } from "./subject.ts";

/** The `sub` that a client sees for an account, and whether it is for this client's sector alone; undefined where one of the two is gone. */
export function createSubject(ports: { provider: Provider; pairwiseKey: Uint8Array }) {
  return async (accountId: string, clientId: string): Promise<{ sub: string; pairwise: boolean } | undefined> => {
    const client = await ports.provider.Client.find(clientId);
    if (client === undefined || accountId === GONE) return undefined;
    return { sub: subjectFor(ports.pairwiseKey, accountId, client), pairwise: client.subjectType === "pairwise" };
  };
}

/** The `sub` that the site pinned in its request, as this site sees it; undefined where it pinned none. */
export function pinnedOf(visit: Visit, isIdentifier: (hint: string) => boolean): string | undefined {
  return pinnedSubject(visit.params, isIdentifier);
}

/** Whether the account that has signed in is the one that the site pinned, by the `sub` that this site sees. */
export function createPinned(ports: {
  provider: Provider;
  pairwiseKey: Uint8Array;
  isIdentifier(hint: string): boolean;
}) {
  return async (visit: Visit, accountId: string): Promise<boolean> => {
    const pinned = pinnedSubject(visit.params, ports.isIdentifier);
    if (pinned === undefined) return true;
    const client = await ports.provider.Client.find(visit.site.clientId);
    return client !== undefined && subjectFor(ports.pairwiseKey, accountId, client) === pinned;
  };
}

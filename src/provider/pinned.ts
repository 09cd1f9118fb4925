import type Provider from "oidc-provider";
import type { Visit } from "../interaction/step.ts";
import { pinnedSubject, subjectFor } from "./subject.ts";

/** Whether the account that has signed in is the one that the site pinned, by the `sub` that this site sees. */
export function createPinned(ports: { provider: Provider; pairwiseKey: Uint8Array; isIdentifier(hint: string): boolean }) {
  return async (visit: Visit, accountId: string): Promise<boolean> => {
    const pinned = pinnedSubject(visit.params, ports.isIdentifier);
    if (pinned === undefined) return true;
    const client = await ports.provider.Client.find(visit.site.clientId);
    return client !== undefined && subjectFor(ports.pairwiseKey, accountId, client) === pinned;
  };
}

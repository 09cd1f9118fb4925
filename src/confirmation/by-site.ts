import type { Database } from "../database/database.ts";
import type { Confirmed } from "../interaction/step.ts";
import type { OperationTypes } from "../operation/operation.ts";
import type { Digester } from "../secrecy.ts";
import { requestFor, toConfirmed } from "./confirmed.ts";
import { writeKept } from "./on-phone.ts";
import { confirmationOfContext } from "./store.ts";

/** Operations that a site has confirmed on the phone without a browser (PROTOCOL 12): no visit, so that its own request names each. */
export interface BySite {
  /** Seconds that a person has to confirm it. */
  lifetime(element: unknown): number;
  /** What the phone's answer is judged by, as JSON, to be kept with the challenge. */
  details(requestId: string, client: { id: string; name: string }, element: unknown): string;
  confirmed(requestId: string): Promise<Confirmed | undefined>;
}

export function createBySite(ports: { database: Database; digest: Digester; types: OperationTypes }): BySite {
  const { types } = ports;
  const contextOf = (requestId: string) => ports.digest("confirmation-context", `ciba ${requestId}`);
  return {
    lifetime: (element) => types.lifetime(requestFor(types, element, { id: "", name: "" }).operation),
    details: (requestId, client, element) =>
      writeKept({ ...requestFor(types, element, client), context: contextOf(requestId), pinned: undefined }),
    async confirmed(requestId) {
      const row = await confirmationOfContext(ports.database, contextOf(requestId));
      return row === undefined ? undefined : toConfirmed(row, true);
    },
  };
}

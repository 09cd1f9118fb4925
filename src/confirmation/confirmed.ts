import { epochSeconds } from "../clock.ts";
import type { Confirmed } from "../interaction/step.ts";
import type { OperationTypes } from "../operation/operation.ts";
import type { Request } from "./confirming.ts";
import { amrOf, type ConfirmationRow } from "./store.ts";

/** What a site's tokens say of a confirmation. */
export function toConfirmed(row: ConfirmationRow, sessionless: boolean): Confirmed {
  return {
    id: row.id,
    details: {
      ...JSON.parse(row.operation),
      confirmation: { id: row.id, confirmed_at: new Date(row.confirmed_at).toISOString(), binding: row.binding },
    },
    acr: row.acr,
    amr: amrOf(row),
    at: epochSeconds(row.confirmed_at),
    sessionless,
  };
}

/** The element of a request that was checked when it came, by the same rules. */
export function requestFor(types: Pick<OperationTypes, "parse">, element: unknown, client: Request["client"]): Request {
  const parsed = types.parse(element);
  // A type that the operator has removed since is the one way here.
  if (!parsed.ok) throw new Error(`the request's operation no longer holds: ${parsed.member}`);
  return { operation: parsed.operation, client };
}

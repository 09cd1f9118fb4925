import type { AdapterPayload } from "oidc-provider";

/** A code that was typed belongs to the browser that typed it first: from then on nobody finds it any more. */
export const CLAIM = `
  UPDATE oidc SET payload_sealed = ?, grant_id = ?, uid = ?, user_code = ?, account_id = ?, client_id = ?, saved_at = ?, expires_at = ?
  WHERE model = ? AND id = ? AND user_code IS NOT NULL RETURNING id`;

/** Whether the code of a device's request has been typed, and the person has gone on or said no. */
export function wasTyped({ inFlight, error }: AdapterPayload): boolean {
  return inFlight === true || error !== undefined;
}

/** The save by which it comes about; what comes of it is saved later, by the one who has it. */
export function isClaim(payload: AdapterPayload): boolean {
  const settled = payload.accountId !== undefined || payload.error !== undefined;
  return payload.inFlight === true ? !settled : payload.error !== undefined;
}

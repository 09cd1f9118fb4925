import type { Binding, Sql } from "../database/database.ts";
import type { DevicePad } from "./rules.ts";

/** Who knows the pads that may answer; asked for decoys as well, at the same cost. */
export interface Pads {
  /** Of an account, or of one pending device. */
  padsOf(sql: Sql, accountId: string | undefined, deviceId: string | undefined): Promise<DevicePad[]>;
  /** Of an account, as `pads` in the row of a statement that finds the account in its own column `owner`. */
  padsAlong: {
    columns(owner: string): string;
    opened(pads: string | null, accountId: string | undefined): DevicePad[];
    /** That this pad still is its device's. */
    there(pad: DevicePad): { condition: string; bindings: readonly Binding[] };
  };
}

/** What a try that is counted brings along to be judged by. */
export interface WithPads {
  pads: string | null;
}

export function padsBeside({ padsAlong }: Pads): string {
  return padsAlong.columns("challenge.account_id");
}

export function padsIn(
  { padsAlong }: Pads,
  { pads, account_id }: WithPads & { account_id: string | null },
): DevicePad[] {
  return padsAlong.opened(pads, account_id ?? undefined);
}

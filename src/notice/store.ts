import type { Sql } from "../database.ts";
import type { OptionalNotice } from "./rules.ts";

const IS_MUTED = "SELECT notice FROM muted_notice WHERE account_id = ? AND notice = ?";

export async function isMuted(sql: Sql, accountId: string, notice: OptionalNotice): Promise<boolean> {
  return (await sql.first(IS_MUTED, [accountId, notice])) !== undefined;
}

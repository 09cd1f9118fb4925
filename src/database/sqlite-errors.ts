/** What sqlite3 says of a statement that has failed, by the code of its error. */

export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/**
 * Errors that end the statement and leave the transaction as it was; after others it may have been rolled back (lang_transaction, section 3.1).
 * So no statement of ours says `OR ROLLBACK`, or `RAISE(ROLLBACK, …)`.
 */
export function leavesTransaction(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || code === "SQLITE_CONSTRAINT" || code === "SQLITE_ERROR" || code === "SQLITE_MISMATCH";
}

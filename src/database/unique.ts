/** Whether the database has refused a change because what is to be unique is there already (SQLSTATE 23505, SQLITE_CONSTRAINT). */
export function isTaken(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "23505" || (error.code === "SQLITE_CONSTRAINT" && error.message.includes("UNIQUE"));
}

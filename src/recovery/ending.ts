import type { Context } from "koa";
import type { Sql } from "../database/database.ts";
import type { RevokeDevice } from "../device/revocation.ts";

/** How many of each have ended, beside devices and sessions, which have events of their own. */
export interface Ended {
  passkeys: number;
  certificates: number;
  contactChanges: number;
  browsers: number;
  /** That had been switched off. */
  notices: number;
  tillCode: boolean;
  /** Asked for with the account's own means. */
  deletion: boolean;
}

/**
 * What every recovery ends, whichever way it came (docs/decisions/0050): all by which somebody else could have stayed. The phone that was lost may
 * have been a thief's for a day, and what a phone can plant is a passkey, a certificate, a change of a contact or a deletion that waits, a browser that is known, a notice that is
 * switched off, a code for tills.
 */
export interface Ending {
  /**
   * All of it in the caller's transaction, then an enrolment in this browser; each is told to its owner as its own room tells it.
   * `taken`: the recovery that waited and was taken up just now.
   */
  run(sql: Sql, context: Context, accountId: string, taken?: string): Promise<Ended>;
  /** Sessions once more, a moment later: a request in flight may have saved its own again. */
  again(accountId: string): Promise<void>;
}

export interface EndingPorts {
  hold(sql: Sql, accountId: string): Promise<void>;
  /** Those that have not ended, whether they ever worked or not. */
  devicesOf(sql: Sql, accountId: string): Promise<readonly { id: string }[]>;
  revoke: RevokeDevice;
  endSessions(sql: Sql, accountId: string): Promise<unknown>;
  endSessionsAgain(accountId: string): Promise<void>;
  endPasskeys(sql: Sql, accountId: string): Promise<number>;
  endCertificates(sql: Sql, accountId: string): Promise<number>;
  stopContactChanges(sql: Sql, accountId: string): Promise<number>;
  forgetBrowsers(sql: Sql, accountId: string): Promise<number>;
  /** All that had been switched off is told again; how many there were. */
  unmuteNotices(sql: Sql, accountId: string): Promise<number>;
  removeTillCode(sql: Sql, accountId: string): Promise<boolean>;
  stopDeletion(sql: Sql, accountId: string): Promise<boolean>;
  /** All recoveries of the account but this one. */
  endWaits(sql: Sql, accountId: string, but: string | undefined): Promise<void>;
  /** What is being enrolled, in whatever browser. */
  endEnrolments(sql: Sql, accountId: string): Promise<unknown>;
  startEnrolment(sql: Sql, context: Context, accountId: string): Promise<void>;
}

export function createEnding(ports: EndingPorts): Ending {
  return {
    async run(sql, context, accountId, taken) {
      // The account's row first, as whoever makes a device work or ends one takes it.
      await ports.hold(sql, accountId);
      for (const { id } of await ports.devicesOf(sql, accountId))
        await ports.revoke(sql, { id, accountId }, { by: "recovery" });
      await ports.endEnrolments(sql, accountId);
      await ports.endSessions(sql, accountId);
      const ended = {
        passkeys: await ports.endPasskeys(sql, accountId),
        certificates: await ports.endCertificates(sql, accountId),
        contactChanges: await ports.stopContactChanges(sql, accountId),
        browsers: await ports.forgetBrowsers(sql, accountId),
        notices: await ports.unmuteNotices(sql, accountId),
        tillCode: await ports.removeTillCode(sql, accountId),
        deletion: await ports.stopDeletion(sql, accountId),
      };
      await ports.endWaits(sql, accountId, taken);
      await ports.startEnrolment(sql, context, accountId);
      return ended;
    },
    again: ports.endSessionsAgain,
  };
}

import type { Context } from "koa";
import type { Account, Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database, Sql } from "../database/database.ts";
import { networkOf } from "../http/network.ts";
import type { Notices } from "../notice/notice.ts";
import type { RecoveryBrowser } from "./browser.ts";
import type { RecoveryCodes } from "./codes.ts";
import type { Ending } from "./ending.ts";
import type { PhoneProof, PhoneSent, PhoneVerdict } from "./phone-proof.ts";
import type { Wait, Waits } from "./waits.ts";

/** `email`: not proven here; `ask`: no code was sent to the number yet; `code`: it is awaited; `proven`: both are. */
export type ContactsStage = "email" | "ask" | "code" | "proven";

/** By e-mail and phone number together, both proven in one browser: once to begin the wait, and once more to take it up. */
export interface ByContacts {
  stage(context: Context): Promise<ContactsStage>;
  /** Sends the code to the account's phone number. */
  send(context: Context): Promise<PhoneSent | "lost">;
  /** A right one begins the wait, unless one goes on; `too-many` when this account has begun too often. */
  answer(context: Context, typed: string): Promise<PhoneVerdict | { kind: "too-many" } | { kind: "lost" }>;
  /** What goes on, to who has proven the e-mail; undefined where nothing was begun, or it was stopped. */
  wait(context: Context): Promise<Wait | undefined>;
  /** After the wait. `already`: by the other click of two; `not-ready`: it was stopped, or its time has not come or is over. */
  finish(context: Context): Promise<"recovered" | "already" | "not-ready" | "lost">;
}

export interface ByContactsPorts {
  database: Database;
  browser: RecoveryBrowser;
  phoneProof: PhoneProof;
  accounts: Pick<Accounts, "byId">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  waits: Pick<Waits, "begin" | "of" | "take">;
  codes: Pick<RecoveryCodes, "endAll">;
  hold(sql: Sql, accountId: string): Promise<void>;
  ending: Ending;
}

/** Thrown, so that the transaction forgets what was typed: it may be typed again another day. */
class TooMany extends Error {}

export function createByContacts(ports: ByContactsPorts): ByContacts {
  const { database, browser, phoneProof, waits } = ports;

  const here = async (sql: Sql, context: Context): Promise<{ name: string; account: Account } | undefined> => {
    const proven = await browser.proven(sql, context);
    const account = proven && (await ports.accounts.byId(sql, proven.accountId));
    return proven === undefined || account === undefined ? undefined : { name: proven.name, account };
  };

  return {
    async stage(context) {
      const proven = await browser.proven(database, context);
      if (proven === undefined) return "email";
      const state = await phoneProof.state(database, proven.name, proven.accountId);
      return state === "none" ? "ask" : state === "waiting" ? "code" : "proven";
    },
    send: (context) =>
      database.transaction(async (sql) => {
        const proven = await here(sql, context);
        if (proven === undefined) return "lost";
        return phoneProof.send(sql, proven.name, proven.account, networkOf(context.ip));
      }),
    async answer(context, typed) {
      try {
        return await database.transaction(async (sql) => {
          const proven = await here(sql, context);
          if (proven === undefined) return { kind: "lost" };
          // Of those who begin at once, who comes later finds the wait before it is counted as another.
          await ports.hold(sql, proven.account.id);
          const verdict = await phoneProof.answer(sql, proven.name, proven.account.id, typed);
          if (verdict.kind !== "right") return verdict;
          if ((await waits.begin(sql, proven.account, "contacts")) === undefined) throw new TooMany();
          return verdict;
        });
      } catch (error) {
        if (error instanceof TooMany) return { kind: "too-many" };
        throw error;
      }
    },
    async wait(context) {
      const proven = await browser.proven(database, context);
      return proven === undefined ? undefined : waits.of(database, proven.accountId, "contacts");
    },
    async finish(context) {
      let recovered: string | undefined;
      const outcome = await database.transaction(async (sql) => {
        recovered = undefined;
        const proven = await here(sql, context);
        if (proven === undefined) return "lost";
        const { name, account } = proven;
        await ports.hold(sql, account.id);
        const wait = await waits.of(sql, account.id, "contacts");
        if (wait?.state !== "ready") return "not-ready";
        // Both proofs of this browser are good for one recovery.
        if (!(await phoneProof.use(sql, name, account.id))) return "already";
        if (!(await waits.take(sql, account.id, "contacts"))) return "not-ready";
        const ended = await ports.ending.run(sql, context, account.id, wait.id);
        const codes = await ports.codes.endAll(sql, account.id);
        const detail = { recovery: wait.id, codes, ...ended };
        await ports.audit.append(sql, { type: "recovery.by-contacts", accountId: account.id, detail });
        await ports.notices.tell(sql, account, { kind: "recovery-done", way: "contacts" });
        recovered = account.id;
        return "recovered";
      });
      if (recovered !== undefined) {
        browser.clear(context);
        await ports.ending.again(recovered);
      }
      return outcome;
    },
  };
}

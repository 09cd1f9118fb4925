import type { Context } from "koa";
import type { Account, Accounts } from "../account/account.ts";
import type { Identifier } from "../account/identifier.ts";
import type { Audit } from "../audit/audit.ts";
import { type Clock, DAY, HOUR, MINUTE, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { networkOf } from "../http/network.ts";
import { named, type Throttle, type ThrottleRule } from "../limits/throttle.ts";
import type { Notices } from "../notice/notice.ts";
import { drawReadable, normaliseReadable, type Random } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";
import { type CaseRow, caseById, insertCase } from "./case-store.ts";
import type { RecoveryCodes } from "./codes.ts";
import type { Ending } from "./ending.ts";
import { IDENTIFIERS } from "./recovery.ts";
import type { Wait, Waits } from "./waits.ts";

/** What has become of a case, to who has its code. `over`: what was allowed was stopped, was taken up, or its time is over. */
export type CaseState =
  | { kind: "open" | "refused" | "over" }
  | { kind: "waiting"; due: Millis; until: Millis }
  /** Its time has come: all has ended, and an enrolment begins in this browser. `already`: by the other click of two. */
  | { kind: "recovered" | "already" };

/**
 * Cases of who has lost phone, e-mail and number: opened on a page that says nothing of who has an account, decided by an operator
 * (`deciding.ts`), and taken up after a wait with the code that the page has shown once. The number is for the operator, the code for nobody.
 */
export interface Cases {
  /** As they are shown, once; undefined when too many were opened. */
  open(context: Context, identifier: Identifier): Promise<{ reference: string; code: string } | undefined>;
  /** Of what was typed; where it may be taken up, it is. `unfit`: there is no such case, or the code is not its own. */
  look(context: Context, reference: string, code: string): Promise<CaseState | { kind: "unfit" | "too-many" }>;
}

export interface CasesPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  throttle: Pick<Throttle, "pass" | "passWith">;
  accounts: Pick<Accounts, "byId" | "idOf">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  waits: Pick<Waits, "of" | "take">;
  codes: Pick<RecoveryCodes, "endAll">;
  hold(sql: Sql, accountId: string): Promise<void>;
  ending: Ending;
}

/** 40 bits name one of a few cases; 80 are not guessed (NIST SP 800-63B section 3.1.2.2). */
const REFERENCE_LENGTH = 8;
const CODE_LENGTH = 16;
const GROUP = /.{4}(?=.)/g;
/** Long enough to show a paper to somebody; an operator who has not decided by then asks for another. */
const OPEN: Millis = 30 * DAY;
/** Who has lost everything opens one, and one more where the sheet with its code is lost. */
const OPENED: readonly { about(network: string, subject: string): string; rule: ThrottleRule }[] = [
  { about: (network) => `from ${network}`, rule: { limit: 5, window: DAY } },
  // Strangers who name somebody else use up what is theirs.
  { about: (network, subject) => `of ${subject} from ${network}`, rule: { limit: 3, window: DAY } },
  { about: (_network, subject) => `of ${subject}`, rule: { limit: 25, window: DAY } },
];
const TRIES: ThrottleRule = { limit: 10, window: HOUR };
/** The other click of two comes at once. */
const CLICKS: Millis = MINUTE;

const inFours = (text: string) => text.replace(GROUP, "$&-");

export function createCases(ports: CasesPorts): Cases {
  const { database, clock, throttle, waits } = ports;
  const digestOf = (reference: string, code: string) => ports.digest("recovery case", `${reference} ${code}`);

  const mayOpen = async (sql: Sql, network: string, subject: string): Promise<boolean> => {
    // What is refused by one takes nothing from the next.
    for (const { about, rule } of OPENED)
      if (!(await throttle.pass(sql, `recovery cases ${about(network, subject)}`, rule))) return false;
    return true;
  };

  const recover = async (sql: Sql, context: Context, account: Account, row: CaseRow, wait: Wait) => {
    if (!(await waits.take(sql, account.id, "operator"))) return false;
    const ended = await ports.ending.run(sql, context, account.id, wait.id);
    const codes = await ports.codes.endAll(sql, account.id);
    const detail = { case: row.id, recovery: wait.id, codes, ...ended };
    await ports.audit.append(sql, { type: "recovery.by-operator", accountId: account.id, detail });
    await ports.notices.tell(sql, account, { kind: "recovery-done", way: "operator" });
    return true;
  };

  /** Of a case that was allowed. */
  const goOn = async (sql: Sql, context: Context, row: CaseRow): Promise<CaseState> => {
    const account = await ports.accounts.byId(sql, row.account_id ?? "");
    if (account === undefined) return { kind: "over" };
    await ports.hold(sql, account.id);
    const wait = await waits.of(sql, account.id, "operator");
    if (wait === undefined || wait.id !== row.wait_id) return { kind: "over" };
    if (wait.state === "waiting") return { kind: "waiting", due: wait.due, until: wait.until };
    if (wait.takenAt !== undefined && wait.takenAt > clock() - CLICKS) return { kind: "already" };
    return { kind: (await recover(sql, context, account, row, wait)) ? "recovered" : "over" };
  };

  return {
    open: (context, identifier) =>
      database.transaction(async (sql) => {
        const network = networkOf(context.ip);
        const { passes, row } = await throttle.passWith<{ account_id: string | null }>(
          sql,
          `identifiers from ${network}`,
          IDENTIFIERS,
          named(ports.accounts.idOf(identifier), "account_id"),
        );
        const subject = ports.digest("throttle", `${identifier.kind} ${identifier.value}`);
        if (!passes || !(await mayOpen(sql, network, subject))) return undefined;
        const reference = drawReadable(ports.random, REFERENCE_LENGTH);
        const code = drawReadable(ports.random, CODE_LENGTH);
        const now = clock();
        const opened = {
          id: reference,
          digest: digestOf(reference, code),
          identifier,
          accountId: row.account_id,
          createdAt: now,
          expiresAt: now + OPEN,
        };
        // One of 10^12 numbers is there already: the person presses once more.
        if (!(await insertCase(sql, opened))) return undefined;
        const accountId = row.account_id ?? undefined;
        await ports.audit.append(sql, { type: "recovery.case-opened", accountId, detail: { case: reference } });
        return { reference: inFours(reference), code: inFours(code) };
      }),

    async look(context, typedReference, typedCode) {
      let recovered: string | undefined;
      const state = await database.transaction(async (sql) => {
        recovered = undefined;
        if (!(await throttle.pass(sql, `recovery case codes from ${networkOf(context.ip)}`, TRIES)))
          return { kind: "too-many" } as const;
        const reference = normaliseReadable(typedReference);
        const row = await caseById(sql, reference, clock());
        const digest = digestOf(reference, normaliseReadable(typedCode));
        if (row === undefined || !sameText(row.code_digest, digest)) {
          const detail = { case: reference };
          const accountId = row?.account_id ?? undefined;
          if (row !== undefined)
            await ports.audit.append(sql, { type: "recovery.case-code-refused", accountId, detail });
          return { kind: "unfit" } as const;
        }
        if (row.status !== "allowed") return { kind: row.status };
        const now = await goOn(sql, context, row);
        if (now.kind === "recovered") recovered = row.account_id ?? undefined;
        return now;
      });
      if (recovered !== undefined) await ports.ending.again(recovered);
      return state;
    },
  };
}

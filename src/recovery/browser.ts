import type { Context } from "koa";
import type { EmailProof } from "../authentication/email-proof.ts";
import type { Subject } from "../challenge/challenge.ts";
import type { Sql } from "../database/database.ts";
import type { Cookies } from "../http/cookies.ts";
import { type Random, randomId } from "../random.ts";

/** Which rung of the ladder the person has chosen: a code on paper, or the phone number beside the e-mail. */
export type Rung = "code" | "phone";
const RUNGS: readonly Rung[] = ["code", "phone"];

/** A recovery that goes on in this browser, and what it has proven there. */
export interface RecoveryBrowser {
  /** Begins anew, whatever went on before; the name under which its proofs are kept. */
  begin(rung: Rung): { name: string; keep(context: Context): void };
  current(context: Context): { name: string; rung: Rung } | undefined;
  clear(context: Context): void;
  email(sql: Sql, context: Context): Promise<{ kind: "none" } | { kind: "waiting" | "proven"; subject: Subject }>;
  /** Whose e-mail was proven here. */
  proven(sql: Sql, context: Context): Promise<{ name: string; accountId: string } | undefined>;
}

export interface RecoveryBrowserPorts {
  random: Random;
  cookies: Cookies;
  emailProof: Pick<EmailProof, "state">;
}

/** In the cookie, before what is drawn. */
const BETWEEN = ".";

export function createRecoveryBrowser({ random, cookies, emailProof }: RecoveryBrowserPorts): RecoveryBrowser {
  const current: RecoveryBrowser["current"] = (context) => {
    const cookie = cookies.get(context, "recovery");
    const rung = RUNGS.find((one) => cookie?.startsWith(`${one}${BETWEEN}`));
    return rung === undefined ? undefined : { name: `recovery ${cookie}`, rung };
  };
  const email: RecoveryBrowser["email"] = async (sql, context) => {
    const here = current(context);
    return here === undefined ? { kind: "none" } : emailProof.state(sql, here.name);
  };
  return {
    begin(rung) {
      const cookie = `${rung}${BETWEEN}${randomId(random)}`;
      return { name: `recovery ${cookie}`, keep: (context) => cookies.set(context, "recovery", cookie) };
    },
    current,
    clear: (context) => cookies.clear(context, "recovery"),
    email,
    async proven(sql, context) {
      const here = current(context);
      const proof = await email(sql, context);
      const accountId = proof.kind === "proven" ? proof.subject.accountId : undefined;
      return here === undefined || accountId === undefined ? undefined : { name: here.name, accountId };
    },
  };
}

import type { Audit } from "../audit/audit.ts";
import { HOUR } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Digester } from "../secrecy.ts";
import { normaliseCode } from "./code.ts";
import type { SlowDigest } from "./slow-digest.ts";
import { tillCodeOf } from "./store.ts";

/** Whether a site may ask a person on the phone, by what it was told (OpenID Connect CIBA Core section 7.1, `user_code`). */
export interface CodeJudge {
  /** Whether the account demands a code; of nobody it is looked up as well. */
  demands(subject: string): Promise<boolean>;
  /** Whoever is meant, it costs the same statements and the same time. */
  judge(asked: AskedWithCode): Promise<CodeVerdict>;
}

export interface AskedWithCode {
  /** An account's id, or what stands for nobody. */
  subject: string;
  isNobody: boolean;
  clientId: string;
  /** As the site has sent it; undefined where it has sent none. */
  code: string | undefined;
  /** Whether some of those who are nobody demand a code as well: where a site can see who does. */
  nobodiesDemand: boolean;
}

/** `free`: none is demanded, and none was sent. `wrong`: also where the person has no code. */
export type CodeVerdict = "free" | "right" | "missing" | "wrong" | "too-many";

export interface JudgingPorts {
  database: Database;
  digest: Digester;
  slow: SlowDigest;
  throttle: Throttle;
  audit: Pick<Audit, "append">;
}

/** Of one site for one person: who says it at a till mistypes twice; a code of four digits is guessed in three months, and opens nothing. */
const WRONG = { limit: 5, window: HOUR };
/** Of 64 names that begin otherwise: one in sixteen who are nobody demands a code, so that an answer proves neither that somebody is there nor who is not. */
const DEMANDING = /^[A-D]/;

/** What is kept slowly, so that a copy of the database alone does not even begin to guess. */
export function secretOf(digest: Digester, subject: string, code: string): string {
  return digest("till code", `${subject} ${code}`);
}

export function createCodeJudge(ports: JudgingPorts): CodeJudge {
  const { database, digest, throttle } = ports;
  return {
    demands: async (subject) => (await tillCodeOf(database, subject)) !== undefined,
    async judge({ subject, isNobody, clientId, code, nobodiesDemand }) {
      const kept = await tillCodeOf(database, subject);
      if (code === undefined) {
        const alike = isNobody && nobodiesDemand && DEMANDING.test(digest("till code of nobody", subject));
        return kept !== undefined || alike ? "missing" : "free";
      }
      const counter = `till code ${clientId} ${subject}`;
      if (!(await throttle.pass(database, counter, WRONG))) return "too-many";
      const fits = await ports.slow.fits(secretOf(digest, subject, normaliseCode(code)), kept?.code_digest);
      if (fits) {
        await throttle.refund(database, counter);
        return "right";
      }
      const accountId = isNobody ? undefined : subject;
      await database.transaction((sql) =>
        ports.audit.append(sql, { type: "till-code.refused", accountId, clientId, detail: {} }),
      );
      return "wrong";
    },
  };
}

/**
 * Owns the step that signs a person in: its pages are in routes.ts, how the account is proven is `authentication/`'s.
 * What is its own: which response, code, passkey or certificate is a login's, and what a login leaves behind, a browser that is known from then on.
 * Control enters from the dispatcher with a visit and leaves with an outcome; the account that was proven is in it.
 */
import type { Context } from "koa";
import type { Audit } from "../audit/audit.ts";
import type { Asking, Authentication, AuthenticationVerdict } from "../authentication/authentication.ts";
import type { Browsers } from "../authentication/browsers.ts";
import type { ByCode, ByCodeVerdict, CodeAsking } from "../authentication/by-code.ts";
import type { CertificateProof, CertificateVerdict } from "../certificate/proving.ts";
import { expecting } from "../challenge/expectation.ts";
import type { Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Response } from "../e-num/challenge.ts";
import { networkOf } from "../http/network.ts";
import type { Outcome, Visit } from "../interaction/step.ts";
import { isKnownBrowser } from "../limits/limits.ts";
import type { BrowserOrigin, ProvenBy } from "../notice/happened.ts";
import type { Notices } from "../notice/notice.ts";
import type { PasskeyProof, PasskeyVerdict } from "../passkey/proving.ts";

/** Keeps what the visit comes to by this proof, in the transaction in which it was judged. */
export type Concluding = (sql: Sql, accountId: string, at: Millis) => Promise<void>;

/** Of one proof: `outcome` is what is left to do after it, whether it was kept with it or before, by the other click of two. */
export interface Conclusion {
  concluding: Concluding;
  outcome(accountId: string, at: Millis): Promise<Outcome>;
}

export interface Login extends Omit<Authentication, "answer" | "decline"> {
  answer(asking: Asking, response: Response, concluding: Concluding): Promise<AuthenticationVerdict>;
  /** Six digits of a code by SMS. */
  answerCode(asking: CodeAsking, code: string, concluding: Concluding): Promise<ByCodeVerdict>;
  /** What the browser gave for a passkey. */
  answerPasskey(asking: Asking, credential: string, concluding: Concluding): Promise<PasskeyVerdict<ByKey>>;
  /** What the browser has brought back from where it has shown a certificate. */
  answerCertificate(asking: Asking, proof: string, concluding: Concluding): Promise<CertificateVerdict<ByKey>>;
  decline(visit: Visit): Promise<void>;
  /**
   * The browser has been waiting for an answer that the phone gave, which it does for known ones alone. False where its owner has ended meanwhile
   * what it was to open.
   */
  carryOn(context: Context, visit: Visit, answered: { challengeId: string; accountId: string }): Promise<boolean>;
}

/** `demandsResponse`: the person wants to be asked for a response here, so that nobody is signed in. */
export interface ByKey {
  accountId: string;
  at: Millis;
  demandsResponse: boolean;
}

const EXPECTATION = expecting("login");

export interface LoginPorts {
  database: Database;
  authentication: Authentication;
  byCode: Pick<ByCode, "answer" | "decline">;
  browsers: Browsers;
  audit: Audit;
  passkeys: Pick<PasskeyProof, "answer">;
  certificates: Pick<CertificateProof, "answer">;
  demandsResponse(sql: Sql, accountId: string, clientId: string): Promise<boolean>;
  /** For a visit that goes on after the proof: from now on whoever ends the key, or all sign-ins, ends it as well. */
  nameVisit(sql: Sql, visit: string, accountId: string): Promise<void>;
  /** Whether a right answer still is one; until the transaction ends, nobody makes it void. */
  stillAnswered(sql: Sql, challengeId: string): Promise<boolean>;
  notices: Pick<Notices, "tell">;
  originOf(context: Context): BrowserOrigin;
}

export function createLogin(ports: LoginPorts): Login {
  const { authentication, browsers } = ports;
  /** A browser that the account did not know is told of once, however many ways lead in at the same time. */
  const entered = async (
    sql: Sql,
    { context, visit }: Pick<Asking, "context" | "visit">,
    { accountId, known, by }: { accountId: string; known: boolean; by: ProvenBy },
  ): Promise<void> => {
    if (known) return browsers.seen(sql, context, accountId);
    if (!(await browsers.remember(sql, context, accountId))) return;
    const origin = ports.originOf(context);
    await ports.notices.tell(sql, accountId, { kind: "new-browser", site: visit.site.name, by, origin });
  };

  /** What follows from a key, in the transaction in which it was proven. */
  const byKey = async (
    sql: Sql,
    asking: Asking,
    concluding: Concluding,
    { accountId, at, known }: Pick<ByKey, "accountId" | "at"> & { known: boolean },
    detail: { by: "passkey"; passkey: string } | { by: "certificate"; serial: string },
  ): Promise<ByKey> => {
    const { clientId } = asking.visit.site;
    if (await ports.demandsResponse(sql, accountId, clientId)) return { accountId, at, demandsResponse: true };
    await concluding(sql, accountId, at);
    await ports.audit.append(sql, { type: "login.accepted", accountId, clientId, detail });
    await entered(sql, asking, { accountId, known, by: detail.by });
    return { accountId, at, demandsResponse: false };
  };

  return {
    ...authentication,
    answer: (asking, response, concluding) =>
      authentication.answer(asking, response, EXPECTATION, async (sql, accepted, { counter }) => {
        const { accountId, deviceId, answeredAt, gate } = accepted;
        const about = { accountId, clientId: asking.visit.site.clientId, deviceId };
        const known = isKnownBrowser(counter);
        // Who is asked first whether unknown browsers may come in has not come to an end.
        if (!known || gate?.kind === "open") await concluding(sql, accountId, answeredAt);
        else await ports.nameVisit(sql, asking.visit.uid, accountId);
        await ports.audit.append(sql, { ...about, type: "login.accepted", detail: {} });
        await entered(sql, asking, { accountId, known, by: "response" });
      }),
    answerCode: (asking, code, concluding) =>
      ports.byCode.answer(asking, code, async (sql, { accountId, answeredAt, known }) => {
        const about = { accountId, clientId: asking.visit.site.clientId };
        await concluding(sql, accountId, answeredAt);
        await ports.audit.append(sql, { ...about, type: "login.accepted", detail: { by: "sms" } });
        // Known from now on, since mailbox and number were proven here: it need not prove the mailbox before each SMS.
        await entered(sql, asking, { accountId, known, by: "sms" });
      }),
    answerPasskey: (asking, credential, concluding) =>
      ports.passkeys.answer(
        {
          visit: asking.visit.uid,
          network: networkOf(asking.context.ip),
          credential,
          browser: browsers.current(asking.context),
        },
        (sql, proven) => byKey(sql, asking, concluding, proven, { by: "passkey", passkey: proven.passkeyId }),
      ),
    answerCertificate: (asking, proof, concluding) =>
      ports.certificates.answer({ visit: asking.visit.uid, proof }, async (sql, proven) => {
        const known = (await browsers.known(sql, asking.context, proven.accountId)) !== undefined;
        return byKey(sql, asking, concluding, { ...proven, known }, { by: "certificate", serial: proven.serial });
      }),
    async decline(visit) {
      await ports.byCode.decline(visit);
      await authentication.decline(visit, "login");
    },
    carryOn: (context, visit, { challengeId, accountId }) =>
      ports.database.transaction(async (sql) => {
        if (!(await ports.stillAnswered(sql, challengeId))) return false;
        await ports.nameVisit(sql, visit.uid, accountId);
        await browsers.seen(sql, context, accountId);
        return true;
      }),
  };
}

import type { JWTPayload } from "jose";
import { parseWmid, type Wmid } from "../wmid.ts";

/** RFC 8725 section 3.11: so that no JWT that the client has signed for something else is taken for this. */
export const ASSERTION_TYPE = "enum-wmid-assertion+jwt";

/** Seconds from `iat` in which an assertion is taken: it is sent as soon as it is signed. */
const AGE = 300;
/** Seconds that the client's clock may be ahead of ours. */
const AHEAD = 60;
const LONGEST_JTI = 128;

/** `until`: when nobody would take it any more, in seconds since 1970. */
export type Judged =
  | { ok: true; sub: string; wmid: Wmid; jti: string; until: number }
  /** `why` is for the client's developer. */
  | { ok: false; why: string };

/** What an assertion says, once its signature, `typ`, `iss` and `aud` are known to hold; `now` in seconds since 1970. */
export function judgeAssertion({ sub, wmid, iat, jti }: JWTPayload, now: number): Judged {
  if (typeof sub !== "string" || sub === "") return refuse("sub is the account, as you know it");
  const parsed = typeof wmid === "string" ? parseWmid(wmid) : undefined;
  if (parsed === undefined || parsed !== wmid) return refuse("wmid is a string of 12 digits");
  if (typeof iat !== "number") return refuse("iat is when it was signed, in seconds");
  if (iat > now + AHEAD || iat <= now - AGE) return refuse("iat is not recent: sign one and send it at once");
  if (typeof jti !== "string" || jti === "" || jti.length > LONGEST_JTI)
    return refuse(`jti is a string of 1 to ${LONGEST_JTI} characters, new in each`);
  return { ok: true, sub, wmid: parsed, jti, until: Math.ceil(iat) + AGE };
}

function refuse(why: string): Judged {
  return { ok: false, why };
}

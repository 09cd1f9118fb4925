import type { Context } from "koa";
import type Provider from "oidc-provider";
import type { AccessToken } from "oidc-provider";
import { type Clock, epochSeconds } from "../clock.ts";
import { Fault } from "../errors.ts";
import type { Possession } from "../possession/possession.ts";
import { PROOF_AGE, PROOF_ALGORITHMS } from "../possession/proof.ts";
import type { FirstTime } from "./replay.ts";

/** RFC 6750 section 2.1 and RFC 9449 section 7.1. */
const CREDENTIALS = /^(bearer|dpop) +([A-Za-z0-9\-._~+/]+=*)$/i;
const ALGORITHMS = `algs="${PROOF_ALGORITHMS.join(" ")}"`;

/**
 * The access token of a request to an address of ours, from whoever may use it: one that is bound to a key needs the key's proof, as at
 * userinfo (RFC 9449 section 7, RFC 8705 section 3). Throws `invalid-token` with the challenge of the scheme that is meant.
 */
export function createAccessTokens(ports: {
  provider: Provider;
  firstTime: FirstTime;
  possession: Possession;
  clock: Clock;
}) {
  const { possession } = ports;
  return async (context: Context): Promise<AccessToken> => {
    const [, scheme = "", sent = ""] = CREDENTIALS.exec(context.get("authorization")) ?? [];
    if (sent === "") return ask(context);
    const token = await ports.provider.AccessToken.find(sent);
    if (token?.isValid !== true)
      return refuse(context, "Bearer", "invalid_token", "the access token is unknown or has ended");
    if (token["x5t#S256"] !== undefined && token["x5t#S256"] !== possession.thumbprint(context))
      return refuse(context, "Bearer", "invalid_token", "the token is bound to another client certificate");
    const bound = token.jkt !== undefined;
    if (bound !== (scheme.toLowerCase() === "dpop"))
      return refuse(context, bound ? "DPoP" : "Bearer", "invalid_token", "the token is of the other scheme");
    if (bound) await checkProof(context, sent, token);
    return token;
  };

  async function checkProof(context: Context, sent: string, { jkt, clientId = "" }: AccessToken): Promise<void> {
    const judged = await possession.proof(context, sent);
    if (!judged.ok) return refuse(context, "DPoP", judged.error, judged.why);
    if (judged.thumbprint !== jkt) return refuse(context, "DPoP", "invalid_token", "the proof is by another key");
    if (!(await ports.firstTime(clientId, judged.jti, epochSeconds(ports.clock()) + 2 * PROOF_AGE)))
      refuse(context, "DPoP", "invalid_dpop_proof", "the proof was sent before");
  }

  /** Who has sent none is told how one is sent, and of no error (RFC 6750 section 3.1). */
  function ask(context: Context): never {
    context.set("WWW-Authenticate", ["Bearer", `DPoP ${ALGORITHMS}`]);
    throw new Fault("invalid-token", { detail: "send the access token" });
  }

  function refuse(context: Context, scheme: "Bearer" | "DPoP", error: string, why: string): never {
    const algorithms = scheme === "DPoP" ? `, ${ALGORITHMS}` : "";
    context.set("WWW-Authenticate", `${scheme} error="${error}", error_description="${why}"${algorithms}`);
    if (scheme === "DPoP") context.set("DPoP-Nonce", possession.nonces.current());
    throw new Fault("invalid-token", { detail: why });
  }
}

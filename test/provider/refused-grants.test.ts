/** What is told goes by oidc-provider's own words, which an update may change without a word: here it is seen. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { errors } from "oidc-provider";
import { expect, test } from "vitest";
import { REASONS } from "../../src/provider/refused-grants.ts";
import { alreadyUsed } from "../../src/provider/single-use.ts";
import { readText } from "../support/source.ts";

const ENGINE = dirname(fileURLToPath(import.meta.resolve("oidc-provider")));

/** As they stand in the engine's source, `$` where the name of what is handed in is filled in, and what each is told as. */
const TOLD: Readonly<Record<string, RegExp>> = {
  "$ already consumed": /^was used already/,
  "$ not found": /^is none of this client's/,
  "DPoP proof JWT not provided": /^needs a DPoP proof$/,
  "DPoP proof key thumbprint does not match dpop_jkt": /^is bound to another key/,
  "authorization code is expired": /^has run out: it is redeemed within/,
  "authorization code redirect_uri mismatch": /another redirect_uri/,
  "client mismatch": /^is none of this client's/,
  "code_verifier does not match code_challenge": /another code_verifier$/,
  "code_verifier must be provided": /^needs code_verifier/,
  "failed jkt verification": /^is bound to another key/,
  "failed x5t#S256 verification": /^is bound to another client certificate$/,
  "grant is expired": /^is of an access that has run out/,
  "grant not found": /^is none of this client's/,
  "missing DPoP proof JWT": /^needs a DPoP proof$/,
  "mutual TLS client certificate not provided": /^needs the client certificate$/,
  "refresh token already used": /^was used already/,
  "refresh token is expired": /^has run out: the person signs in again$/,
  "refresh token not found": /^is none of this client's/,
  "unsupported code_challenge_method": /without a code_challenge/,
};

/** Those that say nothing to a client, or are of grants and bindings that there are not here. */
const UNTOLD: readonly string[] = [
  "$ invalid (referenced account not found)",
  "DPoP proof JWT Replay detected",
  "accountId mismatch",
  "invalid tx_code provided",
  "oauth-client-attestation instance public key mismatch",
  "pre-authorized code is expired",
];

/** Said in the engine's way by ourselves. */
const OURS = ["the person lets this site be here in an absence no more"];

const reasonFor = (text: string) => REASONS.find(([words]) => words.test(text))?.[1] ?? "";

/** Of each `invalid_grant` that is thrown, and of each error that becomes one as its cause. */
function textsOf(path: string): string[] {
  const source = readFileSync(join(ENGINE, path), "utf8");
  const classes = source.includes("new InvalidGrant({ cause })") ? "InvalidGrant|Error" : "InvalidGrant|ErrorClass";
  const thrown = new RegExp(`new (?:${classes})\\(\\s*(['\`])(.+?)\\1`, "g");
  return Array.from(source.matchAll(thrown), ([, , text = ""]) => text.replace(/\$\{\w+\}/g, "$"));
}

test("every text of an invalid_grant of the engine's is known, and none that is known has gone", () => {
  const texts = new Set(globSync("**/*.js", { cwd: ENGINE }).flatMap(textsOf));
  expect([...texts].sort()).toEqual([...Object.keys(TOLD), ...UNTOLD].sort());
});

test.each(Object.entries(TOLD))("%s is told", (text, reason) => {
  expect(reasonFor(text.replace("$", "device code"))).toMatch(reason);
});

test.each(UNTOLD)("%s is not", (text) => {
  expect(reasonFor(text)).toBe("");
});

test("what the adapter says of a race that was lost is told as the engine's own", () => {
  for (const model of ["AuthorizationCode", "DeviceCode", "BackchannelAuthenticationRequest", "RefreshToken"]) {
    const error = alreadyUsed(model);
    expect(error).toBeInstanceOf(errors.InvalidGrant);
    expect(reasonFor(String(Reflect.get(error, "error_detail")))).toMatch(/^was used already/);
  }
});

test("each of the words is of a text that there is", () => {
  for (const text of OURS) expect(readText("src/provider/provider.ts")).toContain(`"${text}"`);
  const all = [...Object.keys(TOLD), ...OURS];
  const words = REASONS.flatMap(([{ source }]) => source.split(/\|(?![^(]*\))/));
  expect(words.filter((one) => !all.some((text) => new RegExp(one).test(text)))).toEqual([]);
});

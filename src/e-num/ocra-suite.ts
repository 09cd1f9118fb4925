import { ok, type Parsed, refused } from "./parsed.ts";

export type OcraHash = "sha1" | "sha256" | "sha512";

/** An OCRA suite taken apart (RFC 6287 section 6). */
export type OcraSuite = {
  /** The suite as written: it is hashed as it stands. */
  readonly text: string;
  readonly hash: OcraHash;
  /** 4 to 10, or 0 for the whole HMAC. */
  readonly digits: number;
  readonly counter: boolean;
  /** `length` is that of one party's question, 4 to 64; a mutual exchange joins two. */
  readonly question: { readonly format: "A" | "N" | "H"; readonly length: number };
  readonly pinHash?: OcraHash;
  /** Bytes of session information, 1 to 512. */
  readonly sessionLength?: number;
  /** Seconds that one time step lasts. */
  readonly timeStep?: number;
};

export type OcraSuiteReason = "not-ocra-1" | "unknown-crypto-function" | "no-question" | "unknown-data-input";

// RFC 6287 section 6.3: [C] | QFxx | [PH | Snnn | TG], in this order.
const DATA_INPUT =
  /^(?<counter>C-)?Q(?<format>[ANH])(?<length>[0-9]{2})(?:-P(?<pin>SHA1|SHA256|SHA512))?(?:-S(?<session>[0-9]{3}))?(?:-T(?<time>[0-9]{1,2})(?<unit>[SMH]))?$/;
const CRYPTO_FUNCTION = /^HOTP-(?<hash>SHA1|SHA256|SHA512)-(?<digits>0|[4-9]|10)$/;

const HASHES: ReadonlyMap<string, OcraHash> = new Map([
  ["SHA1", "sha1"],
  ["SHA256", "sha256"],
  ["SHA512", "sha512"],
]);

// Section 6.3: G is 1 to 59 seconds or minutes, or up to 48 hours.
const TIME_UNITS: ReadonlyMap<string, { readonly seconds: number; readonly max: number }> = new Map([
  ["S", { seconds: 1, max: 59 }],
  ["M", { seconds: 60, max: 59 }],
  ["H", { seconds: 3600, max: 48 }],
]);

export function parseOcraSuite(text: string): Parsed<OcraSuite, OcraSuiteReason> {
  const [algorithm, cryptoFunction = "", dataInput = "", ...rest] = text.split(":");
  if (algorithm !== "OCRA-1" || rest.length > 0) return refused("not-ocra-1");
  const crypto = CRYPTO_FUNCTION.exec(cryptoFunction)?.groups;
  const hash = HASHES.get(crypto?.["hash"] ?? "");
  if (crypto === undefined || hash === undefined) return refused("unknown-crypto-function");
  if (!/(?:^|-)Q/.test(dataInput)) return refused("no-question");

  const input = DATA_INPUT.exec(dataInput)?.groups;
  const question = parseQuestion(input?.["format"], input?.["length"]);
  if (input === undefined || question === undefined) return refused("unknown-data-input");
  const pinHash = HASHES.get(input["pin"] ?? "");
  const sessionLength = input["session"] === undefined ? undefined : Number(input["session"]);
  const timeStep = parseTimeStep(input["time"], input["unit"]);
  if (sessionLength === 0 || (sessionLength ?? 0) > 512 || timeStep === 0) return refused("unknown-data-input");
  return ok({
    text,
    hash,
    digits: Number(crypto["digits"]),
    counter: input["counter"] !== undefined,
    question,
    ...(pinHash === undefined ? {} : { pinHash }),
    ...(sessionLength === undefined ? {} : { sessionLength }),
    ...(timeStep === undefined ? {} : { timeStep }),
  });
}

function parseQuestion(format: string | undefined, digits: string | undefined): OcraSuite["question"] | undefined {
  const length = Number(digits);
  if (!(length >= 4 && length <= 64)) return undefined;
  return format === "A" || format === "N" || format === "H" ? { format, length } : undefined;
}

/** Undefined where the suite has no time, 0 where the granularity is none. */
function parseTimeStep(count: string | undefined, unit: string | undefined): number | undefined {
  if (count === undefined) return undefined;
  const { seconds, max } = TIME_UNITS.get(unit ?? "") ?? { seconds: 0, max: 0 };
  return Number(count) <= max ? Number(count) * seconds : 0;
}

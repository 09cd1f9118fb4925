/** Why a value is refused: the rest of a sentence that begins with the variable's name. Secrets are not repeated in it. */
export class Refusal<Meant = never> {
  readonly sentence: string;
  /** The value as far as it can be told, for what is looked at together with others: so one fault hides no other. */
  readonly meant: Meant | undefined;
  constructor(sentence: string, meant?: Meant) {
    this.sentence = sentence;
    this.meant = meant;
  }
}

const KEY_BYTES = 32;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a host name means this machine and no other (RFC 8252 section 7.3, RFC 6761 section 6.3). */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** True for production; what is neither is looked at as the stricter one. */
export function parseEnvironment(given: string): boolean | Refusal<boolean> {
  if (given === "production") return true;
  // `test` is what test runners set; to us it is development.
  if (given === "development" || given === "test") return false;
  return new Refusal(
    `is "${given}": write production or development; until then the other settings are looked at as production's.`,
    true,
  );
}

export function parseOneOf<const T extends string>(given: string, values: readonly T[]): T | Refusal {
  return values.find((value) => value === given) ?? new Refusal(`is "${given}": write ${values.join(" or ")}.`);
}

export function parseWhole(given: string, least: number, most: number): number | Refusal {
  const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  return new Refusal(`is "${given}": write a number from ${least} to ${most}.`);
}

/** An origin exactly as URLs are compared: lower case, no default port, nothing behind it (OpenID Connect Discovery section 4.3). */
export function parseIssuer(given: string, production: boolean): string | Refusal<string> {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return new Refusal(`is "${given}": write an address such as https://id.example.com.`);
  }
  // What is proposed is not to be refused in its turn.
  const origin = production ? url.origin.replace(/^http:/, "https:") : url.origin;
  if (url.username !== "" || url.password !== "") {
    return new Refusal(`holds a name or a password: write the origin alone, ${origin}.`, origin);
  }
  if (url.origin !== given) return new Refusal(`is "${given}": write the origin alone, ${origin}.`, origin);
  if (url.protocol === "http:" && production) return new Refusal(`is "${given}": production needs https.`, origin);
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return new Refusal(`is "${given}": http is for this machine alone; write https, or http://localhost:3000.`, origin);
  }
  return given;
}

/** Origins as the issuer is, with commas between; each once. */
export function parseOrigins(given: string, production: boolean): readonly string[] | Refusal<readonly string[]> {
  const parsed = given.split(",").map((one) => parseIssuer(one.trim(), production));
  const refused = parsed.find((origin) => origin instanceof Refusal);
  const origins = parsed.flatMap((origin) => (origin instanceof Refusal ? (origin.meant ?? []) : origin));
  return refused === undefined ? [...new Set(origins)] : new Refusal(refused.sentence, origins);
}

/** An origin as the issuer is, but on another host: by its host alone a request is told apart. `issuer` is undefined where none can be told. */
export function parseOtherOrigin(
  given: string,
  { issuer, production }: { issuer: string | undefined; production: boolean },
): string | Refusal<string> {
  // First, since an origin that is proposed for it would be refused in its turn.
  if (issuer !== undefined && URL.parse(given)?.host === new URL(issuer).host)
    return new Refusal(`is "${given}", where the issuer is: name another host, or leave it out.`, given);
  return parseIssuer(given, production);
}

export function parseHost(given: string, production: boolean): string | Refusal {
  if (!/^[A-Za-z0-9.:-]+$/.test(given)) return new Refusal(`is "${given}": write an address such as 127.0.0.1 or ::.`);
  if (production || isLoopback(given)) return given;
  return new Refusal(
    `is "${given}": a development server listens on this machine alone; write 127.0.0.1, or set NODE_ENV=production.`,
  );
}

/** `off`, or an address and a port: `127.0.0.1:9464`, `[::1]:9464`. */
export function parseMetrics(given: string, production: boolean): { host: string; port: number } | "off" | Refusal {
  if (given === "off") return given;
  const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-f:]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(given) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    return new Refusal(`is "${given}": write off, or an address and a port such as 127.0.0.1:9464.`);
  }
  if (production || isLoopback(host)) return { host, port: Number(port) };
  return new Refusal(`is "${given}": a development server listens on this machine alone; write 127.0.0.1:${port}.`);
}

export function parseDatabaseUrl(given: string): string | Refusal {
  if (given.startsWith("sqlite:")) {
    const path = given.slice("sqlite:".length);
    if (path !== "" && !path.startsWith(":") && !path.startsWith("//")) return given;
    return new Refusal(`is "${given}": write sqlite: and the path of a file, such as sqlite:var/enum-id.sqlite.`);
  }
  const url = URL.parse(given);
  const known = url !== null && /^postgres(ql)?:$/.test(url.protocol);
  if (known && url.hostname !== "" && url.pathname.length > 1) return given;
  return new Refusal("is not a database's address: write sqlite:<path> or postgres://user:password@host:5432/name.");
}

/** Hex or base64 of either alphabet, with commas between. Weak keys (one byte all over, one key twice) are development's alone. */
export function parseKeys(given: string, production: boolean): Uint8Array[] | Refusal {
  const keys: Uint8Array[] = [];
  for (const [index, part] of given.split(",").entries()) {
    const key = decodeKey(part.trim());
    if (key === undefined) {
      return new Refusal(
        `holds no key at place ${index + 1}: each is 32 bytes, 64 characters of hex or 43 of base64url; make one with \`openssl rand -hex 32\`.`,
      );
    }
    if (production && new Set(key).size === 1) {
      return new Refusal(`is weak at place ${index + 1}, one byte all over: make a key with \`openssl rand -hex 32\`.`);
    }
    keys.push(key);
  }
  const distinct = new Set(keys.map((key) => Buffer.from(key).toString("hex")));
  if (production && distinct.size < keys.length) return new Refusal("holds one key twice: keep each once.");
  return keys;
}

function decodeKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  const bytes = Buffer.from(text, "base64");
  const canonical = text.replaceAll("+", "-").replaceAll("/", "_").replace(/=$/, "");
  return bytes.length === KEY_BYTES && bytes.toString("base64url") === canonical ? bytes : undefined;
}

/** A field name of RFC 9110 section 5.1. */
export function parseHeaderName(given: string): string | Refusal<string> {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(given)) return given;
  return new Refusal(`is "${given}": write the name of a header, such as CF-IPCountry.`, given);
}

/** `id@example.com`, or `Name <id@example.com>`. */
export function parseMailFrom(given: string): string | Refusal {
  if (/^([^<>\r\n@]+ )?<[^<>\s@]+@[^<>\s@]+>$/.test(given) || /^[^<>\s@]+@[^<>\s@]+$/.test(given)) return given;
  return new Refusal(`is "${given}": write id@example.com, or E-num ID <id@example.com>.`);
}

/** ` (ENOENT)`, for a sentence that tells why a file cannot be read or written; empty where the error has no code. */
export function codeInBrackets(error: unknown): string {
  return error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
}

import { createHash } from "node:crypto";
import { type Locale, languages } from "../locale/locale.ts";
import type { PhoneWords } from "../operation/operation.ts";
import type { Bundle } from "./bundle.ts";
import { icons } from "./icons.ts";
import { manifest } from "./manifest.ts";
import { screenshots } from "./screenshots.ts";
import { type Served, served } from "./served.ts";
import { shell } from "./shell.ts";

/** All that is served, made once of one bundle. */
export interface Phone {
  readonly here: Entrance;
  /** Of an origin that the client has left: the same, and it knows where the client is now. */
  readonly left: Entrance;
  readonly files: ReadonlyMap<string, Served>;
}

/** What a browser keeps of the client, but for the files. */
export interface Entrance {
  readonly shells: ReadonlyMap<Locale, string>;
  readonly worker: string;
}

export function makePhone(
  bundle: Bundle,
  { issuer, operations, address }: { issuer: string; operations: PhoneWords; address: string },
): Phone {
  const script = served("phone", "js", "text/javascript; charset=utf-8", bundle.script);
  const style = served("phone", "css", "text/css; charset=utf-8", bundle.style);
  const drawn = icons();
  const addresses = { script, style, icon: drawn.svg, touch: drawn.touch };
  const pictures = new Map(languages.map(({ locale }) => [locale, screenshots(locale)]));
  const described = new Map(
    [...pictures].map(([locale, taken]) => [
      locale,
      served("phone", "webmanifest", "application/manifest+json", manifest(drawn, taken, locale)),
    ]),
  );
  const files = [script, style, ...described.values(), ...drawn.all];
  const seen = [...pictures.values()].flatMap((taken) => taken.map(({ file }) => file));
  const entrance = (movedTo: string | undefined): Entrance => {
    const shells = new Map(
      [...described].map(([locale, manifest]) => [
        locale,
        shell({ locale, issuer, movedTo, operations, addresses: { ...addresses, manifest } }),
      ]),
    );
    const hash = createHash("sha256").update(bundle.worker);
    for (const text of shells.values()) hash.update(text);
    const version = hash.digest("hex").slice(0, 12);
    const kept = { version, page: "/phone", files: files.map(({ path }) => path) };
    // What the worker keeps is told to it in front of its own text, so that a new bundle makes it another worker.
    return { shells, worker: `const KEPT=${JSON.stringify(kept)};\n${bundle.worker}` };
  };
  return {
    here: entrance(undefined),
    left: entrance(address),
    files: new Map([...files, ...seen].map((file) => [file.path, file])),
  };
}

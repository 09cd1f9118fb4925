import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Context } from "koa";
import { Fault } from "../errors.ts";

/** Where the script of `web/` comes from; undefined where nobody has built it. */
export type ScriptSource = () => Promise<string | undefined>;

const SOURCE = fileURLToPath(new URL("./web/main.ts", import.meta.url));
/** Where `npm run build` puts it, and production reads it. */
const FOLDER = fileURLToPath(new URL("../../dist/certificate/", import.meta.url));
const BUILT = `${FOLDER}certificate.js`;
/** Those of the web client (`src/web-phone/bundle.ts`). */
const TARGETS = ["chrome114", "firefox115", "safari16.4"];

/** By esbuild, which is loaded only here: a production server with a build does without it. */
export async function bundleCertificateScript(): Promise<string> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [SOURCE],
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    legalComments: "none",
    target: TARGETS,
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("the bundle is empty");
  return file.text;
}

export async function buildCertificateScript(): Promise<string> {
  const script = await bundleCertificateScript();
  await mkdir(FOLDER, { recursive: true });
  await writeFile(BUILT, script);
  return script;
}

/** What `npm run build` has left, or undefined where it never ran. */
export async function readCertificateScript(): Promise<string | undefined> {
  try {
    return await readFile(BUILT, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Gives it, made ready at the first request, and again only after that has failed. Pages do without it. */
export function createScript(source: ScriptSource): (context: Context) => Promise<void> {
  let making: Promise<{ plain: Buffer; compressed: Buffer } | undefined> | undefined;
  const made = () => {
    making ??= source().then((script) => {
      if (script === undefined) return undefined;
      const plain = Buffer.from(script);
      return { plain, compressed: gzipSync(plain, { level: 9 }) };
    });
    return making.catch((error: unknown) => {
      making = undefined;
      throw error;
    });
  };
  return async (context) => {
    const script = await made();
    if (script === undefined) throw new Fault("unavailable", { detail: "the script is not built: npm run build" });
    context.type = "text/javascript; charset=utf-8";
    context.vary("Accept-Encoding");
    const compressed = context.acceptsEncodings("gzip", "identity") === "gzip";
    if (compressed) context.set("Content-Encoding", "gzip");
    context.body = compressed ? script.compressed : script.plain;
  };
}

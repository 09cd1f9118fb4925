import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** What is made of `src/phone/web/`: three texts without imports. */
export interface Bundle {
  readonly script: string;
  readonly style: string;
  readonly worker: string;
}

const SOURCE = fileURLToPath(new URL("../phone/web/", import.meta.url));
/** Where `npm run build` puts the bundle, and production reads it. */
const BUILT = fileURLToPath(new URL("../../dist/web-phone/", import.meta.url));

const PARTS = { script: "phone.js", style: "phone.css", worker: "worker.js" } as const;

/** Browsers of the last three years: all have non-extractable keys in IndexedDB, private fields and `structuredClone`. */
const TARGETS = ["chrome114", "firefox115", "safari16.4"];

/** By esbuild, which is loaded only here: a production server with a build does without it. */
export async function bundleWebPhone(): Promise<Bundle> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: { phone: `${SOURCE}main.ts`, style: `${SOURCE}style/phone.css`, worker: `${SOURCE}worker/worker.ts` },
    outdir: BUILT,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    legalComments: "none",
    target: TARGETS,
    logLevel: "silent",
  });
  const output = (name: string) => {
    const file = outputFiles.find(({ path }) => path.replaceAll("\\", "/").endsWith(`/${name}`));
    if (file === undefined) throw new Error(`the bundle has no ${name}`);
    return file.text;
  };
  return { script: output("phone.js"), style: output("style.css"), worker: output("worker.js") };
}

/** Bundles into the folder from which production serves. */
export async function buildWebPhone(): Promise<Bundle & { folder: string }> {
  const bundle = await bundleWebPhone();
  await mkdir(BUILT, { recursive: true });
  await writeFile(BUILT + PARTS.script, bundle.script);
  await writeFile(BUILT + PARTS.style, bundle.style);
  await writeFile(BUILT + PARTS.worker, bundle.worker);
  return { ...bundle, folder: BUILT };
}

export function isWebPhoneBuilt(): boolean {
  return existsSync(BUILT + PARTS.script);
}

/** What `npm run build` has left, or undefined where it never ran. */
export async function readWebPhone(): Promise<Bundle | undefined> {
  try {
    const [script, style, worker] = await Promise.all(
      [PARTS.script, PARTS.style, PARTS.worker].map((name) => readFile(BUILT + name, "utf8")),
    );
    return script === undefined || style === undefined || worker === undefined ? undefined : { script, style, worker };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

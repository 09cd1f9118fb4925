/**
 * A real Chromium: Debian's where there is one, else the one that `@sparticuz/chromium` brings through npm.
 *
 * That package's own `args` are never used: `--single-process` dies when a context closes.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";

const DEBIAN = "/usr/bin/chromium";
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/chromium/", import.meta.url));

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // No graphics card does anything here: a process of its own for what draws is one more to start and to talk to.
  "--in-process-gpu",
  // A page is some of these and not thirty of the usual ones, each with shared memory of its own.
  "--default-tile-width=1024",
  "--default-tile-height=512",
  // Each person's browser would keep a process ready for a next page of theirs, and most never need it.
  "--renderer-process-limit=1",
];

/**
 * Few pages live long enough for what compiles hot code once more: it takes a third of a look with axe. Nor have they the memory whose collection
 * by several threads would be worth their start.
 */
const COMPILED_ONCE = "--js-flags=--no-opt --no-maglev --single-threaded-gc";

export interface LaunchOptions {
  /** More arguments, such as a fake camera's file. */
  readonly args?: readonly string[];
  /** For pages that reckon for seconds, and one page that others are written over by hundreds: what is hot stays so. */
  readonly compiled?: "well";
}

/**
 * No frame is drawn after a page's first: pages that are measured and not seen take half of the machine's time. Playwright's clicks wait for frames,
 * and so do the page's own animations: nothing for a page that is used.
 */
export const UNSEEN: LaunchOptions = { args: ["--disable-threaded-compositing"] };

/** A browser with a temporary folder of its own, which goes when it is closed. */
export async function launchBrowser({ args = [], compiled }: LaunchOptions = {}): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), "enum-id-browser-"));
  const { executablePath, fonts } = existsSync(DEBIAN) ? { executablePath: DEBIAN, fonts: {} } : await packaged(folder);
  const browser = await chromium.launch({
    executablePath,
    args: [...ARGUMENTS, ...(compiled === "well" ? [] : [COMPILED_ONCE]), ...args],
    env: { ...stringsOf(process.env), ...fonts, TMPDIR: folder },
  });
  browser.on("disconnected", () => void rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return browser;
}

/** The npm package's; which fonts it sees is told in the folder, since the checkout may have moved since the browser was unpacked. */
async function packaged(folder: string): Promise<{ executablePath: string; fonts: { FONTCONFIG_FILE: string } }> {
  const executablePath = join(CACHE, "chromium");
  if (!existsSync(executablePath)) {
    unpacking ??= unpack();
    await unpacking;
  }
  const fonts = { FONTCONFIG_FILE: join(folder, "fonts.xml") };
  await writeFile(fonts.FONTCONFIG_FILE, FONTS);
  return { executablePath, fonts };
}

/** Of this process: its folder for temporary files is another one meanwhile. */
let unpacking: Promise<void> | undefined;

/** Once; moved into place whole, so that workers cannot meet half of it. */
async function unpack(): Promise<void> {
  await mkdir(join(CACHE, ".."), { recursive: true });
  const making = await mkdtemp(join(CACHE, "..", "chromium-"));
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = making;
  try {
    const { default: chromiumPackage } = await import("@sparticuz/chromium");
    await chromiumPackage.executablePath();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
  // Another worker may have been faster; then its copy is as good as ours.
  await rename(making, CACHE).catch(() => rm(making, { recursive: true, force: true }));
}

/** Open Sans, which the package brings, looks more like people's system fonts than a bare machine's do. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${CACHE}fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${CACHE}font-cache</cachedir>
  <alias binding="same"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

function stringsOf(environment: NodeJS.ProcessEnv): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

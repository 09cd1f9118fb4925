import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether the machine has OpenSSL's command, which a bare one need not have. */
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** Runs it in a folder with these files; what it says on both channels, and what it has written to this one. */
export function openssl(
  files: Readonly<Record<string, string | Uint8Array>>,
  words: string[],
  written = "none",
  encoding: BufferEncoding = "utf8",
) {
  const folder = mkdtempSync(join(tmpdir(), "enum-id-openssl-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { status, stdout, stderr } = spawnSync("openssl", words, { cwd: folder, encoding: "utf8" });
    const made = existsSync(join(folder, written)) ? readFileSync(join(folder, written), encoding) : "";
    return { status, said: `${stdout}${stderr}`, made };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

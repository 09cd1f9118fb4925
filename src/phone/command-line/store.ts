import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { ok, type Parsed, refused } from "../../e-num/parsed.ts";
import { statementKeys } from "../answers.ts";

/** The device's signing key with its private half: a file cannot keep a key that nobody may copy. */
export const deviceKey = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

const account = z.object({
  identifier: z.string(),
  issuer: z.string(),
  email_hint: z.string(),
  device: z.object({ id: z.string(), name: z.string() }),
  key: deviceKey,
  pad: z.object({ masked: z.string(), salt: z.string(), rounds: z.int().min(600_000), version: z.int().min(1) }),
  statement_keys: statementKeys,
  /** Seconds by which the provider's clock is ahead of this one's. */
  clock_offset: z.int(),
});

const contents = z.object({
  version: z.literal(1),
  /** The device whose account the verbs are about. */
  current: z.string().optional(),
  accounts: z.array(account),
  /** Requests as they were listed last, each with its device: a number that a person types means the list that they have seen. */
  listed: z.array(z.object({ device: z.string(), request: z.string() })).optional(),
});

/** One account on this phone. */
export type PhoneAccount = z.infer<typeof account>;
export type PhoneContents = z.infer<typeof contents>;

/** A JSON file that only its owner may read. */
export type PhoneStore = {
  readonly file: string;
  /** An empty phone where there is no file yet. */
  load(): Promise<Parsed<PhoneContents, "unreadable">>;
  /** Atomically: after a crash the file is the old one or the new one. */
  save(changed: PhoneContents): Promise<Parsed<undefined, "unwritable">>;
  /** Loads and saves, one change after another: while several accounts are watched, what one call changes is not lost to another's. */
  change(how: (contents: PhoneContents) => PhoneContents): Promise<Parsed<undefined, "unreadable" | "unwritable">>;
};

export function createPhoneStore(file: string): PhoneStore {
  let last: Promise<unknown> = Promise.resolve();
  const store: PhoneStore = {
    file,
    async load() {
      let text: string;
      try {
        text = await readFile(file, "utf8");
      } catch (error) {
        const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
        return absent ? ok({ version: 1, accounts: [] }) : refused("unreadable");
      }
      return understand(text);
    },
    async save(changed) {
      const written = `${file}.${randomUUID()}`;
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        const handle = await open(written, "wx", 0o600);
        try {
          await handle.writeFile(`${JSON.stringify(changed, undefined, 2)}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(written, file);
        return ok(undefined);
      } catch {
        await rm(written, { force: true }).catch(() => undefined);
        return refused("unwritable");
      }
    },
    change(how) {
      const changed = last.then(async () => {
        const contents = await store.load();
        return contents.ok ? store.save(how(contents.value)) : contents;
      });
      last = changed;
      return changed;
    },
  };
  return store;
}

function understand(text: string): Parsed<PhoneContents, "unreadable"> {
  try {
    const parsed = contents.safeParse(JSON.parse(text));
    return parsed.success ? ok(parsed.data) : refused("unreadable");
  } catch {
    return refused("unreadable");
  }
}

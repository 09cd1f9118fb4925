import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import { parseStatement } from "../../src/e-num/statement.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { responseIn } from "./person.ts";
import { CODE, EMAIL, type Provider, startProvider } from "./provider.ts";

const CLI = join(import.meta.dirname, "../../src/phone/command-line/cli.ts");

let provider: Provider;
let folder: string;
let file: string;

beforeAll(async () => {
  provider = await startProvider();
  folder = await mkdtemp(join(tmpdir(), "enum-session-"));
  file = join(folder, "var", "phone.json");
});
afterAll(async () => {
  await provider.close();
  await rm(folder, { recursive: true, force: true });
});

/** `npm run phone -- …`, as a script runs it: nobody sits at a terminal. */
function phone(words: readonly string[], environment: Record<string, string> = {}) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { ENUM_PHONE_FILE: file, PATH, NODE_COMPILE_CACHE, ...environment };
  return new Promise<{ exit: number; said: string; complaint: string }>((resolve) => {
    const child = execFile(process.execPath, [CLI, ...words], { env, cwd: folder }, (_, said, complaint) => {
      resolve({ exit: child.exitCode ?? -1, said, complaint });
    });
    child.stdin?.end();
  });
}

const pin = { ENUM_PHONE_PIN: "271828" };

function expected(device: string, statement: unknown): string {
  const pad = provider.devices.get(device)?.pad ?? Buffer.alloc(0);
  return computeResponse(
    new Uint8Array(pad),
    parsedValue(parseChallenge("48219370")),
    parsedValue(parseStatement(statement)),
  );
}

describe("alice's command-line phone", () => {
  it("without an account says how to begin", async () => {
    const [help, none, login] = await Promise.all([phone([]), phone(["accounts"]), phone(["login", "48219370"], pin)]);
    expect(help).toMatchObject({ exit: 0, complaint: "", said: expect.stringContaining("activate <e-mail> <code>") });
    expect(none).toEqual({ exit: 0, complaint: "", said: "There is no account on this phone yet.\n" });
    expect(login).toEqual({
      exit: 1,
      said: "",
      complaint: 'There is no account on this phone yet: run "activate" with an e-mail and an activation code.\n',
    });
  });

  it("is activated with e-mail and code, and says what to type next", async () => {
    const refused = await phone(["activate", EMAIL, "00000-00000", "--issuer", provider.issuer], pin);
    expect(refused).toMatchObject({ exit: 1, complaint: expect.stringContaining("ask the page for a new one") });
    const words = ["activate", EMAIL, "k7qf2", "9xwta", "--issuer", `${provider.issuer}/`, "--name", "Alice's laptop"];
    const { exit, said } = await phone([...words, "--pin", "271828"]);
    expect(exit).toBe(0);
    expect(said).toContain(`"Alice's laptop" now belongs to alice@example.org`);
    expect(said).toContain("npm run phone -- first <check number>");
  });

  it("keeps the pad under the PIN, in a file for her alone", async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, "utf8");
    expect(text).not.toContain(provider.devices.get("dev-1")?.pad.toString("base64url"));
    expect(text).not.toContain("271828");
    expect(text).not.toContain(CODE);
  });

  it("gives the first response, and then those for logins and payments", async () => {
    const [first, login, confirm, pay] = await Promise.all([
      phone(["first", "4821", "9370"], pin),
      phone(["scan", "enum:login?challenge=48219370&r=rq-7"], pin),
      phone(["confirm", "4821-9370"], pin),
      phone(["pay", "48219370", "Z123456789012", "10.50"], pin),
    ]);
    expect(responseIn(first.said)).toBe(expected("dev-1", { mode: "activate" }));
    expect(responseIn(login.said)).toBe(expected("dev-1", { mode: "login" }));
    expect(responseIn(confirm.said)).toBe(expected("dev-1", { mode: "confirm" }));
    expect(responseIn(pay.said)).toBe(
      expected("dev-1", { mode: "payment", amount: "10.5", recipient: "Z123456789012" }),
    );
    expect(pay.said).toContain("10.5 WMZ");
  });

  it("asks for the PIN each time, and says so where nobody can be asked", async () => {
    expect(await phone(["login", "48219370"])).toMatchObject({
      exit: 1,
      complaint:
        "The PIN is missing: give it with --pin, or in ENUM_PHONE_PIN, or run this where it can be asked for.\n",
    });
  });

  it("takes a second account from a scanned code, and changes between them", async () => {
    provider.offer("bob@example.org", "00000ZZZZZ");
    const link = `${provider.issuer}/phone#enum:a?i=${encodeURIComponent(provider.issuer)}&u=bob@example.org&c=OOOOOZZZZZ`;
    expect((await phone(["scan", link], { ENUM_PHONE_PIN: "314159" })).exit).toBe(0);
    expect((await phone(["accounts"])).said).toMatch(/^ {2}alice@example\.org .*\n\* bob@example\.org /);
    expect((await phone(["use", "Alice@example.org"])).said).toContain("Now using alice@example.org");
    expect(responseIn((await phone(["login", "48219370"], pin)).said)).toBe(expected("dev-1", { mode: "login" }));
  });

  it("asks the provider for its status, and forgets an account whose device was removed", async () => {
    expect((await phone(["status"])).said).toContain("Alice's laptop: pending");
    const device = provider.devices.get("dev-1");
    if (device !== undefined) device.status = "revoked";
    expect(await phone(["status"])).toMatchObject({
      exit: 1,
      complaint: expect.stringContaining("the phone has forgotten it"),
    });
    expect((await phone(["accounts"])).said).toMatch(/^\* bob@example\.org .*\n$/);
  });

  it("is unlinked when bob says so, and not before the provider knows", async () => {
    provider.wrong.answer = { status: 500, body: "" };
    expect(await phone(["unlink"])).toMatchObject({ exit: 1, complaint: expect.stringContaining("try again later") });
    delete provider.wrong.answer;
    expect((await phone(["unlink"])).said).toContain("no longer belongs to bob@example.org");
    expect(provider.devices.get("dev-2")?.status).toBe("revoked");
    expect((await phone(["accounts"])).said).toBe("There is no account on this phone yet.\n");
  });

  it("complains in one sentence about a broken file, never with a stack", async () => {
    await writeFile(file, "{");
    const { exit, said, complaint } = await phone(["login", "48219370"], pin);
    expect({ exit, said }).toEqual({ exit: 1, said: "" });
    expect(complaint).toBe(
      `The file ${file} cannot be read as this phone's: mend it, or move it away and activate again.\n`,
    );
  });
});

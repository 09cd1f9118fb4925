import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scan } from "../account/support.ts";
import { type Folder, freshFolder, launch, type Started } from "../main/processes.ts";
import { KEEPER } from "../support/keeper.ts";
import { scanned } from "../support/scan.ts";
import { passPages } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const PROGRAM = fileURLToPath(new URL("../../examples/keeper.ts", import.meta.url));
const PASSWORD = "correct horse battery staple";
const IN = "You are signed in as WMID 301234567890.\n";

interface Computer extends Disposable {
  folder: Folder;
  visitor: Visitor;
}

/** A folder and a browser that have nothing of another's. */
function computer(world: World): Computer {
  const folder = freshFolder();
  return { folder, visitor: createVisitor(world.issuer), [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

/** The program with a password on its way, and the addresses that it tells. */
function keeper(world: World, { folder }: Computer, words: string[], password = PASSWORD): Started {
  const program = launch([PROGRAM, "--print", `--issuer=${world.issuer}`, ...words], folder);
  program.child.stdin?.end(`${password}\n`);
  return program;
}

async function address(program: Started, before: string): Promise<string> {
  const line = `${before}Go on in the browser: `;
  await program.wrote(line);
  const rest = program.stdout().slice(program.stdout().indexOf(line) + line.length);
  return rest.split("\n")[0] ?? "";
}

/** Signs alice in and has it confirmed on her phone; what she saw there. */
async function confirm(world: World, { visitor }: Computer, program: Started) {
  await fetch((await passPages(world, visitor, await address(program, ""))).url);
  const page = await visitor.open(await address(program, IN));
  const { operation } = await scanned(world, page.qr);
  await fetch((await scan(world, visitor, page)).url);
  return operation;
}

test("a key file of 164 bytes is stored on one computer and retrieved on another, confirmed on the phone each time", async () => {
  await using world = await createWorld({ clients: [KEEPER] });
  using home = computer(world);
  using away = computer(world);
  const file = Buffer.from(Array.from({ length: 164 }, (_, place) => (place * 89 + 7) % 256));
  writeFileSync(join(home.folder.path, "301234567890.kwm"), file);

  using storing = keeper(world, home, ["store", "301234567890.kwm"]);
  expect(await confirm(world, home, storing)).toMatchObject({ type: "keys", action: "back_up", wmid: "301234567890" });
  expect(await storing.ended).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("as version 1.") });
  const [row] = await world.database.rows<{ size: number }>("SELECT size FROM key_file");
  expect(row?.size).toBe(53 + file.length + 16);

  using retrieving = keeper(world, away, ["retrieve", "mine.kwm"]);
  expect(await confirm(world, away, retrieving)).toMatchObject({ type: "keys", action: "retrieve" });
  expect(await retrieving.ended).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringContaining("Written to mine.kwm, 164 bytes."),
  });
  const written = join(away.folder.path, "mine.kwm");
  expect(readFileSync(written).equals(file)).toBe(true);
  expect(statSync(written).mode & 0o077).toBe(0);

  using again = keeper(world, away, ["store", "mine.kwm"]);
  await confirm(world, away, again);
  expect(await again.ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "That did not work. E-num says: Another version is kept than the one that was named",
    ),
  });

  using wrong = keeper(world, away, ["move", "other.kwm"], "another password");
  expect(await confirm(world, away, wrong)).toMatchObject({ action: "move" });
  expect(await wrong.ended).toMatchObject({ code: 1, stderr: expect.stringContaining("The password does not fit") });

  using deleting = keeper(world, away, ["delete"]);
  expect(await confirm(world, away, deleting)).toMatchObject({ action: "delete" });
  expect(await deleting.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("keeps your keys no more") });
  expect(await world.database.rows("SELECT wmid FROM kept_keys")).toEqual([]);
});

test("nobody is asked to confirm what could not be written, or has no password", async () => {
  await using world = await createWorld({ clients: [KEEPER] });
  using home = computer(world);
  writeFileSync(join(home.folder.path, "there.kwm"), "x");
  for (const [words, password, why] of [
    [["retrieve", "there.kwm"], PASSWORD, "there.kwm is there already: name another file."],
    [["store", "there.kwm"], "", "Without a password nothing is encrypted."],
    [["store", "missing.kwm"], PASSWORD, "no such file"],
  ] as const) {
    using program = keeper(world, home, [...words], password);
    await fetch((await passPages(world, home.visitor, await address(program, ""))).url);
    expect(await program.ended).toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
  }
  expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
});

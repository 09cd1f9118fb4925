import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createKeeper } from "../../examples/native/keeper.ts";
import { listenOnLoopback } from "../../examples/native/loopback.ts";
import { freshFolder, launch, type Started } from "../main/processes.ts";
import { KEEPER } from "../support/keeper.ts";
import { statementOf } from "../support/operations.ts";
import { PAY } from "../support/payment.ts";
import { ALICE, passPages } from "../support/sign-in.ts";
import { goOnByCode, typeCode } from "../support/user-code.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const PROGRAM = fileURLToPath(new URL("../../examples/keeper.ts", import.meta.url));
const PURSE = "Z123456789012";

/** What alice does in her browser at an address that the program tells; where it ends she is at the program's port. */
async function signInAt(world: World, visitor: Visitor, address: string): Promise<string> {
  return (await passPages(world, visitor, address)).url;
}

async function payAt(world: World, visitor: Visitor, address: string): Promise<string> {
  const page = await visitor.open(address);
  const response = world.answer(ALICE, page.challenge, statementOf(PAY));
  return (await visitor.submit(page, "next", { response })).url;
}

/** The address that the program has told as the `count`th. */
async function told(program: Started, count: number): Promise<string> {
  const found = () =>
    [...program.stdout().matchAll(/^Go on in the browser: (.*)$/gm)].map(([, address = ""]) => address);
  await program.wrote(count === 1 ? "Go on in the browser: " : "You are signed in as WMID 301234567890.\nGo on");
  const address = found()[count - 1];
  if (address !== undefined) return address;
  throw new Error(program.stdout());
}

describe("npm run keeper", () => {
  test("signs alice in by her own browser, and has her transfer confirmed", async () => {
    await using world = await createWorld({ clients: [KEEPER] });
    using folder = freshFolder();
    const visitor = createVisitor(world.issuer);
    using program = launch(
      [PROGRAM, "--print", `--issuer=${world.issuer}`, "pay", "10.50", PURSE, "Two books"],
      folder,
    );
    const done = await fetch(await signInAt(world, visitor, await told(program, 1)));
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining("You can close this window")]);
    const second = await told(program, 2);
    await fetch(await payAt(world, visitor, second));
    const { code, stdout, stderr } = await program.ended;
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/Confirmed, and the receipt is genuine: [\w-]{20,}\.\n$/);
  });

  test("who declines confirms nothing, and the program says so", async () => {
    await using world = await createWorld({ clients: [KEEPER] });
    using folder = freshFolder();
    const visitor = createVisitor(world.issuer);
    using program = launch([PROGRAM, "--print", `--issuer=${world.issuer}`], folder);
    const page = await visitor.open(await told(program, 1));
    const declined = await visitor.submit(page, "decline");
    await fetch(declined.url);
    expect(await program.ended).toMatchObject({ code: 1, stderr: "Nothing was confirmed. You declined.\n" });
  });

  test("shows a code where there is no browser, and goes on when it was typed in another's", async () => {
    await using world = await createWorld({ clients: [KEEPER] });
    using folder = freshFolder();
    const visitor = createVisitor(world.issuer);
    using program = launch([PROGRAM, "--device", `--issuer=${world.issuer}`], folder);
    await program.wrote("and type the code ");
    const [, address = "", code = ""] =
      /Open (\S+) in any browser, and type the code ([A-Z-]{9})/.exec(program.stdout()) ?? [];
    expect(address).toBe(`${world.issuer}/device`);
    const end = await goOnByCode(world, visitor, await typeCode(visitor, code));
    expect(end.title).toContain("The device is signed in");
    expect(await program.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("WMID 301234567890") });
  });

  test.each([
    [["pay", "10.50"], 1, "stdout", "npm run keeper -- [pay"],
    [["send", "10.50", PURSE], 1, "stdout", "npm run keeper -- [pay"],
    [["retrieve"], 1, "stdout", "npm run keeper -- [pay"],
    [["delete", "keys.kwm"], 1, "stdout", "npm run keeper -- [pay"],
    [["--help"], 0, "stdout", "npm run keeper -- [pay"],
    [["pay", "ten", PURSE], 1, "stderr", "That did not work."],
    [["pay", "1,500", PURSE], 1, "stderr", "Is it 1500 or 1.5?"],
    [["pay", "10", "Z1"], 1, "stderr", "Enter a letter and 12 digits"],
    [["--issuer=http://localhost:1"], 1, "stderr", "E-num cannot be reached"],
  ] as const)("%j ends with %d and a sentence", async (words, code, where, sentence) => {
    using folder = freshFolder();
    using program = launch([PROGRAM, "--print", ...words], folder);
    const ended = await program.ended;
    expect([ended.code, ended[where]]).toEqual([code, expect.stringContaining(sentence)]);
  });
});

describe("a native app", () => {
  test("that is given another person's confirmation does nothing", async () => {
    await using world = await createWorld({ clients: [KEEPER] });
    const visitor = createVisitor(world.issuer);
    const steps = [
      (address: string) => signInAt(world, visitor, address),
      (address: string) => payAt(world, visitor, address),
    ];
    const keeper = await createKeeper({
      issuer: world.issuer,
      clientId: KEEPER.client_id,
      open: (address) =>
        void steps
          .shift()?.(address)
          .then((url) => fetch(url)),
    });
    const alice = await keeper.signIn();
    const operation = {
      type: "payment",
      operation_id: "t-1",
      payee: { purse: PURSE },
      amount: { value: "10.5", currency: "WMZ" },
    };
    await expect(keeper.confirm(operation, { ...alice, sub: "somebody else" })).rejects.toThrow(
      "Another E-num account",
    );
  });
});

describe("the loopback port (RFC 8252 section 7.3)", () => {
  /** Node's fetch sets `Host` itself. */
  const ask = (address: string, { method = "GET", host }: { method?: string; host?: string } = {}) =>
    new Promise<number>((resolve, reject) => {
      const headers = host === undefined ? {} : { host };
      request(address, { method, headers, agent: false }, (answer) => resolve(answer.resume().statusCode ?? 0))
        .on("error", reject)
        .end();
    });

  test("takes one return, the one with this visit's state, and waits past all others", async () => {
    const state = "abc";
    await using loopback = await listenOnLoopback(state);
    const { redirectUri } = loopback;
    expect(redirectUri).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):\d+\/callback$/);
    const right = `${redirectUri}?code=x&state=${state}`;
    expect(await ask(`${redirectUri}?code=x&state=other`)).toBe(404);
    expect(await ask(`${redirectUri}?code=x`)).toBe(404);
    expect(await ask(right.replace("/callback", "/"))).toBe(404);
    expect(await ask(right, { method: "POST" })).toBe(404);
    expect(await ask(right, { host: "rebound.example.com" })).toBe(404);
    expect(await ask(right)).toBe(200);
    expect((await loopback.returned).href).toBe(right);
  });
});

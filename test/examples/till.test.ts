import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { verifyStatement } from "../../src/e-num/statement-token.ts";
import { freshFolder, launch } from "../main/processes.ts";
import { shippedClient } from "../support/keeper.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { ALICE } from "../support/sign-in.ts";
import { askOnPhone } from "../support/till.ts";
import { createWorld, SHOP } from "../support/world.ts";
import { aliceAt, CODE, set } from "../till-code/support.ts";

const PROGRAM = fileURLToPath(new URL("../../examples/till.ts", import.meta.url));
const PURSE = "Z123456789012";

const TILL = shippedClient("till");

/** The number that the till shows. */
const shown = (stdout: string) => /check number: (\d{4}) (\d{4})/.exec(stdout)?.slice(1).join("") ?? "";

describe("npm run till", () => {
  test("has alice pay on her phone, and believes the receipt", async () => {
    await using world = await createWorld({ clients: [TILL] });
    using folder = freshFolder();
    using program = launch([PROGRAM, `--issuer=${world.issuer}`, ALICE, "10.50", PURSE], folder);
    await program.wrote("within 5 minutes");
    const phone = await onlinePhone(world);
    const [request] = (await phone.requests()).requests;
    expect(request).toMatchObject({ client: { name: "Book shop, till" }, binding_message: "Book shop, till 3" });
    const keys = await (await fetch(`${world.issuer}/confirmations/jwks`)).json();
    const read = await verifyStatement(request?.statement ?? "", {
      keys,
      issuer: world.issuer,
      now: world.now() / 1000,
    });
    if (!read.ok) throw new Error(read.reason);
    const { statement } = read.value;
    expect(statement.operation).toMatchObject({ amount: { value: "10.5" }, payee: { purse: PURSE } });
    expect((await phone.answer(request?.id ?? "", shown(program.stdout()), { statement })).status).toBe(200);
    const { code, stdout, stderr } = await program.ended;
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/Confirmed, and the receipt is genuine: [\w-]{20,}\.\n$/);
  });

  test("sends the code that the customer has said, and tells the cashier where it is missing", async () => {
    await using world = await createWorld({ clients: [TILL, SHOP] });
    const alice = await aliceAt(world);
    await set(world, alice);
    using folder = freshFolder();
    using without = launch([PROGRAM, `--issuer=${world.issuer}`, ALICE], folder);
    expect(await without.ended).toMatchObject({ code: 1, stderr: expect.stringContaining("--code") });
    using program = launch([PROGRAM, `--issuer=${world.issuer}`, `--code=${CODE}`, ALICE], folder);
    await program.wrote("within 5 minutes");
    const [request] = (await alice.phone.requests()).requests;
    expect((await alice.phone.answer(request?.id ?? "", shown(program.stdout()))).status).toBe(200);
    expect(await program.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("The customer is ") });
  });

  test("says that the customer said no", async () => {
    await using world = await createWorld({ clients: [TILL] });
    using folder = freshFolder();
    using program = launch([PROGRAM, `--issuer=${world.issuer}`, ALICE], folder);
    await program.wrote("within 5 minutes");
    const phone = await onlinePhone(world);
    const [request] = (await phone.requests()).requests;
    await phone.decline(request?.id ?? "", "changed_mind");
    expect(await program.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("The customer said no: they have"),
    });
  });

  test("says nothing of a no where the customer was asked too often", async () => {
    await using world = await createWorld({ clients: [TILL] });
    for (let asked = 0; asked < 10; asked += 1) expect((await askOnPhone(world, {}, TILL)).status).toBe(200);
    using folder = freshFolder();
    using program = launch([PROGRAM, `--issuer=${world.issuer}`, ALICE], folder);
    expect(await program.ended).toMatchObject({
      code: 1,
      stderr: "That came to nothing. E-num says: this person was asked ten times within an hour\n",
    });
  });

  test.each([
    [["--help"], 0],
    [[], 1],
    [[ALICE, "10.50"], 1],
  ])("%j shows how it is used", async (words, code) => {
    using folder = freshFolder();
    using program = launch([PROGRAM, ...words], folder);
    expect(await program.ended).toMatchObject({ code, stdout: expect.stringContaining("npm run till -- <e-mail") });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import { type OperationStatement, parseStatement } from "../../src/e-num/statement.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { personWithPhone, responseIn } from "./person.ts";
import { CODE, EMAIL, type Provider, startProvider } from "./provider.ts";

const challenge = parsedValue(parseChallenge("48219370"));
const shop = {
  mode: "operation",
  client: { id: "shop", name: "Книжный магазин" },
  operation: {
    type: "payment",
    operation_id: "inv-1042",
    payee: { purse: "Z123456789012", name: "Book shop" },
    amount: { value: "10.5", currency: "WMZ" },
    changes: [{ field: "e-mail", from: "", to: "a@b.example" }],
    tags: [],
    gift: true,
    note: null,
  },
};

let provider: Provider;
let alice: Awaited<ReturnType<typeof personWithPhone>>;

beforeAll(async () => {
  provider = await startProvider();
  alice = await personWithPhone();
  await alice.run("activate", EMAIL, CODE, "--issuer", provider.issuer, "--pin", "271828");
});
afterAll(async () => {
  await provider.close();
  await alice.leave();
});
beforeEach(() => {
  alice.answers.length = 0;
});

/** What the server would expect from alice's device. */
function expected(statement: unknown): string {
  const pad = provider.devices.get("dev-1")?.pad ?? Buffer.alloc(0);
  return computeResponse(new Uint8Array(pad), challenge, parsedValue(parseStatement(statement)));
}

function operation(json: unknown): OperationStatement {
  const parsed = parsedValue(parseStatement(json));
  if (parsed.mode !== "operation") throw new Error("no operation");
  return parsed;
}

const payment = { mode: "payment", amount: "1500", recipient: "Z123456789012" };

describe("what was typed is shown before it is bound", () => {
  it("the canonical amount and the payee stand above the response", async () => {
    const { exit, said } = await alice.run("pay", "48219370", "z1234-5678-9012", "10,50", "--pin", "271828");
    expect(exit).toBe(0);
    expect(said).toContain("amount        10.5 WMZ");
    expect(said).toContain("purse         Z 1234 5678 9012");
    expect(responseIn(said)).toBe(expected({ ...payment, amount: "10.5" }));
  });

  it("a check number may come in two words", async () => {
    alice.answers.push("271828");
    const { said, asked } = await alice.run("pay", "4821", "9370", "Z123456789012", "1500");
    expect(asked).toBe("PIN:");
    expect(responseIn(said)).toBe(expected(payment));
  });
});

describe("an amount that can be read in two ways", () => {
  it("is asked about", async () => {
    alice.answers.push("1500", "271828");
    const { said, asked } = await alice.run("pay", "48219370", "Z123456789012", "1,500");
    expect(asked).toContain("Is the amount 1.5 or 1500?");
    expect(responseIn(said)).toBe(expected(payment));
  });

  it("is refused where nobody answers, with what to type instead", async () => {
    const { exit, complaint } = await alice.run("pay", "48219370", "Z123456789012", "1,500", "--pin", "271828");
    expect(exit).toBe(1);
    expect(complaint).toBe(
      "That amount can be read in more than one way: type 1500 without the sign if that is meant, and add --yes if it is 1.5.",
    );
  });

  it("with --yes is read with its sign as the decimal sign", async () => {
    const { said } = await alice.run("pay", "48219370", "Z123456789012", "1,500", "--yes", "--pin", "271828");
    expect(responseIn(said)).toBe(expected({ ...payment, amount: "1.5" }));
  });

  it("whose three digits can only be decimals is asked about as well", async () => {
    alice.answers.push("0,5", "271828");
    const { said, asked } = await alice.run("scan", "enum:p?c=48219370&p=Z123456789012&a=0,500");
    expect(asked).toContain("Is the amount 0.5?");
    expect(responseIn(said)).toBe(expected({ ...payment, amount: "0.5" }));
    const { complaint } = await alice.run("pay", "48219370", "Z123456789012", "0,500");
    expect(complaint).toBe("That amount can be read in more than one way: type it again, and add --yes if it is 0.5.");
  });
});

describe("twelve digits without a letter", () => {
  it("are asked about: a letter makes them a purse", async () => {
    alice.answers.push("z", "271828");
    const { said, asked } = await alice.run("pay", "48219370", "123456789012", "1500");
    expect(asked).toContain("1234 5678 9012 has no letter");
    expect(responseIn(said)).toBe(expected(payment));
  });

  it("are asked about: a currency makes them a WMID", async () => {
    alice.answers.push("WMZ", "271828");
    const { said } = await alice.run("scan", "enum:p?c=48219370&p=123456789012&a=1500");
    expect(said).toContain("WMID");
    expect(responseIn(said)).toBe(expected({ ...payment, recipient: "123456789012", currency: "WMZ" }));
  });

  it("with --currency are a WMID", async () => {
    const { said } = await alice.run("pay", "48219370", "123456789012", "1500", "--currency", "wmz", "--pin", "271828");
    expect(responseIn(said)).toBe(expected({ ...payment, recipient: "123456789012", currency: "WMZ" }));
  });

  it.each([
    [[], "123456789012 has no letter"],
    [["q"], "No purse has that letter"],
  ])("with the answers %j are refused: %s", async (typed, complaint) => {
    alice.answers.push(...typed);
    expect(await alice.run("pay", "48219370", "123456789012", "1500")).toMatchObject({
      exit: 1,
      complaint: expect.stringContaining(complaint),
    });
  });
});

describe("a currency beside a purse", () => {
  it("of the same letter changes nothing", async () => {
    const { said } = await alice.run(
      "pay",
      "48219370",
      "Z123456789012",
      "1500",
      "--currency",
      "WMZ",
      "--pin",
      "271828",
    );
    expect(responseIn(said)).toBe(expected(payment));
  });

  it.each([
    ["WME", "The purse Z123456789012 holds WMZ, not WME"],
    ["USD", "That is no WebMoney currency"],
  ])("%s is refused: %s", async (currency, complaint) => {
    const run = await alice.run("pay", "48219370", "Z123456789012", "1500", "--currency", currency);
    expect(run).toMatchObject({ exit: 1, said: "", complaint: expect.stringContaining(complaint) });
  });
});

describe("a scanned operation", () => {
  const scan = async (token: string, ...options: string[]) =>
    alice.run("scan", `enum:o?c=48219370&r=rq-7&t=${token}`, ...options);

  it("is shown with every detail, and only then answered, offline", async () => {
    const before = provider.calls.length;
    const { said } = await scan(await provider.sign(operation(shop), challenge), "--pin", "271828");
    expect(said.split("\n").slice(0, 15)).toEqual([
      "Книжный магазин asks you to confirm:",
      "  site             Книжный магазин (shop)",
      "  type             payment",
      "  operation id     inv-1042",
      "  payee purse      Z 1234 5678 9012",
      "  payee name       Book shop",
      "  amount           10.50 WMZ",
      "  changes 1 field  e-mail",
      "  changes 1 from   (empty)",
      "  changes 1 to     a@b.example",
      "  tags             (empty)",
      "  gift             true",
      "  note             (none)",
      "  check number     4821 9370",
      "",
    ]);
    expect(responseIn(said)).toBe(expected(shop));
    expect(provider.calls.length).toBe(before);
  });

  it("that looks expired is answered all the same, with a word about the time", async () => {
    const token = await provider.sign(operation(shop), challenge, "conf-001", 1_000_000_000);
    const { said, exit } = await scan(token, "--pin", "271828");
    expect(exit).toBe(0);
    expect(said).toContain("By this phone's clock the request is over");
    expect(responseIn(said)).toBe(expected(shop));
  });

  it("with another check number is refused with a warning, and nothing of it is shown", async () => {
    const other = parsedValue(parseChallenge("48219371"));
    const run = await scan(await provider.sign(operation(shop), other), "--pin", "271828");
    expect(run).toMatchObject({
      exit: 1,
      said: "",
      complaint: expect.stringMatching(/^WARNING: the check number is not the one/),
    });
  });

  it("signed by anybody else is refused with a warning", async () => {
    const token = await provider.sign(operation(shop), challenge);
    const [header, payload] = token.split(".");
    const [, , signature] = (
      await provider.sign(operation({ ...shop, client: { id: "x", name: "x" } }), challenge)
    ).split(".");
    const run = await scan([header, payload, signature].join("."), "--pin", "271828");
    expect(run).toMatchObject({
      exit: 1,
      said: "",
      complaint: expect.stringMatching(/^WARNING: the signature is wrong/),
    });
  });

  it("of another provider is refused with a warning", async () => {
    provider.wrong.issuer = "https://id.example";
    const token = await provider.sign(operation(shop), challenge);
    delete provider.wrong.issuer;
    expect(await scan(token)).toMatchObject({
      exit: 1,
      said: "",
      complaint: expect.stringMatching(/^WARNING: the code comes from another provider/),
    });
  });

  it("signed with a new key is taken after the status was asked", async () => {
    const token = await provider.sign(operation(shop), challenge, "conf-002");
    expect(await scan(token)).toMatchObject({ exit: 1, complaint: expect.stringContaining('Run "status"') });
    await provider.publish("conf-002");
    expect((await alice.run("status")).said).toContain("2 for signed operations");
    expect((await scan(token, "--pin", "271828")).exit).toBe(0);
  });

  it("too long for its QR code is taken from the provider, where an active device is told of it", async () => {
    const withoutDetails = ["scan", "enum:o?c=48219370&r=rq-7", "--pin", "271828"];
    expect((await alice.run(...withoutDetails)).complaint).toContain("This device is not active yet");
    const device = provider.devices.get("dev-1");
    if (device !== undefined) device.status = "active";
    expect((await alice.run(...withoutDetails)).complaint).toContain("does not list that request");
    provider.requests.push({ id: "rq-7", statement: await provider.sign(operation(shop)) });
    expect(responseIn((await alice.run(...withoutDetails)).said)).toBe(expected(shop));
  });
});

describe("what cannot be scanned", () => {
  it.each([
    ["https://example.org", "That is no E-num code"],
    ["enum:l?c=04821937", "That code has no check number of eight digits"],
    ["enum:p?c=48219370&p=Z123456789012&a=1.0.0", "That code holds no amount"],
  ])("%s: %s", async (text, complaint) => {
    expect(await alice.run("scan", text)).toMatchObject({
      exit: 1,
      said: "",
      complaint: expect.stringContaining(complaint),
    });
  });
});

describe("a PIN", () => {
  it("that is wrong gives a wrong response, and nothing tells", async () => {
    const right = await alice.run("login", "48219370", "--pin", "271828");
    const wrong = await alice.run("login", "48219370", "--pin", "314159");
    expect(responseIn(right.said)).toBe(expected({ mode: "login" }));
    expect(responseIn(wrong.said)).toMatch(/^[0-9]{7}$/);
    expect(responseIn(wrong.said)).not.toBe(responseIn(right.said));
    expect(wrong.said.replace(/[0-9]{3} [0-9]{4} /, "")).toBe(right.said.replace(/[0-9]{3} [0-9]{4} /, ""));
  });

  it.each([
    ["123", "A PIN has six to twelve digits"],
    ["12345x", "A PIN has digits only"],
    ["", "The PIN is missing"],
  ])("%j is refused: %s", async (pin, complaint) => {
    expect(await alice.run("login", "48219370", "--pin", pin)).toMatchObject({
      exit: 1,
      complaint: expect.stringContaining(complaint),
    });
  });
});

describe("a PIN that anybody would try first", () => {
  it.each(["123456", "111111", "121212", "112233", "258369"])(
    "%s is not taken for a new pad, given or typed",
    async (pin) => {
      provider.offer("carol@example.org", "7XWTAK9QF2");
      const words = ["activate", "carol@example.org", "7XWTAK9QF2", "--issuer", provider.issuer];
      const before = provider.calls.length;
      for (const run of [() => alice.run(...words, "--pin", pin), () => alice.run(...words)]) {
        alice.answers.push(pin);
        expect(await run()).toMatchObject({ exit: 1, complaint: expect.stringContaining("anybody would try") });
        alice.answers.length = 0;
      }
      // Nothing was sent: the code is as good as before.
      expect(provider.calls).toHaveLength(before);
      expect((await alice.run(...words, "--pin", "271828")).exit).toBe(0);
    },
  );

  it("is not taken at a renewal either, and no pad is asked for", async () => {
    const before = provider.calls.length;
    const { exit, complaint } = await alice.run("renew", "--pin", "271828", "--new-pin", "234567");
    expect([exit, complaint]).toEqual([1, expect.stringContaining("anybody would try")]);
    expect(provider.calls).toHaveLength(before);
  });

  it("that a pad is under already goes on answering", async () => {
    expect((await alice.run("login", "48219370", "--pin", "123456")).exit).toBe(0);
  });
});

describe("an account that this phone answers for", () => {
  it("is not activated again, and the code stays good; one that never answered, or was removed, is replaced", async () => {
    const eve = await personWithPhone();
    const activate = (code: string) => {
      provider.offer("eve@example.org", code);
      return eve.run("activate", "eve@example.org", code, "--issuer", provider.issuer, "--pin", "271828");
    };
    expect((await activate("9XWTAK7QF2")).exit).toBe(0);
    expect((await activate("F29XWTAK7Q")).exit).toBe(0);
    const device = [...provider.devices.values()].at(-1);
    if (device === undefined) throw new Error("nothing was activated");
    device.status = "active";
    const kept = await eve.stored();
    const complaint = expect.stringContaining("This phone answers for eve@example.org already");
    expect(await activate("WTAK7QF29X")).toMatchObject({ exit: 1, complaint });
    expect(await eve.stored()).toBe(kept);
    device.status = "revoked";
    expect((await activate("WTAK7QF29X")).exit).toBe(0);
    expect((await eve.run("accounts")).said.split("\n")).toHaveLength(1);
    await eve.leave();
  });
});

describe("commands that are wrong", () => {
  it.each([
    [["login"], 2, "Give the check number"],
    [["pay", "48219370", "Z123456789012"], 2, "Give check number, purse and amount"],
    [["pay", "48219370", "Z123456789012", "10.5", "WMZ"], 2, "Give check number, purse and amount"],
    [["scan"], 2, "Give what the QR code says"],
    [["use"], 2, "Give the e-mail"],
    [["activate"], 2, "Give the e-mail and the activation code"],
    [["reply"], 2, 'This phone has no verb "reply"'],
    [["login", "48219370", "--fast"], 2, "Unknown option '--fast'"],
    [["pay", "48219370", "Z123456789012", "-5"], 1, "The amount must be more than zero"],
    [["pay", "48219370", "Z123456789012", "-0,5"], 1, "The amount must be more than zero"],
    [["login", "675 4654"], 1, "That has seven digits, as a response has"],
    [["pay", "48219370", "Z1", "10.5"], 1, "That is no purse"],
    [["pay", "48219370", "Z123456789012", "ten"], 1, "That amount is no number"],
    [["use", "bob@example.org"], 1, "There is no account bob@example.org on this phone"],
    [["activate", "alice", CODE], 1, '"alice" is no e-mail'],
    [["activate", EMAIL, "K7QF2"], 1, "An activation code has ten characters"],
    [["activate", EMAIL, CODE, "--issuer", "http://id.example"], 1, "The provider's address must begin with https://"],
    [["activate", EMAIL, CODE, "--name", "x".repeat(41)], 1, "A device's name has at most 40 characters"],
    [["activate", "enum:l?c=48219370"], 1, "That code does not add a device"],
  ])("%j: %i, %s", async (words, exit, complaint) => {
    const run = await alice.run(...words);
    expect(run).toMatchObject({ exit, said: "", complaint: expect.stringContaining(complaint) });
    expect(run.complaint.split("\n").length).toBe(1);
  });
});

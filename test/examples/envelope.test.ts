/** The envelope of docs/storage.md: as the example makes it, and as it is opened here by Node's own Argon2id and AES, from the document alone. */
import { argon2Sync, createDecipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openKeys, sealKeys } from "../../examples/native/envelope.ts";
import { envelopeFault } from "../../src/storage/envelope.ts";
import { parseWmid } from "../../src/wmid.ts";
import { readText } from "../support/source.ts";

interface Vector {
  title: string;
  password: string;
  wmid: string;
  memory: number;
  passes: number;
  lanes: number;
  salt: string;
  nonce: string;
  file: string;
  envelope: string;
}

const { envelopes }: { envelopes: Vector[] } = JSON.parse(readText("test/vectors/key-envelopes.json"));
const [, small] = envelopes;
if (small === undefined) throw new Error("there are no vectors");

const bytesOf = (hex: string) => Buffer.from(hex, "hex");

function openByNode(envelope: Buffer, password: string): Buffer {
  const key = argon2Sync("argon2id", {
    message: Buffer.from(password.normalize("NFC")),
    nonce: envelope.subarray(13, 29),
    memory: envelope.readUInt32BE(6),
    passes: envelope.readUInt16BE(10),
    parallelism: envelope[12] ?? 0,
    tagLength: 32,
  });
  const decipher = createDecipheriv("aes-256-gcm", key, envelope.subarray(29, 41));
  decipher.setAAD(envelope.subarray(0, 53));
  decipher.setAuthTag(envelope.subarray(-16));
  return Buffer.concat([decipher.update(envelope.subarray(53, -16)), decipher.final()]);
}

describe.each(envelopes)("$title", ({ password, wmid, memory, passes, lanes, salt, nonce, file, envelope }) => {
  test("is made as the vector says, and the server takes it", async () => {
    const how = { cost: { memory, passes, lanes }, salt: bytesOf(salt), nonce: bytesOf(nonce) };
    expect(Buffer.from(await sealKeys(bytesOf(file), password, wmid, how)).toString("hex")).toBe(envelope);
    const parsed = parseWmid(wmid);
    expect(parsed && envelopeFault(bytesOf(envelope), parsed)).toBeUndefined();
  });

  test("is opened by an implementation that shares no line with it", () => {
    expect(openByNode(bytesOf(envelope), password).toString("hex")).toBe(file);
  });
});

describe("an envelope", () => {
  const { password, wmid, envelope, file } = small;
  const spoiled = (place: number, xor = 1) => {
    const bytes = bytesOf(envelope);
    bytes.writeUInt8((bytes.at(place) ?? 0) ^ xor, place < 0 ? bytes.length + place : place);
    return bytes;
  };

  test("is opened by its password and for its WMID alone, and says so", async () => {
    expect(Buffer.from(await openKeys(bytesOf(envelope), password, wmid)).toString("hex")).toBe(file);
    await expect(openKeys(bytesOf(envelope), `${password} `, wmid)).rejects.toThrow("The password does not fit");
    await expect(openKeys(bytesOf(envelope), password, "301234567890")).rejects.toThrow("another WMID's");
    await expect(sealKeys(bytesOf(file), password, "3012")).rejects.toThrow("A WMID has 12 digits");
  });

  // Passes, salt, file and tag: what else is wrong is told before.
  test.each([11, 13, 53, -1])("that was changed at byte %d opens nothing", async (place) => {
    await expect(openKeys(spoiled(place), password, wmid)).rejects.toThrow("or the envelope was changed");
  });

  test("with another WMID written into it opens nothing", async () => {
    const bytes = bytesOf(envelope);
    bytes.write("301234567890", 41);
    await expect(openKeys(bytes, password, "301234567890")).rejects.toThrow("or the envelope was changed");
  });

  test.each([
    ["another version", spoiled(4), "no envelope of version 1"],
    ["another way to the key", spoiled(5), "no envelope of version 1"],
    ["too few bytes", bytesOf(envelope).subarray(0, 60), "no envelope of version 1"],
    ["gigabytes of memory", spoiled(6, 128), "more than this computer gives"],
    ["thousands of passes", spoiled(10, 128), "more than this computer gives"],
    ["hundreds of lanes", spoiled(12, 128), "more than this computer gives"],
  ])("with %s is not tried at all", async (_title, bytes, why) => {
    await expect(openKeys(bytes, password, wmid)).rejects.toThrow(why);
  });

  test("made twice of one file is another each time", async () => {
    const cost = { memory: 19_456, passes: 2, lanes: 1 };
    const make = () => sealKeys(bytesOf(file), password, wmid, { cost });
    const [one, other] = [Buffer.from(await make()), Buffer.from(await make())];
    expect(one.subarray(13).equals(other.subarray(13))).toBe(false);
    expect(openByNode(other, password).toString("hex")).toBe(file);
  });
});

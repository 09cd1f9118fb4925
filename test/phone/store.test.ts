import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPhoneStore } from "../../src/phone/command-line/store.ts";
import { personWithPhone } from "./person.ts";

let alice: Awaited<ReturnType<typeof personWithPhone>>;

beforeEach(async () => {
  alice = await personWithPhone();
});
afterEach(() => alice.leave());

describe("the phone's file", () => {
  it("is empty before anything was stored", async () => {
    expect(await alice.store.load()).toEqual({ ok: true, value: { version: 1, accounts: [] } });
  });

  it("can be read by its owner alone, in a folder that is made for it, also over a file that others could read", async () => {
    const store = createPhoneStore(join(alice.folder, "var", "phone.json"));
    expect(await store.save({ version: 1, accounts: [] })).toEqual({ ok: true, value: undefined });
    expect((await stat(store.file)).mode & 0o777).toBe(0o600);
    await chmod(store.file, 0o644);
    await store.save({ version: 1, accounts: [] });
    expect((await stat(store.file)).mode & 0o777).toBe(0o600);
  });

  it("is replaced as a whole: nothing else stays in the folder", async () => {
    await Promise.all([1, 2, 3].map(() => alice.store.save({ version: 1, current: "dev-1", accounts: [] })));
    expect(await readdir(alice.folder)).toEqual(["phone.json"]);
    expect(await alice.store.load()).toMatchObject({ ok: true, value: { current: "dev-1" } });
  });

  it("takes one change after another, so that none is lost", async () => {
    const names = ["one", "two", "three"];
    const changes = names.map((request) =>
      alice.store.change((contents) => ({
        ...contents,
        listed: [...(contents.listed ?? []), { device: "d", request }],
      })),
    );
    expect((await Promise.all(changes)).map(({ ok }) => ok)).toEqual([true, true, true]);
    const listed = names.map((request) => ({ device: "d", request }));
    expect(await alice.store.load()).toEqual({ ok: true, value: { version: 1, accounts: [], listed } });
    await writeFile(alice.file, "{");
    expect(await alice.store.change((contents) => contents)).toEqual({ ok: false, reason: "unreadable" });
  });

  it.each(["", "{", "[]", '{"version":2,"accounts":[]}', '{"version":1,"accounts":[{}]}'])(
    "with %j in it is refused",
    async (text) => {
      await writeFile(alice.file, text);
      expect(await alice.store.load()).toEqual({ ok: false, reason: "unreadable" });
    },
  );

  it("that is a folder can be neither read nor written", async () => {
    await mkdir(alice.file);
    expect(await alice.store.load()).toEqual({ ok: false, reason: "unreadable" });
    expect(await alice.store.save({ version: 1, accounts: [] })).toEqual({ ok: false, reason: "unwritable" });
    expect(await readdir(alice.folder)).toEqual(["phone.json"]);
  });
});

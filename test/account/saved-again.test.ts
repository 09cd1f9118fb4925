import { describe, expect, test } from "vitest";
import { changed, stage } from "../contact/support.ts";
import { confirmBy } from "../device/own-support.ts";
import { atCode, made } from "../recovery/support.ts";
import { ALICE } from "../support/sign-in.ts";
import { atAccount, press } from "./support.ts";

type Row = Record<string, string | number | null>;
type Stage = Awaited<ReturnType<typeof stage>>;

/** Alice in two browsers; requests of both are in flight when sessions are ended, and save them once more. */
async function raced() {
  let rows: Row[] = [];
  let saved = 0;
  const on: Stage = await stage({
    async settled() {
      for (const row of rows) {
        const names = Object.keys(row);
        const sql = `INSERT INTO oidc (${names}) VALUES (${names.map(() => "?")}) ON CONFLICT DO NOTHING RETURNING id`;
        saved += (await on.world.database.rows(sql, Object.values(row))).length;
      }
    },
  });
  const { visitor: other } = await atAccount(on.world);
  return {
    ...on,
    other,
    async inFlight() {
      rows = await on.world.database.rows<Row>("SELECT * FROM oidc WHERE model = 'Session'");
    },
    saved: () => saved,
  };
}

/** Each asks, where it must, before the request is in flight, and gives what then ends the sessions. */
const WAYS: Readonly<Record<string, (on: Stage) => Promise<() => Promise<unknown>>>> = {
  "who signs out everywhere":
    async ({ visitor }) =>
    () =>
      press(visitor, "sign-out"),
  "a change of the e-mail":
    async ({ world, visitor, phone }) =>
    () =>
      changed(world, visitor, phone, "email"),
  "a deletion that is asked for": async ({ world, visitor, phone }) => {
    const page = await visitor.submit(await visitor.open("/account/deletion/confirm"), "confirm");
    return () => confirmBy(world, visitor, page, phone);
  },
  "a recovery": async ({ world, visitor, phone }) => {
    const [code = ""] = await made(world, visitor, phone);
    return async () => {
      const { visitor: finder, page } = await atCode(world, ALICE);
      return finder.submit(page, "next", { code });
    };
  },
};

describe("a session that a request in flight saves once more, when it has been ended", () => {
  test.each(Object.entries(WAYS))("is ended again by %s", async (_, way) => {
    await using on = await raced();
    const end = await way(on);
    expect((await on.other.open("/account")).title).toContain("Your E-num account");
    await on.inFlight();
    await end();
    expect(on.saved()).toBeGreaterThan(0);
    expect((await on.other.open("/account")).title).toContain("Sign in");
  });
});

import { describe, expect, inject, test } from "vitest";
import { SECOND } from "../../src/clock.ts";
import { freshDatabase } from "../support/databases.ts";
import { countHmacs } from "../support/hmacs.ts";
import { listening } from "../support/listening.ts";
import { PAYMENT } from "../support/payment.ts";
import { ALICE } from "../support/sign-in.ts";
import { type AskedBySite, askOnPhone, pollTokens, TILL } from "../support/till.ts";
import { createWorld, type World } from "../support/world.ts";

const OPERATION = { authorization_details: JSON.stringify([PAYMENT]) };

/** What a site can see of an answer: what is drawn by chance is as long as any other. */
const shape = ({ status, body }: AskedBySite) => [
  status,
  Object.entries(body).map(([name, value]) => [
    name,
    /^(auth_req_id|enum_challenge)$/.test(name) ? String(value).length : value,
  ]),
];

/** Asks, looks, asks again, looks at both, asks for an operation and for a scope, until it is too much. */
async function course(world: World, hint: string, entry = TILL) {
  const answers: AskedBySite[] = [];
  const ask = async (more: Record<string, string> = {}) => {
    const asked = await askOnPhone(world, { login_hint: hint, ...more }, entry);
    answers.push(asked);
    return asked;
  };
  const look = async (asked: AskedBySite) => {
    world.pass(5 * SECOND);
    answers.push(await pollTokens(world, asked, entry));
  };
  const first = await ask();
  await look(first);
  const second = await ask({ binding_message: "Касса 3" });
  await look(first);
  await look(second);
  await look(await ask(OPERATION));
  for (let count = 0; count < 8; count += 1) await ask({ scope: "openid wmid" });
  return answers.map(shape);
}

describe("whom a site asks cannot be told", () => {
  test.each([
    ["nobody@example.com", true],
    ["carol@example.com", true],
    ["bob@example.com", false],
    ["+15550001111", false],
    ["309999999999", true],
    ["somebody", true],
  ])(
    "%s costs the same statements, HMACs, statuses and bytes as alice (first party: %s)",
    async (hint, first_party) => {
      const entry = { ...TILL, first_party, scope: "openid wmid" };
      const fresh = await freshDatabase(inject("engine"), { holds: "people" });
      const { database, sent } = listening(fresh.database);
      await using world = await createWorld({ clients: [entry], database: { ...fresh, database } });
      const courses = [];
      using hmacs = countHmacs();
      const [alice] = await database.rows<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
      const own = { "+": "+15555550101", "3": "301234567890", s: alice?.id }[hint.charAt(0)] ?? ALICE;
      for (const each of [own, hint]) {
        sent.length = 0;
        hmacs.taken();
        courses.push({ answers: await course(world, each, entry), statements: [...sent], hmacs: hmacs.taken() });
      }
      expect(courses[1]).toEqual(courses[0]);
    },
  );

  test.each([ALICE, "nobody@example.com"])("%s is one person, however it is written", async (hint) => {
    await using world = await createWorld({ clients: [TILL] });
    const former = await askOnPhone(world, { login_hint: hint });
    await askOnPhone(world, { login_hint: hint.toUpperCase() });
    expect((await pollTokens(world, former)).body).toMatchObject({ error: "access_denied" });
  });

  test.each(["\0", `${ALICE}\0`, "\u{1F600}", "a b", "x".repeat(3000)])("%j is nobody", async (login_hint) => {
    await using world = await createWorld({ clients: [TILL] });
    expect((await askOnPhone(world, { login_hint })).status).toBe(200);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { parseChallenge, parseResponse } from "../../src/e-num/challenge.ts";
import { webPhone as ru } from "../../src/locale/ru/web-phone.ts";
import type { Problem } from "../../src/phone/device-client.ts";
import type { Account } from "../../src/phone/web/account.ts";
import { deliver } from "../../src/phone/web/delivering.ts";
import { problemText } from "../../src/phone/web/problems.ts";
import type { Asked, Source } from "../../src/phone/web/screen.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { accountOf, appOf, openRequest, proven } from "./web-app.ts";

const challenge = parsedValue(parseChallenge("48219370"));
const response = parsedValue(parseResponse("6754654"));

let alice: Account;
beforeAll(async () => {
  alice = await accountOf("alice@example.com");
});

const known: Source = { at: "listed", request: openRequest() };
const stranger: Source = {
  at: "listed",
  request: openRequest({ origin: { ip: "", user_agent: "", known: false } }),
};
const { origin: _, ...fromNoBrowser } = openRequest();
const site: Source = { at: "listed", request: fromNoBrowser };
const unlisted: Source = { at: "unlisted", id: "rq-9" };

const askedOf = (source: Source | undefined): Asked => ({
  device: alice.device.id,
  challenge,
  statement: { mode: "login" },
  ...(source === undefined ? {} : { source }),
});

/** What becomes of an answer to which the provider says this; and to which request it went. */
async function delivered(source: Source | undefined, problem?: Problem) {
  const sent: string[] = [];
  const { app } = await appOf([alice], {
    client: {
      async answer(_, id, given) {
        expect(given).toMatchObject({ challenge, response });
        sent.push(id);
        return problem ?? proven(undefined);
      },
    },
  });
  return { screen: await deliver(app, alice, askedOf(source), response), sent, app };
}

const refusal = (code: string, more: Partial<Problem> = {}): Problem => ({ ok: false, code, ...more });

describe("a response", () => {
  test("is sent to the request of a browser that the account knows, and to no other", async () => {
    const { screen, sent } = await delivered(known);
    expect(screen).toEqual({ name: "sent", device: alice.device.id, bySite: false });
    expect(sent).toEqual(["rq-7"]);
  });

  test("is sent to a site that asks by itself, and again where it may not have arrived: no page waits for it", async () => {
    expect((await delivered(site)).screen).toEqual({ name: "sent", device: alice.device.id, bySite: true });
    for (const code of ["no-answer", "unavailable", "not-understood"]) {
      const { screen, app } = await delivered(site, refusal(code));
      expect(screen).toMatchObject({ name: "agree", asked: { source: site } });
      expect(screen).toHaveProperty("problem", problemText(refusal(code), app.words));
    }
  });

  test.each<[string, Source | undefined]>([
    ["typed without a request", undefined],
    ["for a browser that never signed in", stranger],
    ["without a network", { at: "offline" }],
    ["for a code that names no request", { at: "unnamed" }],
  ])("%s is shown to be typed, and nothing is sent", async (_, source) => {
    const { screen, sent } = await delivered(source);
    expect(screen).toMatchObject({ name: "answer", response });
    expect(sent).toEqual([]);
  });

  test("for a request that is not listed is shown only after the provider has said whose it is", async () => {
    const own = await delivered(unlisted, refusal("typed-only"));
    expect([own.screen, own.sent]).toEqual([expect.objectContaining({ name: "answer", response }), ["rq-9"]]);
    const foreign = await delivered(unlisted, refusal("not-found"));
    expect(foreign.screen).toMatchObject({
      name: "warning",
      body: foreign.app.words.requests.warning["other-account"](alice.identifier),
    });
  });

  test.each(["no-answer", "unavailable", "not-understood"])(
    "that may not have arrived (%s) is shown: typed it is the same answer",
    async (code) => {
      expect((await delivered(known, refusal(code))).screen).toMatchObject({ name: "answer", response });
    },
  );

  test("of a device that was removed erases the account, and the screen that says so stays", async () => {
    const { screen, app } = await delivered(known, refusal("device-revoked"));
    expect(screen).toBeUndefined();
    expect(app.accounts).toEqual([]);
    expect(app.screen).toMatchObject({ name: "told", heading: app.words.revoked.heading });
  });
});

describe("every verdict of the provider has its words", () => {
  test("a wrong answer leads back to where it is given again, with the tries that are left", async () => {
    const number = await delivered(known, refusal("wrong-challenge", { triesLeft: 2 }));
    expect(number.screen).toMatchObject({ name: "request", opened: { request: { id: "rq-7" } } });
    expect(number.screen).toHaveProperty("problem", expect.stringMatching(/check number.*2 tries left/));
    const pin = await delivered(known, refusal("wrong-response", { triesLeft: 1 }));
    expect(pin.screen).toMatchObject({ name: "agree", asked: { source: known } });
    expect(pin.screen).toHaveProperty("problem", expect.stringMatching(/PIN.*1 try left/));
  });

  test.each(["already-used", "expired", "exhausted", "declined", "not-found"] as const)("%s", async (code) => {
    const { screen, app } = await delivered(known, refusal(code));
    expect(screen).toEqual({ name: "told", ...app.words.requests.ended[code] });
    expect(ru.requests.ended[code].heading).not.toBe(app.words.requests.ended[code].heading);
  });

  test.each([
    ["locked", 900, "15 minutes"],
    ["too-many", 25, "a minute"],
  ])("%s says how long", async (code, retryAfter, time) => {
    const { screen, app } = await delivered(known, refusal(code, { retryAfter }));
    expect(screen).toMatchObject({ name: "told", heading: app.words.requests.unconfirmed });
    expect(screen).toHaveProperty("body", expect.stringContaining(time));
  });

  test("one that is not known yet says that nothing was confirmed", async () => {
    const { screen, app } = await delivered(known, refusal("some-day"));
    expect(screen).toMatchObject({ name: "told", body: app.words.errors.problems.other });
  });
});

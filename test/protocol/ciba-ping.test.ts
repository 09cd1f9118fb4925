import { afterEach, describe, expect, test, vi } from "vitest";
import { claimDue } from "../../src/ciba/store.ts";
import { MINUTE, SECOND } from "../../src/clock.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { type LogoutListener, logoutListener } from "../support/logout-listener.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { askOnPhone, pollTokens, TILL } from "../support/till.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const ENDPOINT = "https://till.example/asked";
const TOKEN = "8d67dc78-7faa-4d41-aabd-67707b374255";
const PINGED: ClientEntry = {
  ...TILL,
  backchannel_token_delivery_mode: "ping",
  backchannel_client_notification_endpoint: ENDPOINT,
};
const CLIENTS = { clients: [PINGED, SHOP] };

interface Call {
  authorization: string | null;
  body: unknown;
}

/** What is sent to the till's https address goes to a server that really listens, or does not. */
function sentTo(listener: Pick<LogoutListener, "uri">): Call[] {
  const calls: Call[] = [];
  const real = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    if (String(input) !== ENDPOINT) return real(input, init);
    calls.push({
      authorization: new Headers(init?.headers).get("authorization"),
      body: JSON.parse(String(init?.body)),
    });
    return real(listener.uri, init);
  });
  return calls;
}

afterEach(() => {
  vi.restoreAllMocks();
});

async function askAndAnswer(world: World) {
  const asked = await askOnPhone(world, { client_notification_token: TOKEN }, PINGED);
  const phone = await onlinePhone(world);
  const { requests } = await phone.requests();
  return { asked, answer: () => phone.answer(requests[0]?.id ?? "", asked.body.enum_challenge) };
}

describe("OpenID Connect CIBA Core 10.2: ping", () => {
  test("is sent after the answer, with the site's own token and the request's name, and once", async () => {
    await using world = await createWorld(CLIENTS);
    await using listener = await logoutListener(204);
    const calls = sentTo(listener);
    const { asked, answer } = await askAndAnswer(world);
    await world.drain();
    expect(calls).toEqual([]);
    await answer();
    await world.drain();
    await world.drain();
    expect(calls).toEqual([{ authorization: `Bearer ${TOKEN}`, body: { auth_req_id: asked.body.auth_req_id } }]);
    expect((await pollTokens(world, asked, PINGED)).status).toBe(200);
  });

  test("is sent of a request that was declined as well", async () => {
    await using world = await createWorld(CLIENTS);
    await using listener = await logoutListener(200);
    const calls = sentTo(listener);
    await askOnPhone(world, { client_notification_token: TOKEN }, PINGED);
    const phone = await onlinePhone(world);
    const [request] = (await phone.requests()).requests;
    await phone.decline(request?.id ?? "", "changed_mind");
    await world.drain();
    expect(calls).toHaveLength(1);
  });

  test("needs a token of the site's", async () => {
    await using world = await createWorld(CLIENTS);
    expect((await askOnPhone(world, {}, PINGED)).body).toMatchObject({ error: "invalid_request" });
  });

  test("to a site that is down, lies, or sends on elsewhere is sent again, five times at most, and no log has a secret", async () => {
    await using world = await createWorld(CLIENTS);
    await using listener = await logoutListener(503, 302, 418, 500);
    const calls = sentTo(listener);
    const { asked, answer } = await askAndAnswer(world);
    await answer();
    for (const pause of [0, 2, 10, 30, 60, 60]) {
      world.pass(pause * SECOND);
      await world.drain();
    }
    expect(calls).toHaveLength(5);
    const log = world.log.join("\n");
    expect(log).toContain("a site was not told that its person has answered: given up");
    expect(log).not.toContain(TOKEN);
    expect(log).not.toContain(asked.body.auth_req_id);
    // Nothing is lost by it: the site asks by itself.
    expect((await pollTokens(world, asked, PINGED)).status).toBe(200);
  });

  test("to a site that is slow is given up in time, and holds up neither the phone nor the token", async () => {
    await using world = await createWorld(CLIENTS);
    await using slow = await logoutListener(204);
    slow.hang();
    const calls = sentTo(slow);
    const { asked, answer } = await askAndAnswer(world);
    expect((await answer()).status).toBe(200);
    const telling = world.drain();
    expect((await pollTokens(world, asked, PINGED)).status).toBe(200);
    await telling;
    expect(calls).toHaveLength(1);
    expect(world.log.join("\n")).toContain("a site was not told that its person has answered, and is told again");
  });

  test("of sixteen nodes that look at once one sends it", async () => {
    await using world = await createWorld(CLIENTS);
    const { answer } = await askAndAnswer(world);
    await answer();
    const look = () => claimDue(world.database, world.now(), world.now() + MINUTE, 10);
    const taken = await Promise.all(Array.from({ length: 16 }, look));
    expect(taken.flat()).toHaveLength(1);
  });

  test("to a site that cannot be reached is sent again as soon as it can", async () => {
    await using world = await createWorld(CLIENTS);
    const gone = await logoutListener(204);
    await gone[Symbol.asyncDispose]();
    const where = { uri: gone.uri };
    const calls = sentTo(where);
    const { answer } = await askAndAnswer(world);
    await answer();
    await world.drain();
    await using listener = await logoutListener(204);
    where.uri = listener.uri;
    world.pass(2 * SECOND);
    await world.drain();
    world.pass(MINUTE);
    await world.drain();
    expect(calls).toHaveLength(2);
  });
});

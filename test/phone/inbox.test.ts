import { beforeAll, describe, expect, test } from "vitest";
import type { OpenRequest, OpenRequests } from "../../src/phone/answers.ts";
import type { Answer, DeviceClient, Proven } from "../../src/phone/device-client.ts";
import type { Account } from "../../src/phone/web/account.ts";
import { heardOf } from "../../src/phone/web/heard.ts";
import { type Came, createInbox } from "../../src/phone/web/inbox.ts";
import { waitingFor } from "../../src/phone/web/screens/home.ts";
import { accountOf, appOf, fakeClock, openRequest, proven } from "./web-app.ts";

let alice: Account;
let bob: Account;
beforeAll(async () => {
  [alice, bob] = [await accountOf("alice@example.com"), await accountOf("bob@example.com")];
});

type Listed = Answer<Proven<OpenRequests>>;

/** Calls of the client, each of which waits until the test answers it. */
async function following(accounts: readonly Account[]) {
  const clock = fakeClock();
  const looks = new EventTarget();
  const document = Object.assign(looks, { hidden: false });
  const window = new EventTarget();
  const calls: {
    device: string;
    after: string | undefined;
    aborted: () => boolean;
    answer: (listed: Listed) => Promise<void>;
  }[] = [];
  const requests: DeviceClient["requests"] = ({ deviceId: device }, { after, signal } = {}) =>
    new Promise((resolve) => {
      const answer = async (listed: Listed) => {
        resolve(listed);
        await clock.pass(0);
      };
      signal?.addEventListener("abort", () => resolve({ ok: false, code: "no-answer" }));
      calls.push({ device, after, aborted: () => signal?.aborted === true, answer });
    });
  const inbox = createInbox({ document, window, clock });
  const { app } = await appOf(accounts, { client: { requests }, clock, inbox });
  const heard: (readonly Came[])[] = [];
  const { drawn } = inbox.follow(app, (came) => {
    heard.push(came);
    heardOf(app, came);
  });
  const last = () => {
    const call = calls.at(-1);
    if (call === undefined) throw new Error("nothing was asked");
    return call;
  };
  return { app, clock, document, window, calls, heard, inbox, drawn, last };
}

const list = (cursor: string, ...requests: OpenRequest[]): Listed => proven({ requests, cursor });
const away: Listed = { ok: false, code: "no-answer" };

describe("the list of requests", () => {
  test("is asked for at once, then held open by its cursor, and told when it is another", async () => {
    const { calls, heard, inbox, last, app } = await following([alice]);
    expect(last().after).toBeUndefined();
    await last().answer(list("one", openRequest()));
    expect(inbox.listed(alice.device.id)).toEqual([openRequest()]);
    expect(app.said).toContain("Book shop");
    // Held for its time: the same list again is no news.
    await last().answer(list("one", openRequest()));
    expect(calls.map(({ after }) => after)).toEqual([undefined, "one", "one"]);
    const came = { device: alice.device.id, request: openRequest() };
    expect(heard).toEqual([[came]]);
    await last().answer(list("two"));
    expect(heard).toEqual([[came], []]);
  });

  test("is asked for less and less often while the provider does not answer, a minute apart at most", async () => {
    const { calls, clock, last } = await following([alice]);
    const pauses: number[] = [];
    for (let time = 0; time < 9; time += 1) {
      const before = calls.length;
      await last().answer(away);
      let waited = 0;
      while (calls.length === before) {
        await clock.pass(1000);
        waited += 1000;
      }
      pauses.push(waited / 1000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    await last().answer(list("one"));
    await last().answer({ ok: false, code: "too-many", retryAfter: 25 });
    const before = calls.length;
    await clock.pass(24_000);
    expect(calls).toHaveLength(before);
    await clock.pass(1000);
    expect(calls).toHaveLength(before + 1);
  });

  test("that is old is not shown while the provider cannot be reached; a network asks again at once", async () => {
    const { calls, inbox, last, window, clock } = await following([alice]);
    await last().answer(list("one", openRequest()));
    await last().answer(away);
    expect(inbox.listed(alice.device.id)).toBeUndefined();
    const before = calls.length;
    window.dispatchEvent(new Event("online"));
    await clock.pass(0);
    expect(calls).toHaveLength(before + 1);
  });

  test("is let go while nobody looks, and when it was held for far too long", async () => {
    const { calls, last, document, clock } = await following([alice]);
    const held = last();
    document.hidden = true;
    document.dispatchEvent(new Event("visibilitychange"));
    expect(held.aborted()).toBe(true);
    await clock.pass(120_000);
    expect(calls).toHaveLength(1);
    document.hidden = false;
    document.dispatchEvent(new Event("visibilitychange"));
    await clock.pass(0);
    expect(calls).toHaveLength(2);
    await clock.pass(45_000);
    expect(last().aborted()).toBe(true);
    await clock.pass(1000);
    expect(calls).toHaveLength(3);
  });

  test("is that of every account, each by itself, and says whose a request is", async () => {
    const { calls, app, inbox, heard, clock } = await following([alice, bob]);
    expect(calls.map(({ device }) => device)).toEqual([alice.device.id, bob.device.id]);
    await calls[0]?.answer(list("one", openRequest({ created_at: "2026-11-23T14:20:00Z" })));
    expect(app.said).toContain(alice.identifier);
    const later = openRequest({ id: "rq-8", created_at: "2026-11-23T14:21:00Z" });
    await calls[1]?.answer(list("two", later));
    expect(app.said).toContain(bob.identifier);
    expect(heard.flat().map(({ device }) => device)).toEqual([alice.device.id, bob.device.id]);
    expect(waitingFor(app).map(({ account, request }) => [account.identifier, request.id])).toEqual([
      [bob.identifier, "rq-8"],
      [alice.identifier, "rq-7"],
    ]);
    // Each is held open by its own cursor; what goes from one list is still said of the other.
    expect(calls.slice(2).map(({ device, after }) => [device, after])).toEqual([
      [alice.device.id, "one"],
      [bob.device.id, "two"],
    ]);
    await calls[2]?.answer(list("three"));
    expect(app.said).toContain(bob.identifier);
    await calls[3]?.answer(away);
    expect([app.said, inbox.listed(bob.device.id)]).toEqual(["", undefined]);
    await clock.pass(0);
    expect(inbox.listed(alice.device.id)).toEqual([]);
  });

  test("of a provider whose clock is ahead is sorted by this phone's", async () => {
    const { calls, app } = await following([alice, { ...bob, clockOffset: 3600 }]);
    await calls[0]?.answer(list("one", openRequest({ created_at: "2026-11-23T14:20:00Z" })));
    const ahead = openRequest({ id: "rq-8", created_at: "2026-11-23T15:19:00Z" });
    await calls[1]?.answer(proven({ requests: [ahead], cursor: "two" }, 3600));
    expect(waitingFor(app).map(({ request }) => request.id)).toEqual(["rq-7", "rq-8"]);
  });

  test("of an account that has gone goes with it, and one that is not active is not asked for", async () => {
    const { calls, app, drawn, inbox, clock } = await following([alice, bob]);
    await calls[0]?.answer(list("one", openRequest()));
    const held = calls.at(-1);
    await app.ports.vault.change(bob.device.id, (account) => ({ ...account, pending: true }));
    await app.reload();
    drawn();
    expect([calls[1]?.aborted(), held?.aborted()]).toEqual([true, false]);
    await app.ports.vault.remove(alice.device.id);
    await app.reload();
    drawn();
    await clock.pass(60_000);
    expect([held?.aborted(), inbox.listed(alice.device.id), calls.length]).toEqual([true, undefined, 3]);
    // The first response was right meanwhile.
    await app.ports.vault.change(bob.device.id, (account) => ({ ...account, pending: false }));
    await app.reload();
    drawn();
    expect(calls.at(-1)).toMatchObject({ device: bob.device.id, after: undefined });
  });

  test("is held for three accounts of one provider, and looked at now and then for more: a browser has few connections", async () => {
    const others = ["one", "two", "three"].map((name) => ({ ...bob, device: { id: name, name } }));
    const elsewhere = { ...bob, issuer: "https://id.example.net", device: { id: "elsewhere", name: "elsewhere" } };
    const { calls, app, drawn, clock } = await following([alice, ...others, elsewhere]);
    expect(calls).toHaveLength(5);
    for (const call of [...calls]) await call.answer(list("one"));
    const held = () =>
      calls.filter(({ aborted, after }) => after !== undefined && !aborted()).map(({ device }) => device);
    expect(held()).toEqual([alice.device.id, "one", "two", "elsewhere"]);
    await clock.pass(24_999);
    expect(calls).toHaveLength(9);
    await clock.pass(1);
    expect(calls.at(-1)).toMatchObject({ device: "three", after: undefined });
    // Chosen to answer, it is held in the place of the last.
    const [, , third] = others;
    await app.choose(third ?? elsewhere);
    drawn();
    await clock.pass(0);
    expect(held().toSorted()).toEqual([alice.device.id, "elsewhere", "one", "three"].toSorted());
  });

  test("has another one while an answer that is sent is on the screen, and tells of it on the first", async () => {
    const { app, last } = await following([alice]);
    await last().answer(list("one"));
    app.go({ name: "sent", device: alice.device.id, bySite: false });
    await last().answer(list("two", openRequest()));
    expect(app.screen.name).toBe("home");
    expect(app.said).toBe(app.words.requests.inbox.came(openRequest().client.name));
  });

  test("without the request that is open on the screen says that it is over, and without a network says nothing", async () => {
    const { app, last, clock } = await following([alice]);
    await last().answer(list("one", openRequest()));
    const opened = { statement: { mode: "login" }, request: openRequest() } as const;
    app.go({ name: "request", device: alice.device.id, opened });
    await last().answer(list("two", openRequest(), openRequest({ id: "rq-8" })));
    expect(app.screen.name).toBe("request");
    await last().answer(away);
    expect(app.screen.name).toBe("request");
    await clock.pass(1000);
    await last().answer(list("three", openRequest({ id: "rq-8" })));
    expect(app.screen).toMatchObject({ name: "told", ...app.words.requests.inbox.over });
  });
});

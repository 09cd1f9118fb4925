import { beforeAll, describe, expect, test } from "vitest";
import { messagesFor } from "../../src/locale/locale.ts";
import type { Account } from "../../src/phone/web/account.ts";
import { leadOn, movedNow } from "../../src/phone/web/moved.ts";
import { open } from "../../src/phone/web/opened.ts";
import { wordsOf } from "../../src/phone/web/words.ts";
import { accountOf, appOf } from "./web-app.ts";

const NOW = "https://phone.example.org/phone";
const LINK = "enum:a?i=https%3A%2F%2Fid.example.org&u=bob%40example.org&c=K7QF29XWTA";

let alice: Account;
beforeAll(async () => {
  alice = await accountOf("alice@example.org");
});

/** What an origin that was left does with whoever opens it. */
async function opened(
  accounts: readonly Account[],
  unregister: () => Promise<boolean> = async () => true,
  now: string | undefined = NOW,
) {
  const went: string[] = [];
  const asked: unknown[] = [];
  const led = await leadOn({
    movedNow: async () => (now === "" ? undefined : now),
    vault: { accounts: async () => accounts },
    workers: {
      getRegistration: async (page) => {
        asked.push(page);
        return { unregister };
      },
    },
    location: { hash: `#${LINK}`, replace: (to) => void went.push(String(to)) },
  });
  return { led, went, asked };
}

describe("an address that the client has left", () => {
  test("keeps whoever has an account there", async () => {
    expect(await opened([alice])).toEqual({ led: false, went: [], asked: [] });
  });

  test("leads everybody else on with what the link says, and lets its worker go", async () => {
    expect(await opened([])).toEqual({ led: true, went: [`${NOW}#${LINK}`], asked: ["/phone"] });
  });

  test("leads to where the server says that the client is, and nowhere where it says nothing of the kind or nothing", async () => {
    const to = "https://third.example.org/phone";
    expect(await opened([], undefined, to)).toMatchObject({ led: true, went: [`${to}#${LINK}`] });
    expect(await opened([], undefined, "")).toEqual({ led: false, went: [], asked: [] });
  });

  test("leads them on as well where the browser does not let the worker go", async () => {
    const refused = async () => {
      throw new Error("not now");
    };
    expect(await opened([], refused)).toMatchObject({ led: true, went: [`${NOW}#${LINK}`] });
  });
});

describe("an activation code at such an address", () => {
  const at = async (movedTo: string | undefined, now = movedTo, link = LINK) => {
    const left: string[] = [];
    const page = {
      cameFromPage: () => false,
      backToPage: () => undefined,
      leaveFor: (to: string) => void left.push(to),
    };
    const { app } = await appOf([alice], {
      client: {},
      page,
      movedTo,
      movedNow: async () => (now === "" ? undefined : now),
    });
    open(app, link);
    await expect.poll(() => left.length > 0 || app.screen.name === "connect").toBe(true);
    return { left, screen: app.screen.name };
  };

  test("goes on to the new one, and connects nothing here", async () => {
    expect(await at(NOW)).toEqual({ left: [`${NOW}#${LINK}`], screen: "home" });
  });

  test("goes on to the new one also for the account that is here: so one changes over", async () => {
    const { issuer, identifier } = alice;
    const own = `enum:a?i=${encodeURIComponent(issuer)}&u=${encodeURIComponent(identifier)}&c=K7QF29XWTA`;
    expect(await at(NOW, NOW, own)).toEqual({ left: [`${NOW}#${own}`], screen: "home" });
  });

  test("is taken here where the server says, past the page that a browser has kept, that the client is here again", async () => {
    expect(await at(NOW, "")).toEqual({ left: [], screen: "connect" });
  });

  test("is taken by a client that has not moved", async () => {
    expect(await at(undefined)).toEqual({ left: [], screen: "connect" });
  });
});

describe("where the client is now", () => {
  const parse = (text: string): Document =>
    Object.assign(Object.create(null), { querySelector: () => (text === "" ? null : { getAttribute: () => text }) });
  const asked: unknown[] = [];
  const by = (answer: () => Promise<Response>) =>
    movedNow({
      parse,
      fetch: (...request) => {
        asked.push(request);
        return answer();
      },
    });

  test("is asked of the server, past what is kept", async () => {
    expect(await by(async () => new Response(NOW))).toBe(NOW);
    expect(asked).toEqual([["/phone", { cache: "no-store", redirect: "error", signal: expect.any(AbortSignal) }]]);
  });

  test("is nowhere else where the page says nothing, is not there, or no network is", async () => {
    expect(await by(async () => new Response(""))).toBeUndefined();
    expect(await by(async () => new Response(NOW, { status: 404 }))).toBeUndefined();
    expect(await by(() => Promise.reject(new TypeError("no network")))).toBeUndefined();
  });
});

test.each(["en", "ru"] as const)("the way to the new one names the page's button as the page does, in %s", (locale) => {
  expect(wordsOf(locale).moved.connect).toContain(`*${messagesFor(locale).device.add}*`);
});

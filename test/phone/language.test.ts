import { expect, test } from "vitest";
import type { Account } from "../../src/phone/web/account.ts";
import { chosenLanguage } from "../../src/phone/web/languages.ts";
import { refresh } from "../../src/phone/web/provider.ts";
import { accountOf, appOf, proven } from "./web-app.ts";

/** A client with two accounts; the provider says what was chosen for each. */
async function clientOf(languages: Readonly<Record<string, string>>) {
  const [alice, bob] = [await accountOf("alice@example.com"), await accountOf("bob@example.com")];
  const { app } = await appOf([alice, bob], {
    client: {
      state: async ({ deviceId, issuer }) => {
        const language = languages[deviceId === alice.device.id ? "alice" : "bob"];
        return proven({
          device: { id: deviceId, name: "Phone", status: "active" as const },
          account: { email_hint: "a•••@example.com", ...(language === undefined ? {} : { language }) },
          issuer,
          statement_keys: { keys: [] },
        });
      },
    },
  });
  const look = async (account: Account) => {
    await refresh(app, account);
    return app.language;
  };
  return { app, alice, bob, look };
}

test("the client speaks the language that was chosen for the account, and begins in it the next time", async () => {
  const { app, alice, look } = await clientOf({ alice: "ru" });
  expect(await look(alice)).toBe("ru");
  expect(await chosenLanguage(app.ports.vault)).toBe("ru");
});

test("of two accounts it follows the one that answers", async () => {
  const { alice, bob, look } = await clientOf({ alice: "en", bob: "ru" });
  expect(await look(bob)).toBe("en");
  expect(await look(alice)).toBe("en");
});

test("what was chosen in the client goes before it, now and the next time", async () => {
  const { app, alice, look } = await clientOf({ alice: "ru" });
  await app.speak("en");
  expect(await look(alice)).toBe("en");
  expect(await chosenLanguage(app.ports.vault)).toBe("en");
});

test.each([undefined, "xx", ""])("a provider that says %j changes nothing", async (said) => {
  const { app, alice, look } = await clientOf(said === undefined ? {} : { alice: said });
  expect(await look(alice)).toBe("en");
  expect(await chosenLanguage(app.ports.vault)).toBeUndefined();
});

import { beforeAll, describe, expect, test } from "vitest";
import type { Account } from "../../src/phone/web/account.ts";
import { refresh } from "../../src/phone/web/provider.ts";
import type { Screen } from "../../src/phone/web/screen.ts";
import { accountOf, appOf } from "./web-app.ts";

let alice: Account;
let bob: Account;
beforeAll(async () => {
  [alice, bob] = [await accountOf("alice@example.com"), await accountOf("bob@example.com")];
});

/** The provider says that alice's device is revoked, once a person has done `meanwhile`. */
async function revoked(meanwhile: (app: Awaited<ReturnType<typeof appOf>>["app"]) => Promise<void> | void) {
  const { app } = await appOf([alice, bob], {
    client: {
      state: async () => {
        await meanwhile(app);
        return { ok: false, code: "device-revoked" };
      },
    },
  });
  await refresh(app, alice);
  return app;
}

describe("a device that the provider has revoked", () => {
  test("is erased with its account, and the person is told why", async () => {
    const app = await revoked((here) => here.go({ name: "unlink", device: alice.device.id }));
    expect(app.accounts.map(({ identifier }) => identifier)).toEqual(["bob@example.com"]);
    expect(app.screen).toMatchObject({ name: "told", heading: app.words.revoked.heading });
  });

  test("is erased in silence while another account's answer is on its way", async () => {
    const other: Screen = { name: "number", mode: "login", device: bob.device.id };
    const app = await revoked((here) => here.go(other));
    expect(app.accounts).toHaveLength(1);
    expect(app.screen).toEqual(other);
  });

  test("by the person's own hand, while a call of it was held, is what the person was told, and no more", async () => {
    const done: Screen = { name: "told", heading: "This device is removed", body: "" };
    const app = await revoked(async (here) => {
      await here.ports.vault.remove(alice.device.id);
      await here.reload();
      here.go(done);
    });
    expect(app.screen).toEqual(done);
    // Nor when the first screen is there again.
    const back = await revoked(async (here) => {
      await here.ports.vault.remove(alice.device.id);
      await here.reload();
      here.home();
    });
    expect(back.screen.name).toBe("home");
  });
});

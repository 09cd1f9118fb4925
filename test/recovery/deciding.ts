import { randomBytes } from "node:crypto";
import { createAccounts } from "../../src/account/account.ts";
import { createAudit } from "../../src/audit/audit.ts";
import { operatorNotices } from "../../src/cli/notices.ts";
import { connectedSince, holdDevices } from "../../src/device/store.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createThrottle } from "../../src/limits/throttle.ts";
import { createRecoveryDemand } from "../../src/policy/recovering.ts";
import { createDeciding, type Deciding } from "../../src/recovery/deciding.ts";
import { createWaits } from "../../src/recovery/waits.ts";
import { createDigester } from "../../src/secrecy.ts";
import type { Page, Visitor } from "../support/visitor.ts";
import type { World } from "../support/world.ts";

/** The operator, in another process than the server: with the same database and keys, and nothing else of it. */
export async function operatorOf({ database, sealer, issuer }: World): Promise<Deciding> {
  const random = { bytes: (length: number) => randomBytes(length) };
  const kernel = { database, clock: () => Date.now(), random };
  const digest = createDigester((await loadKeys({ ...kernel, sealer })).digest);
  const notices = operatorNotices({ ...kernel, sealer, digest }, { issuer });
  const shared = { ...kernel, digest, notices, accounts: createAccounts(kernel), audit: createAudit(kernel) };
  const waits = createWaits({
    ...shared,
    throttle: createThrottle(kernel),
    demand: createRecoveryDemand(kernel),
    connectedSince,
    stopAddress: (key) => `${issuer}/stop/${key}`,
    onAway: () => undefined,
  });
  return createDeciding({ ...shared, waits, hold: holdDevices });
}

export const WORD = { operator: "ann", why: "Passport seen in the office" };

/** The page that shows number and code. */
export async function opened(visitor: Visitor, identifier: string): Promise<Page> {
  return visitor.submit(await visitor.open("/recovery/case/start"), "next", { identifier });
}

export function shownOn(page: Page): { reference: string; code: string } {
  const [reference = "", code = ""] = page.html.querySelectorAll("dd").map(({ text }) => text);
  return { reference, code };
}

export async function looked(visitor: Visitor, typed: { reference: string; code: string }): Promise<Page> {
  return visitor.submit(await visitor.open("/recovery/case"), "next", typed);
}

import Router from "@koa/router";
import type { Account, Accounts } from "../account/account.ts";
import { emailHint } from "../account/identifier.ts";
import type { Audit } from "../audit/audit.ts";
import type { Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { Fault } from "../errors.ts";
import type { Device } from "./device.ts";
import type { ProveDevice } from "./proof.ts";
import type { RevokeDevice } from "./revocation.ts";

export interface DeviceApiPorts {
  database: Database;
  accounts: Accounts;
  audit: Audit;
  prove: ProveDevice;
  revoke: RevokeDevice;
  /** Lets browsers that the account does not know try again for a while; until when. */
  admit(sql: Sql, accountId: string): Promise<Millis>;
  /** Whether this device's own answers are stopped for a time. */
  isLocked(sql: Sql, deviceId: string): Promise<boolean>;
  issuer: string;
  /** The public keys by which a phone checks signed statements (PROTOCOL 10). */
  statementKeys(): { keys: readonly object[] };
  /** The key that a phone binds its push subscription to (RFC 8292); undefined where no phone is woken. */
  pushKey: string | undefined;
}

/** What the phone is, its end, and the admission of unknown browsers (PROTOCOL 6 and 11). */
export function createDeviceApi(ports: DeviceApiPorts): Router {
  const router = new Router({ prefix: "/device/v1" });
  router.get("/", async (context) => {
    const device = await ports.prove(context, { pendingToo: true });
    const account = await ports.accounts.byId(ports.database, device.accountId);
    if (account === undefined) throw new Fault("device-revoked");
    // A lock passes by itself, so that it is nowhere but in the counter.
    const locked = device.status === "active" && (await ports.isLocked(ports.database, device.id));
    context.body = describe(ports, locked ? { ...device, status: "locked" } : device, account);
  });
  router.post("/admissions", async (context) => {
    const device = await ports.prove(context, { pendingToo: false });
    const until = await ports.database.transaction(async (sql) => {
      const admitted = await ports.admit(sql, device.accountId);
      const about = { accountId: device.accountId, deviceId: device.id };
      await ports.audit.append(sql, { ...about, type: "login.admitted", detail: { until: admitted, by: "device" } });
      return admitted;
    });
    context.status = 201;
    context.body = { until: new Date(until).toISOString() };
  });
  router.delete("/", async (context) => {
    const device = await ports.prove(context, { pendingToo: true });
    await ports.database.transaction((sql) => ports.revoke(sql, device, { by: "device" }));
    context.status = 204;
  });
  return router;
}

function describe(ports: DeviceApiPorts, device: Device, account: Account): object {
  const { id, name, status } = device;
  return {
    device: { id, name, status },
    account: { email_hint: emailHint(account.email), ...(account.localeChosen ? { language: account.locale } : {}) },
    issuer: ports.issuer,
    pad_version: device.padVersion,
    statement_keys: ports.statementKeys(),
    ...(ports.pushKey === undefined ? {} : { push_key: ports.pushKey }),
  };
}

import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Random } from "../random.ts";
import {
  BETWEEN,
  type ConfirmedOperation,
  isConfirmed,
  NAME_BYTES,
  type OwnOperation,
  operationId,
} from "./own-operation.ts";

/** What a person can demand beyond the policy; `login` is about one site. */
export interface Setting {
  demands: "no-sms" | "operation" | "login";
  clientId: string | undefined;
}

/** One that is on; its id is new each time that it is switched on. */
export interface StandingSetting extends Setting {
  id: string;
}

/** Where settings stand, which is the policy's business. */
export interface StandingSettings {
  of(sql: Sql, accountId: string): Promise<StandingSetting[]>;
  raise(sql: Sql, accountId: string, setting: Setting): Promise<boolean>;
  lift(sql: Sql, accountId: string, id: string): Promise<boolean>;
}

export interface Settings {
  /** At once; its owner is told, where it was not on before. */
  switchOn(accountId: string, setting: Setting): Promise<void>;
  /** The operation (PROTOCOL 9, `security_settings`) that is to be confirmed before the setting is switched off. */
  operationFor(setting: StandingSetting, locale: Locale): OwnOperation;
  /** Switches off what this operation names, if this account has confirmed exactly that; it may be asked any number of times. */
  switchOff(accountId: string, operationId: string): Promise<"off" | "unchanged">;
}

/** As its owner is told of it; `site` is a name. */
export interface ChangedSetting {
  demands: Setting["demands"];
  site: string | undefined;
  on: boolean;
}

export interface SettingsPorts {
  database: Database;
  clock: Clock;
  random: Random;
  standing: StandingSettings;
  audit: Audit;
  tell(sql: Sql, accountId: string, setting: ChangedSetting): Promise<void>;
  siteName(clientId: string): string;
  /** By our own client's `operation_id`. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** The type of the operation. */
  type: string;
}

export function createSettings(ports: SettingsPorts): Settings {
  const { database, standing } = ports;

  const operation = ({ demands, clientId = "" }: Setting, id: string, locale: Locale): OwnOperation => {
    const { settings, everySignIn, on, off } = messagesFor(locale).account;
    const name = ports.siteName(clientId);
    return {
      type: ports.type,
      operation_id: id,
      setting:
        demands === "login"
          ? // A longer name is shown by its `client_id`.
            everySignIn(Buffer.byteLength(name) > NAME_BYTES ? clientId : name)
          : settings[demands].name,
      from: on,
      to: off,
    };
  };

  const tell = (sql: Sql, accountId: string, { demands, clientId }: Setting, on: boolean): Promise<void> => {
    const site = clientId === undefined ? undefined : ports.siteName(clientId);
    return ports.tell(sql, accountId, { demands, site, on });
  };

  return {
    switchOn: (accountId, setting) =>
      database.transaction(async (sql) => {
        if (!(await standing.raise(sql, accountId, setting))) return;
        const { demands, clientId } = setting;
        await ports.audit.append(sql, { type: "account.setting-on", accountId, clientId, detail: { demands } });
        await tell(sql, accountId, setting, true);
      }),

    // It begins with the id of what it switches off, so that a confirmation is good for that one and no later one.
    operationFor: (setting, locale) => operation(setting, operationId(ports.random, setting.id), locale),

    switchOff: (accountId, confirmedId) =>
      database.transaction(async (sql) => {
        const confirmed = await ports.confirmed(sql, confirmedId);
        if (confirmed === undefined || confirmed.accountId !== accountId) return "unchanged";
        const [id] = confirmedId.split(BETWEEN);
        const setting = (await standing.of(sql, accountId)).find((one) => one.id === id);
        // Confirmed, and switched off before: by the other click of two, or by another confirmation.
        if (setting === undefined) return "off";
        if (!isConfirmed(confirmed, accountId, (locale) => operation(setting, confirmedId, locale))) return "unchanged";
        if (!(await standing.lift(sql, accountId, setting.id))) return "off";
        const { demands, clientId } = setting;
        const detail = { demands, confirmation: confirmed.id };
        await ports.audit.append(sql, { type: "account.setting-off", accountId, clientId, detail });
        await tell(sql, accountId, setting, false);
        return "off";
      }),
  };
}

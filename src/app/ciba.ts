/** The part of the composition that is about sites that ask people on their phones: what oidc-provider is told, and who tells the sites. */

import type Provider from "oidc-provider";
import type { AdapterFactory } from "oidc-provider";
import type { Logger } from "pino";
import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Challenges } from "../challenge/challenge.ts";
import { createCiba } from "../ciba/ciba.ts";
import { createPings } from "../ciba/pings.ts";
import type { Clock } from "../clock.ts";
import { createBySite } from "../confirmation/by-site.ts";
import { consentedScopes } from "../consent/store.ts";
import type { Database } from "../database/database.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { OperationTypes } from "../operation/operation.ts";
import { type CibaGrantPorts, createPing, withOutcome } from "../provider/ciba-grant.ts";
import type { Random } from "../random.ts";
import type { Digester, Sealer } from "../secrecy.ts";
import { createCodeJudge } from "../till-code/judging.ts";
import type { SlowDigest } from "../till-code/slow-digest.ts";

export interface CibaAppPorts {
  database: Database;
  clock: Clock;
  digest: Digester;
  slow: SlowDigest;
  sealer: Sealer;
  issuer: string;
  accounts: Accounts;
  challenges: Challenges;
  throttle: Throttle;
  audit: Audit;
  random: Random;
  types: OperationTypes;
  logger: Pick<Logger, "warn" | "error">;
}

export function createBackChannel(ports: CibaAppPorts) {
  const grant: CibaGrantPorts = {
    ...ports,
    consented: consentedScopes,
    ciba: createCiba(ports),
    codes: createCodeJudge(ports),
    operations: createBySite(ports),
  };
  return {
    grant,
    answered: (adapter: AdapterFactory) => withOutcome(adapter, grant),
    pings: (provider: Provider) => createPings({ ...ports, ping: createPing(provider) }),
  };
}

import Provider, { type AdapterFactory, errors } from "oidc-provider";
import { SECOND } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Digester } from "../secrecy.ts";
import { INTERVAL } from "./device-grant.ts";

/** A network's delays make some of a device's intervals shorter than it meant them to be. */
const SHORTEST = { limit: 1, window: (INTERVAL - 1) * SECOND };

/** Whoever waits for a person asks for tokens again and again. */
const ASKED_FOR: ReadonlySet<string> = new Set(["DeviceCode", "BackchannelAuthenticationRequest"]);

/** oidc-provider knows no interval: who asks sooner is told `slow_down` (RFC 8628 section 3.5; OpenID Connect CIBA Core section 11). */
export function withInterval(
  adapter: AdapterFactory,
  { database, throttle, digest }: { database: Database; throttle: Throttle; digest: Digester },
): AdapterFactory {
  return (model) => {
    const stored = adapter(model);
    if (!ASKED_FOR.has(model)) return stored;
    return {
      ...stored,
      async find(id) {
        const found = await stored.find(id);
        const { oidc } = Provider.ctx ?? {};
        // Another client is not told that it is there, and takes no turn from the one whose it is.
        const asked = oidc?.route === "token" && found?.clientId === oidc.client?.clientId;
        const name = `asks for tokens ${digest("throttle", id)}`;
        if (found && asked && !(await throttle.pass(database, name, SHORTEST)))
          throw new errors.SlowDown(`ask every ${INTERVAL} seconds`);
        return found;
      },
    };
  };
}

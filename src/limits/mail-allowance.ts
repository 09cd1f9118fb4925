import { HOUR } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Digester } from "../secrecy.ts";
import type { Throttle, ThrottleRule } from "./throttle.ts";

/**
 * How many mails with a code leave for an address of which nobody has said yet that it is theirs: in a registration, as the new e-mail of an
 * account, or at the begin of a recovery, where it is whatever names the account. Whoever types somebody else's by mistake, and asks again and again since nothing comes, uses up what is theirs: from another
 * network its owner is sent a code all the same. All nodes count together; said of nobody whose it is.
 */
export interface MailAllowance {
  /** Counts one that this network asks for, by what was typed; false when it is one too many. */
  pass(sql: Sql, network: string, typed: string): Promise<boolean>;
}

/** To one address, from one network. */
const OWN: ThrottleRule = { limit: 5, window: HOUR };
/** From one network, to whomever. */
const FROM: ThrottleRule = { limit: 20, window: HOUR };
/** To one address from all networks: no mailbox is filled, and four who are mistaken leave room for its owner. */
const TO: ThrottleRule = { limit: 25, window: HOUR };

export function createMailAllowance({
  throttle,
  digest,
}: {
  throttle: Pick<Throttle, "pass">;
  digest: Digester;
}): MailAllowance {
  return {
    // What is refused by the first two takes nothing from what all have together.
    async pass(sql, network, typed) {
      const address = digest("throttle", typed);
      return (
        (await throttle.pass(sql, `mail to ${address} from ${network}`, OWN)) &&
        (await throttle.pass(sql, `mail from ${network}`, FROM)) &&
        throttle.pass(sql, `mail to ${address}`, TO)
      );
    },
  };
}

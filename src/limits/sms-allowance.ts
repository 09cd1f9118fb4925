import { DAY, HOUR } from "../clock.ts";
import type { SmsCountry } from "../config/sms.ts";
import type { Sql } from "../database/database.ts";
import type { Digester } from "../secrecy.ts";
import type { Throttle, ThrottleRule } from "./throttle.ts";

/**
 * How many SMS with a code leave at all, and to where (PROTOCOL 11): whoever earns by each SMS that a number of theirs is sent ("pumping")
 * gets few. What strangers have sent to a number takes nothing from what its owner gets. All nodes count together. An SMS that tells an owner
 * of a change is none of these.
 */
export interface SmsAllowance {
  /** Whether there is any country to which a code is sent. */
  readonly open: boolean;
  /** Whether codes are sent to this number's country. */
  serves(phone: string): boolean;
  /** Whether this address may ask for one more. It says nothing of whom it is for, so that a page may tell it. */
  mayAsk(sql: Sql, network: string): Promise<boolean>;
  /**
   * Counts one that this address asks for, and one to this number and its country; false when it is one too many, or its country is not
   * listed. Nobody's number, undefined, costs the same statements.
   */
  pass(sql: Sql, network: string, phone: string | undefined, asker: SmsAsker): Promise<boolean>;
}

/**
 * `owner`: of the account that has the number, in a browser that has signed it in or has given the code from its mailbox.
 * `stranger`: whoever has typed the number; it may be theirs, and nobody has said so yet.
 */
export type SmsAsker = "owner" | "stranger";

/** Of its owner's account, whatever strangers have had sent: a recovery takes one or two, and some do not come. */
const TO_OWNER: ThrottleRule = { limit: 5, window: DAY };
/** By all strangers together: nobody's phone is filled. */
const BY_STRANGERS: ThrottleRule = { limit: 5, window: DAY };
/**
 * By those at one address: who has mistyped a number, and asks again since nothing comes, leaves one to its owner's registration. More than an
 * hour's, so that who registers where SMS come late asks once more.
 */
const BY_ONE: ThrottleRule = { limit: 4, window: DAY };
const FROM_ADDRESS: readonly { name: string; rule: ThrottleRule }[] = [
  { name: "in an hour", rule: { limit: 3, window: HOUR } },
  { name: "in a day", rule: { limit: 10, window: DAY } },
];
const NOBODY = "nobody";

export function createSmsAllowance(ports: {
  throttle: Throttle;
  digest: Digester;
  countries: readonly SmsCountry[];
}): SmsAllowance {
  const { throttle, countries } = ports;
  /** The longest beginning that fits: `+1876` before `+1`. A budget of 0 closes it. */
  const countryOf = (phone: string): SmsCountry | undefined =>
    countries
      .filter(({ prefix }) => phone.startsWith(prefix))
      .reduce<SmsCountry | undefined>(
        (best, one) => (best === undefined || one.prefix.length > best.prefix.length ? one : best),
        undefined,
      );
  const serves = (phone: string) => (countryOf(phone)?.budget ?? 0) > 0;
  const from = (network: string, name: string) => `sms from ${network} ${name}`;
  const toCountry = ({ prefix }: { prefix: string }) => `sms to country ${prefix}`;
  const toNumber = async (sql: Sql, network: string, number: string, asker: SmsAsker): Promise<boolean> =>
    asker === "owner"
      ? throttle.pass(sql, `sms to owner of ${number}`, TO_OWNER)
      : (await throttle.pass(sql, `sms to ${number} from ${network}`, BY_ONE)) &&
        throttle.pass(sql, `sms to ${number}`, BY_STRANGERS);

  return {
    open: countries.some(({ budget }) => budget > 0),
    serves,
    async mayAsk(sql, network) {
      const seen = await Promise.all(
        FROM_ADDRESS.map(({ name, rule }) => throttle.peek(sql, from(network, name), rule)),
      );
      return seen.every((free) => free);
    },
    async pass(sql, network, phone, asker) {
      const country = phone === undefined ? undefined : countryOf(phone);
      // What is refused by one takes nothing from the next: of the address's hour from its day, and of both from the number.
      for (const { name, rule } of FROM_ADDRESS)
        if (!(await throttle.pass(sql, from(network, name), rule))) return false;
      // What does not leave takes nothing from the number, nor from the budget of those that do.
      const open = country ?? { prefix: NOBODY, budget: 0 };
      let passes = (await throttle.peek(sql, toCountry(open), { limit: open.budget, window: HOUR })) && open.budget > 0;
      // Made for nobody's number as well, so that it costs the same.
      const digest = ports.digest("throttle", phone ?? NOBODY);
      const number = phone === undefined || !passes ? NOBODY : digest;
      passes = (await toNumber(sql, network, number, asker)) && passes;
      const budget = passes ? open : { prefix: NOBODY, budget: 0 };
      return (await throttle.pass(sql, toCountry(budget), { limit: budget.budget, window: HOUR })) && passes;
    },
  };
}

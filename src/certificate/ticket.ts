import { type Clock, MINUTE, type Millis } from "../clock.ts";
import { type Random, randomId } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";

/** What a browser takes from its visit to the origin that asks for certificates: it names the visit, and proves nobody. */
export interface Tickets {
  /** Nothing is stored. */
  make(visit: string): string;
  /** Undefined for what was not made here. */
  read(ticket: string): Ticket | undefined;
}

export interface Ticket {
  visit: string;
  until: Millis;
  /** Undefined where its time is over; else what it is spent under. */
  digest: string | undefined;
}

/** As long as a certificate is chosen and the PIN of a card is searched for; an interaction lives for longer. */
const TICKET_LIVES: Millis = 5 * MINUTE;
/** The visit's id is oidc-provider's, of the same letters as ours: no dot is in any part. */
const BETWEEN = ".";

export function createTickets({ clock, random, digest }: { clock: Clock; random: Random; digest: Digester }): Tickets {
  const mark = (visit: string, until: string, chance: string) =>
    digest("certificate ticket", JSON.stringify([visit, until, chance]));
  return {
    make(visit) {
      const [until, chance] = [String(clock() + TICKET_LIVES), randomId(random)];
      return [visit, until, chance, mark(visit, until, chance)].join(BETWEEN);
    },
    read(ticket) {
      const [visit = "", until = "", chance = "", given = "", ...more] = ticket.split(BETWEEN);
      if (more.length > 0 || !sameText(given, mark(visit, until, chance))) return undefined;
      const end = Number(until);
      return { visit, until: end, digest: end <= clock() ? undefined : digest("certificate ticket", given) };
    },
  };
}

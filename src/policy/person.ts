import type { Clock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { type Random, randomId } from "../random.ts";
import type { Raised } from "./rules.ts";
import { deleteOwn, insertOwn, ownOf, standsOwn } from "./store.ts";

/** What a person demands for the own account. */
export type OwnKind = Exclude<Raised["demands"], "refuse">;

export interface OwnDemand {
  /** Names this one: the same demand has another when it is raised again. */
  readonly id: string;
  readonly demands: OwnKind;
  /** For `login` alone, which is about one site. */
  readonly clientId: string | undefined;
}

/** A person's own switches, which stand until they are taken back; each of them can only demand more than the policy. */
export interface OwnDemands {
  /** The oldest first. */
  of(sql: Sql, accountId: string): Promise<OwnDemand[]>;
  /** False when it stood already. */
  raise(sql: Sql, accountId: string, wish: Omit<OwnDemand, "id">): Promise<boolean>;
  /** True for the one who takes it back; the caller has had it confirmed. */
  lift(sql: Sql, accountId: string, id: string): Promise<boolean>;
  /** Whether every sign-in at this site is to be answered on the phone. */
  demandsLogin(sql: Sql, accountId: string, clientId: string): Promise<boolean>;
}

export function createOwnDemands({ clock, random }: { clock: Clock; random: Random }): OwnDemands {
  return {
    of: ownOf,
    raise: (sql, accountId, { demands, clientId }) =>
      insertOwn(sql, {
        id: randomId(random),
        by: "person",
        demands,
        about: { accountId, clientId },
        createdAt: clock(),
        until: undefined,
      }),
    lift: deleteOwn,
    demandsLogin: standsOwn,
  };
}

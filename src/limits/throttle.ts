import type { Clock, Millis } from "../clock.ts";
import type { Binding, Sql } from "../database/database.ts";

/** At most `limit` events of one name in a window that begins with the first; shared by all nodes, since the database counts. */
export interface Throttle {
  /** Counts one event; false when it is one too many. */
  pass(sql: Sql, name: string, rule: ThrottleRule): Promise<boolean>;
  /** Counts one event as `pass` does, and reads something else with it, in one statement. */
  passWith<Row>(sql: Sql, name: string, rule: ThrottleRule, along: Along): Promise<{ passes: boolean; row: Row }>;
  /** Whether one more event would pass, without counting it. */
  peek(sql: Sql, name: string, rule: ThrottleRule): Promise<boolean>;
  /** The same, for a statement that is to change nothing where it would not pass. */
  passing(name: string, rule: ThrottleRule): Condition;
  /** Takes one event back, since it was not of the kind that is limited: a try that turned out right. */
  refund(sql: Sql, name: string): Promise<void>;
}

/** What another statement's `WHERE` has in addition; `holds` asks for it alone. */
export interface Condition {
  condition: string;
  bindings: readonly Binding[];
  holds(sql: Sql): Promise<boolean>;
}

/** What a statement that changes something else gives back in addition: scalar subqueries, each with a name. */
export interface Along {
  columns: string;
  bindings: readonly Binding[];
}

/** One value in SQL, that a statement finds itself. */
export interface Scalar {
  scalar: string;
  bindings: readonly Binding[];
}

/** What a statement gives back under a name. */
export function named({ scalar, bindings }: Scalar, name: string): Along {
  return { columns: `${scalar} AS ${name}`, bindings };
}

export function both(one: Along, other: Along): Along {
  return { columns: `${one.columns}, ${other.columns}`, bindings: [...one.bindings, ...other.bindings] };
}

export interface ThrottleRule {
  limit: number;
  window: Millis;
}

const COUNT = `
  INSERT INTO throttle (id, count, expires_at) VALUES (?, 1, ?)
  ON CONFLICT (id) DO UPDATE SET
    count = CASE WHEN throttle.expires_at <= ? THEN 1 ELSE throttle.count + 1 END,
    expires_at = CASE WHEN throttle.expires_at <= ? THEN excluded.expires_at ELSE throttle.expires_at END
  RETURNING count`;
const PEEK = "SELECT count FROM throttle WHERE id = ? AND expires_at > ?";
const PASSING = "NOT EXISTS (SELECT 1 FROM throttle WHERE id = ? AND expires_at > ? AND count >= ?)";
const REFUND = "UPDATE throttle SET count = count - 1 WHERE id = ? AND count > 0";

export function createThrottle(ports: { clock: Clock }): Throttle {
  const counting = (name: string, { window }: ThrottleRule): Binding[] => {
    const now = ports.clock();
    return [name, now + window, now, now];
  };
  const peek: Throttle["peek"] = async (sql, name, { limit }) => {
    const row = await sql.first<{ count: number }>(PEEK, [name, ports.clock()]);
    return row === undefined || row.count < limit;
  };
  return {
    peek,
    async pass(sql, name, rule) {
      const row = await sql.first<{ count: number }>(COUNT, counting(name, rule));
      return row !== undefined && row.count <= rule.limit;
    },
    async passWith<Row>(sql: Sql, name: string, rule: ThrottleRule, { columns, bindings }: Along) {
      const statement = `${COUNT}, ${columns}`;
      const row = await sql.first<Row & { count: number }>(statement, [...counting(name, rule), ...bindings]);
      if (row === undefined) throw new Error("a throttle's row was not given back");
      return { passes: row.count <= rule.limit, row };
    },
    passing: (name, rule) => ({
      condition: PASSING,
      bindings: [name, ports.clock(), rule.limit],
      holds: (sql) => peek(sql, name, rule),
    }),
    async refund(sql, name) {
      await sql.run(REFUND, [name]);
    },
  };
}

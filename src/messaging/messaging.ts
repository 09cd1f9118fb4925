/**
 * Owns the outbox: what is to be told to a person is kept in the transaction of the change that it tells of, and sent after it: once, and
 * where nobody knows whether it arrived, in three copies at most. Content is sealed while it waits and erased when it is sent or its code
 * has expired; what was given up otherwise is a dead letter, which an operator sends again or drops (`dead-letters.ts`). It does not know words (`write`) or networks (`transports`).
 * Control enters by `enqueue`, inside a transaction; a worker of each node takes what is due and leaves by the transports.
 * What an SMS gateway reports of a delivery comes back by `routes.ts`, and is kept with the message.
 */
import type { Logger } from "pino";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Random, randomId } from "../random.ts";
import { type Digester, placeIn, type SealedColumn, type Sealer } from "../secrecy.ts";
import { createWorker } from "../worker.ts";
import { DeliveryError } from "./delivery-error.ts";
import type { Message, Unaddressed, Written } from "./messages.ts";
import { reportDigest } from "./reports.ts";
import { COPIES, pauseAfter, worthUntil } from "./rules.ts";
import {
  claimDue,
  insertMessage,
  type MessageRow,
  type MessageView,
  markFailed,
  markSent,
  messageById,
  retryAt,
} from "./store.ts";
import type { Transports } from "./transports.ts";

export interface Messaging {
  /** In the caller's transaction; the worker looks shortly after. `id`: by which its fate is asked for. */
  enqueue(sql: Sql, message: Message, id?: string): Promise<void>;
  /** For a decoy, who has nobody to be told: does all that `enqueue` does, and leaves a row that is over already. */
  pretend(sql: Sql, message: Unaddressed, id?: string): Promise<void>;
  /** What has become of a message. */
  fate(sql: Sql, id: string): Promise<Fate>;
  start(): void;
  /** Sends all that is due now, and returns when it has been tried. */
  drain(): Promise<void>;
  /** Begins no more, and returns when what was begun has ended. */
  stop(): Promise<void>;
}

/** `waiting`: for its gateway. `sent`: a gateway has it. `delivered`, `failed`: by the gateway's word, or ours where we gave it up. */
export type Fate = "waiting" | "sent" | "delivered" | "failed";

export interface MessagingPorts {
  database: Database;
  sealer: Sealer;
  digest: Digester;
  clock: Clock;
  random: Random;
  transports: Transports;
  write: (message: Unaddressed) => Written;
  logger: Pick<Logger, "warn" | "error">;
}

/** What a node has taken and not finished by then, another takes; a transport must have given up before. */
const CLAIM: Millis = 60 * SECOND;
const GIVE_UP: Millis = 45 * SECOND;

/** Nothing was tried, and nothing will be. */
const UNSENT = { permanent: true };
/** What a foreign error leaves open. */
const UNKNOWN = { permanent: false, certain: false };

export const SEALED_CONTENTS: SealedColumn = {
  table: "message",
  column: "content_sealed",
  name: "content_sealed",
  key: ["id"],
  row: ["id"],
  at: "created_at",
};

export function createMessaging(ports: MessagingPorts): Messaging {
  const { database, sealer, digest, clock, random, transports, logger } = ports;

  const send = async (row: MessageRow): Promise<void> => {
    if (clock() >= worthUntil(row))
      throw new DeliveryError("too late: its code has expired, or it is old news", UNSENT);
    if (row.copies > COPIES) throw new DeliveryError("three copies may have arrived", UNSENT);
    if (row.content_sealed === null) throw new DeliveryError("its content is gone", UNSENT);
    const content: Content = JSON.parse(sealer.open(row.content_sealed, placeIn(SEALED_CONTENTS, row.id)).toString());
    const transport = transports[row.channel];
    if (transport === undefined) throw new DeliveryError(`no ${row.channel} transport is set`, UNSENT);
    await withDeadline(deliver(row, content, transports));
  };

  /** When it is tried again, if it is at all. */
  const nextOf = (row: MessageRow, { permanent, certain }: Pick<DeliveryError, "permanent" | "certain">) => {
    const next = clock() + pauseAfter(row.attempts, (random.bytes(1)[0] ?? 0) / 255);
    const copies = row.copies - (certain ? 1 : 0);
    return permanent || copies >= COPIES || next >= worthUntil(row) ? undefined : next;
  };

  const attempt = async (row: MessageRow): Promise<void> => {
    try {
      await send(row);
    } catch (error) {
      const { permanent, certain } = error instanceof DeliveryError ? error : UNKNOWN;
      const next = nextOf(row, { permanent, certain });
      const reason = reasonOf(error);
      const about = { message: row.id, channel: row.channel, to: masked(row.recipient), attempt: row.attempts, reason };
      if (next !== undefined) {
        logger.warn(about, "a message was not sent and is tried again");
        return retryAt(database, row, { next, certain, reason });
      }
      logger.error(about, "a message was given up");
      return markFailed(database, row, { now: clock(), certain, reason });
    }
    await markSent(database, row.id, clock());
  };

  const worker = createWorker({
    claim: (limit) => claimDue(database, clock(), clock() + CLAIM, limit),
    attempt,
    onAway: (error) => logger.error({ reason: reasonOf(error) }, "the outbox cannot be read"),
  });

  const rowOf = (message: Unaddressed, recipient: string, id = randomId(random)): MessageRow => {
    const now = clock();
    const report = randomId(random);
    const content: Content = { ...ports.write(message), report };
    return {
      id,
      channel: message.channel,
      recipient,
      content_sealed: sealer.seal(JSON.stringify(content), placeIn(SEALED_CONTENTS, id)),
      status: "waiting",
      attempts: 0,
      next_at: now,
      created_at: now,
      ended_at: null,
      report_digest: message.channel === "sms" ? reportDigest(digest, report) : null,
      template: message.template,
      expires_at: "expiresAt" in message ? message.expiresAt : null,
      copies: 0,
    };
  };

  return {
    ...worker,
    async enqueue(sql, message, id) {
      await insertMessage(sql, rowOf(message, message.to, id));
      worker.wake();
    },
    fate: async (sql, id) => fateOf(await messageById(sql, id)),
    async pretend(sql, message, id) {
      const row = rowOf(message, "", id);
      await insertMessage(sql, { ...row, content_sealed: null, status: "sent", ended_at: row.created_at });
      worker.wake();
    },
  };
}

/** A gateway that does not report leaves it at `sent`. */
function fateOf(row: Pick<MessageView, "status" | "delivery"> | undefined): Fate {
  if (row === undefined || row.status === "failed" || row.delivery === "failed") return "failed";
  return row.delivery === "delivered" ? "delivered" : row.status;
}

/** What is sealed while a message waits; `report` is the token that its gateway is given. */
interface Content extends Written {
  report: string;
}

async function deliver(
  row: MessageRow,
  { subject, text, html, report }: Content,
  { mail, sms }: Transports,
): Promise<unknown> {
  switch (row.channel) {
    case "mail":
      return mail?.({ to: row.recipient, subject: subject ?? "", text, html, messageId: row.id });
    case "sms":
      return sms?.({ to: row.recipient, text, messageId: row.id, reportToken: report });
    default:
      return row.channel satisfies never;
  }
}

async function withDeadline(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeliveryError("no end in sight")), GIVE_UP);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Foreign errors may repeat the recipient or the content, so of them only the kind is told. */
function reasonOf(error: unknown): string {
  if (error instanceof DeliveryError) return error.message;
  if (!(error instanceof Error)) return "unknown error";
  return "code" in error ? `${error.name} ${String(error.code)}` : error.name;
}

/** `a***@example.com`, `+7***67`: enough for an operator to find a person who complains, not enough to find the person. */
export function masked(recipient: string): string {
  const at = recipient.lastIndexOf("@");
  return at > 0
    ? `${recipient.slice(0, 1)}***${recipient.slice(at)}`
    : `${recipient.slice(0, 2)}***${recipient.slice(-2)}`;
}

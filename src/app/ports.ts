/** What the composition root is given, and what it gives. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { ScriptSource } from "../certificate/script.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../database/database.ts";
import type { Mounted } from "../http/listener.ts";
import type { Templates } from "../http/templates.ts";
import type { Keys } from "../keys/keys.ts";
import type { OutboxPage, Transports } from "../messaging/transports.ts";
import type { OperationTypes } from "../operation/operation.ts";
import type { PolicyFile } from "../policy/policy.ts";
import type { ClientEntry } from "../provider/clients.ts";
import type { PushNetwork } from "../push/network.ts";
import type { Random } from "../random.ts";
import type { Sealer } from "../secrecy.ts";
import type { Settled } from "../settled.ts";
import type { SlowDigest } from "../till-code/slow-digest.ts";
import type { BundleSource } from "../web-phone/web-phone.ts";

export interface AppPorts {
  config: Config;
  clients: readonly ClientEntry[];
  database: Database;
  sealer: Sealer;
  /** As loaded for the start; the app follows what changes. */
  keys: Keys;
  clock: Clock;
  random: Random;
  settled: Settled;
  logger: Logger;
  transports: Transports;
  operationTypes: OperationTypes;
  policy: PolicyFile;
  /** The web client at `/phone`: bundled at the first request in development, read from its build in production. */
  webPhone: BundleSource;
  /** That of the pages of certificates: from the same places. */
  certificateScript: ScriptSource;
  /** Those of the process, where it makes several apps; else they are read. */
  templates?: Templates;
  /** How a code that a person has chosen is kept, where it is not by scrypt. */
  slow?: SlowDigest;
  /** How push services are reached, where it is not the network itself. */
  pushNetwork?: PushNetwork;
  /** What was sent, for the development server's page; in production there is none. */
  outbox: Pick<OutboxPage, "recent"> | undefined;
}

/** `routes` are ours, without oidc-provider's: for whoever must not miss one (the documents' test, the fuzz test). */
export interface App extends Mounted {
  /** Answers `GET /metrics`; for an address that the public does not reach. */
  metrics: (request: IncomingMessage, response: ServerResponse) => void;
  /** Begins to send messages, to tell sites of sessions that have ended, to sweep and to follow the keys. */
  start(): void;
  /** Sends all messages and tells all sites that are due now. */
  drain(): Promise<void>;
  /** Deletes all that has expired by now. */
  sweep(): Promise<void>;
  /** Tells of all that runs out soon. */
  remind(): Promise<void>;
  /** Takes up what has changed of the keys by now. */
  lookAtKeys(): Promise<void>;
  /** From now on `/readyz` says that the process is closing. */
  closing(): void;
  /** Ends what `start` began; requests are the listener's owner's to wait for. */
  close(): Promise<void>;
}

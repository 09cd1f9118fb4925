import type { DeviceClient } from "../device-client.ts";
import type { Vault } from "./vault.ts";

/** The world, as the client sees it. */
export type Ports = {
  readonly vault: Vault;
  readonly client: DeviceClient;
  readonly clock: Clock;
  readonly updates: Updates;
  /** The provider that serves this client: whose accounts are connected where nothing else is said. */
  readonly issuer: string;
};

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once, after so many milliseconds, unless it is cancelled before. */
  after(milliseconds: number, call: () => void): () => void;
};

/** Newer versions of this client, from the service worker. */
export type Updates = {
  /** One waits for its turn. */
  waiting(): boolean;
  /** Loads the page anew, by the newer version. */
  take(): void;
  /** Calls whenever another one waits. */
  onWaiting(call: () => void): void;
};

import type { DeviceClient } from "../device-client.ts";
import type { PhoneStore } from "./store.ts";
import type { Terminal } from "./terminal.ts";

/** The world, as the verbs see it. */
export type PhonePorts = {
  readonly store: PhoneStore;
  readonly client: DeviceClient;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly terminal: Terminal;
  /** For the device's name where none is given. */
  readonly hostname: string;
  /** From the environment, for those who cannot be asked. */
  readonly pin?: string;
};

/** Given beside the words of a command. */
export type Options = {
  readonly issuer?: string;
  readonly name?: string;
  readonly pin?: string;
  readonly "new-pin"?: string;
  readonly currency?: string;
  readonly yes?: boolean;
};

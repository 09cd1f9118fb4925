import type { Challenge, Response } from "../../e-num/challenge.ts";
import type { OpenRequest } from "../answers.ts";
import type { DeviceClient, PushAddress } from "../device-client.ts";
import type { OperationWords } from "../operation-words.ts";
import type { Camera } from "./camera.ts";
import type { QrReader } from "./qr-reader.ts";
import type { Vault } from "./vault.ts";

/** The world, as the client sees it. */
export type Ports = {
  readonly vault: Vault;
  readonly client: DeviceClient;
  readonly clock: Clock;
  readonly updates: Updates;
  readonly device: Device;
  readonly push: Push;
  readonly page: Page;
  readonly sameBrowser: SameBrowser;
  readonly inbox: Inbox;
  readonly camera: Camera;
  readonly reader: Pick<QrReader, "picture">;
  /** How the pages of this client's own provider call operations; undefined where it has not told. */
  readonly operations: OperationWords | undefined;
  /** The provider that serves this client: whose accounts are connected where nothing else is said. */
  readonly issuer: string;
  /** The client's page of now, where it has left this address by the page that the browser has kept; nothing new is connected here while the server says so too. */
  readonly movedTo: string | undefined;
  /** The same as the server says it now. */
  movedNow(): Promise<string | undefined>;
};

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once, after so many milliseconds, unless it is cancelled before. */
  after(milliseconds: number, call: () => void): () => void;
};

/** What the providers list for the accounts on this phone. */
export type Inbox = {
  /** Of one account by its device, newest first, as it was heard last; undefined while its provider cannot be reached. */
  listed(device: string): readonly OpenRequest[] | undefined;
};

/** The page on this same device that has opened the client by a link (PROTOCOL section 4). */
export type Page = {
  cameFromPage(): boolean;
  /** It has gone on by itself when the person sees it again. */
  backToPage(): void;
  /** To another page, out of the client. */
  leaveFor(address: string): void;
};

/** The page in this same browser that waits for a new device's first response. */
export type SameBrowser = {
  /** Its check number, where it waits for this device; undefined for every other, and where there is no such page here. */
  asks(device: string): Promise<Challenge | undefined>;
  /** Whether the device is active now. */
  answer(response: Response): Promise<boolean>;
};

/** Newer versions of this client, from the service worker. */
export type Updates = {
  /** One waits for its turn. */
  waiting(): boolean;
  /** Loads the page anew, by the newer version. */
  take(): void;
};

/** How the browser has this client woken while nobody looks at it. */
export type Push = {
  /** `none`: this browser cannot. `blocked`: the person has forbidden it, and can allow it in the browser's settings alone. */
  state(): "none" | "possible" | "allowed" | "blocked";
  /** Asks the person; at once, since browsers let a page ask only while a button is being pressed. */
  ask(): Promise<boolean>;
  /** The address for this key, the one that is there already if it is of the same; undefined where there is none for now. */
  subscribe(key: string): Promise<PushAddress | undefined>;
  /** The browser lets its address go, and is woken no more by anybody. */
  end(): Promise<void>;
};

/** The machine that this runs on. */
export type Device = {
  /** For its name, where the person gives none. */
  kind(): "iphone" | "ipad" | "android" | "windows" | "mac" | "linux" | "other";
  /** iOS in a window of Safari: only a person can put the page on the Home Screen, and what is kept here is not kept there. */
  installsByHand(): boolean;
  /** The browser offers to install. */
  canInstall(): boolean;
  install(): void;
  /** Whether the browser has promised not to erase what is kept here. */
  kept(): Promise<boolean>;
  /** Asks for that promise. */
  keep(): Promise<boolean>;
  vibrate(): void;
  /** False where the browser does not let this page. */
  copy(text: string): Promise<boolean>;
  /** Keeps the screen on until the answer is called. */
  stayAwake(): () => void;
};

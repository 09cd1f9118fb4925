import type { OpenRequest, OpenRequests } from "../answers.ts";
import type { Answer } from "../device-client.ts";
import type { Account } from "./account.ts";
import type { App } from "./app.ts";
import { inTurn } from "./asking.ts";
import type { Clock, Inbox } from "./ports.ts";
import { call } from "./provider.ts";

// Milliseconds: the first pause after an error, and the longest.
const [FIRST, LONGEST] = [1_000, 60_000];
// The provider holds an answer for 25 s; what takes much longer never comes.
const HELD = 45_000;
/** Calls that are held at one provider: without HTTP/2 a browser has six connections to a host, and the answer of a person needs one. */
const HOLDS = 3;
/** Milliseconds between two looks at an account for which no call is held: as long as a call would be. */
const LOOK = 25_000;

/** A request, and whose it is by its device. */
export type Came = { readonly device: string; readonly request: OpenRequest };

/** An account that is listened to, by its device; `held`: by a call that the provider holds, and not by one now and then. */
type Wished = { readonly device: string; readonly held: boolean };
/** Another takes its place whenever it begins again. */
type Listening = Wished & { stop: () => void; over: boolean };

/**
 * Asks the providers what is open for every account on this phone, for as long as somebody looks at this client. No PIN is needed for it:
 * a device shows itself by its key, which is under none.
 */
export function createInbox(ports: {
  readonly document: Pick<Document, "hidden" | "addEventListener">;
  /** Tells when there is a network again. */
  readonly window: Pick<Window, "addEventListener">;
  readonly clock: Clock;
}): Inbox & {
  /** `heard`: a list is another. Call `drawn` whenever the app has drawn itself: other accounts may be there now. */
  follow(app: App, heard: (came: readonly Came[]) => void): { readonly drawn: () => void };
} {
  const { document, window, clock } = ports;
  const lists = new Map<string, OpenRequests>();

  return {
    listed: (device) => lists.get(device)?.requests,
    follow(app, heard) {
      let following: readonly Listening[] = [];

      const hear = (device: string, open: OpenRequests | undefined) => {
        const before = lists.get(device)?.requests ?? [];
        if (open === undefined) lists.delete(device);
        else lists.set(device, open);
        const came = open?.requests.filter(({ id }) => before.every((other) => other.id !== id)) ?? [];
        heard(came.map((request) => ({ device, request })));
      };
      const asked = (own: Listening, account: Account): Promise<Answer<OpenRequests>> => {
        const controller = new AbortController();
        const cancel = clock.after(HELD, () => controller.abort());
        own.stop = () => controller.abort();
        const after = own.held ? lists.get(own.device)?.cursor : undefined;
        const wait = { after, signal: controller.signal };
        return call(app, account, (credentials) => app.ports.client.requests(credentials, wait)).finally(cancel);
      };
      const pause = (own: Listening, milliseconds: number) =>
        new Promise<void>((resolve) => {
          const cancel = clock.after(milliseconds, resolve);
          own.stop = () => {
            cancel();
            resolve();
          };
        });

      /** Ends when it is over, or the account has gone. */
      const listen = async (own: Listening) => {
        const { device, held } = own;
        let wait = FIRST;
        while (!own.over) {
          const account = app.accountOf(device);
          if (account === undefined || account.pending) return;
          const answer = await asked(own, account);
          if (own.over) return;
          if (answer.ok) {
            wait = FIRST;
            if (answer.value.cursor !== lists.get(device)?.cursor) hear(device, answer.value);
            if (!held) await pause(own, LOOK);
            continue;
          }
          if (lists.has(device)) hear(device, undefined);
          await pause(own, Math.max(wait, (answer.retryAfter ?? 0) * 1000));
          wait = Math.min(wait * 2, LONGEST);
        }
      };
      const end = (own: Listening) => {
        own.over = true;
        own.stop();
      };
      const begin = ({ device, held }: Wished): Listening => {
        const own: Listening = { device, held, stop: () => undefined, over: document.hidden };
        void listen(own);
        return own;
      };
      const again = () => {
        following.forEach(end);
        following = following.map(begin);
      };
      document.addEventListener("visibilitychange", again);
      window.addEventListener("online", again);
      const drawn = () => {
        const before = following;
        const wished = wanted(app);
        if (isSame(before, wished)) return;
        const kept = (one: Wished) => before.find((own) => own.device === one.device && own.held === one.held);
        for (const own of before) if (!wished.some((one) => kept(one) === own)) end(own);
        for (const { device } of before) if (wished.every((one) => one.device !== device)) lists.delete(device);
        following = wished.map((one) => kept(one) ?? begin(one));
      };
      drawn();
      return { drawn };
    },
  };
}

/** Of those that are active; the account that answers first, since it is the one that is most likely asked. */
function wanted(app: App): readonly Wished[] {
  const holds = new Map<string, number>();
  return inTurn(app)
    .filter(({ pending }) => !pending)
    .map(({ issuer, device }) => {
      const already = holds.get(issuer) ?? 0;
      holds.set(issuer, already + 1);
      return { device: device.id, held: already < HOLDS };
    });
}

function isSame(before: readonly Wished[], now: readonly Wished[]): boolean {
  return (
    before.length === now.length &&
    now.every(({ device, held }) => before.some((own) => own.device === device && own.held === held))
  );
}

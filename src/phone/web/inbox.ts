import type { OpenRequest, OpenRequests } from "../answers.ts";
import type { Answer } from "../device-client.ts";
import type { Account } from "./account.ts";
import type { App } from "./app.ts";
import type { Clock, Inbox } from "./ports.ts";
import { call } from "./provider.ts";

// Milliseconds: the first pause after an error, and the longest.
const [FIRST, LONGEST] = [1_000, 60_000];
// The provider holds an answer for 25 s; what takes much longer never comes.
const HELD = 45_000;

/** Asks the provider what is open for the account that answers, for as long as somebody looks at this client. */
export function createInbox(ports: {
  readonly document: Pick<Document, "hidden" | "addEventListener">;
  /** Tells when there is a network again. */
  readonly window: Pick<Window, "addEventListener">;
  readonly clock: Clock;
}): Inbox & {
  /** `heard`: the list is another. Call `drawn` whenever the app has drawn itself: another account may answer now. */
  follow(app: App, heard: (came: readonly OpenRequest[]) => void): { readonly drawn: () => void };
} {
  const { document, window, clock } = ports;
  let list: { readonly device: string; readonly open: OpenRequests } | undefined;
  const of = (device: string) => (list?.device === device ? list.open : undefined);

  return {
    listed: (device) => of(device)?.requests,
    follow(app, heard) {
      let turn = 0;
      let following: string | undefined;
      let stop = () => {};

      const hear = (account: Account, open: OpenRequests | undefined) => {
        const before = list?.open.requests ?? [];
        list = open === undefined ? undefined : { device: account.device.id, open };
        heard(list?.open.requests.filter(({ id }) => before.every((other) => other.id !== id)) ?? []);
      };
      const asked = (account: Account): Promise<Answer<OpenRequests>> => {
        const controller = new AbortController();
        const cancel = clock.after(HELD, () => controller.abort());
        stop = () => controller.abort();
        const wait = { after: of(account.device.id)?.cursor, signal: controller.signal };
        return call(app, account, (credentials) => app.ports.client.requests(credentials, wait)).finally(cancel);
      };
      const pause = (milliseconds: number) =>
        new Promise<void>((resolve) => {
          const cancel = clock.after(milliseconds, resolve);
          stop = () => {
            cancel();
            resolve();
          };
        });

      /** Ends when another turn has begun. */
      const listen = async (own: number) => {
        let wait = FIRST;
        while (own === turn) {
          const account = app.accountOf(following ?? "");
          if (account === undefined || account.pending) return;
          const answer = await asked(account);
          if (own !== turn) return;
          if (answer.ok) {
            wait = FIRST;
            if (answer.value.cursor !== of(account.device.id)?.cursor) hear(account, answer.value);
            continue;
          }
          if (of(account.device.id) !== undefined) hear(account, undefined);
          await pause(Math.max(wait, (answer.retryAfter ?? 0) * 1000));
          wait = Math.min(wait * 2, LONGEST);
        }
      };
      const begin = () => {
        turn += 1;
        stop();
        if (!document.hidden) void listen(turn);
      };
      document.addEventListener("visibilitychange", begin);
      window.addEventListener("online", begin);
      const drawn = () => {
        const { account } = app;
        const now = account === undefined || account.pending ? undefined : account.device.id;
        if (now === following) return;
        following = now;
        begin();
      };
      drawn();
      return { drawn };
    },
  };
}

/**
 * The web client: what is on the screen, and how one screen comes after another.
 *
 * Owns the state (accounts, language, screen) and nothing of how it looks: `frame.ts` and `screens/` draw it, `main.ts` puts it into the page.
 * A screen's own file decides what comes next, by `go`. Whatever secret is on the screen is in its data or in a field, and `close` ends both.
 */
import type { Account } from "./account.ts";
import { before } from "./before.ts";
import { isIdle } from "./idle.ts";
import type { Language } from "./languages.ts";
import type { Ports } from "./ports.ts";
import type { Screen } from "./screen.ts";
import { giveAnswer } from "./screens/answer.ts";
import { type Words, wordsOf } from "./words.ts";

/** What screens are given. */
export type App = {
  readonly ports: Ports;
  readonly words: Words;
  readonly language: Language;
  readonly accounts: readonly Account[];
  /** The account that answers; none before the first is connected. */
  readonly account: Account | undefined;
  /** By its device; none where it was removed meanwhile. */
  accountOf(device: string): Account | undefined;
  /** Whether the browser has promised to keep what is here. */
  readonly kept: boolean;
  readonly screen: Screen;
  /** Something is being done, and the screen's button waits for it. */
  readonly working: boolean;
  /** Read out to who does not see the screen. */
  readonly said: string;
  /** Another number for each screen that was shown: fields of one are never those of another. */
  readonly turn: number;
  go(screen: Screen): void;
  /** The same screen with other data: what is typed into its fields stays. */
  amend(screen: Screen): void;
  /** Does what takes a while; `still` says whether the screen that it was begun on is still there. */
  work(task: (still: () => boolean) => Promise<void> | void): void;
  say(words: string): void;
  /** The screen with which this client begins. */
  home(): void;
  /** One screen back, as the system's own way does it. */
  back(): void;
  /** Nobody is there: whatever is on the screen goes, typed or shown. */
  close(): void;
  /** Reads the accounts anew, after the vault was changed. */
  reload(): Promise<void>;
  choose(account: Account): Promise<void>;
  speak(language: Language): Promise<void>;
  /** Chosen for the account that answers: spoken where none was chosen in this client. */
  follow(language: Language): Promise<void>;
};

export type AppOptions = {
  readonly ports: Ports;
  readonly language: Language;
  /** Draws what there is now. */
  readonly draw: (app: App) => void;
};

type State = {
  language: Language;
  accounts: readonly Account[];
  /** The device whose account answers. */
  chosen: string | undefined;
  kept: boolean;
  screen: Screen;
  working: boolean;
  said: string;
  turn: number;
};

export async function createApp({ ports, language, draw }: AppOptions): Promise<App> {
  const { vault } = ports;
  const state: State = {
    language,
    accounts: await vault.accounts(),
    chosen: await vault.choice("account"),
    kept: await ports.device.kept(),
    screen: { name: "welcome" },
    working: false,
    said: "",
    turn: 0,
  };
  const show = (screen: Screen) => {
    if (state.screen.name === "scan" && (screen.name !== "scan" || screen.look !== state.screen.look))
      state.screen.look.end();
    Object.assign(state, { screen, working: false, said: "", turn: state.turn + 1 });
    draw(app);
    if (screen.name === "answer") giveAnswer(app, screen);
  };
  const first = (closed: boolean): Screen => ({
    name: state.accounts.length === 0 ? "welcome" : "home",
    ...(closed ? { closed } : {}),
  });

  const app: App = {
    ports,
    get words() {
      return wordsOf(state.language);
    },
    get language() {
      return state.language;
    },
    get accounts() {
      return state.accounts;
    },
    get account() {
      return state.accounts.find(({ device }) => device.id === state.chosen) ?? state.accounts[0];
    },
    accountOf: (device) => state.accounts.find((account) => account.device.id === device),
    get kept() {
      return state.kept;
    },
    get screen() {
      return state.screen;
    },
    get working() {
      return state.working;
    },
    get said() {
      return state.said;
    },
    get turn() {
      return state.turn;
    },
    go: show,
    amend(screen) {
      state.screen = screen;
      state.working = false;
      draw(app);
    },
    work(task) {
      const { turn } = state;
      const still = () => state.turn === turn;
      state.working = true;
      draw(app);
      Promise.resolve(task(still))
        .catch(() => {
          const { heading, body } = app.words.failed;
          show({ name: "told", heading, body });
        })
        .finally(() => {
          if (!still()) return;
          state.working = false;
          draw(app);
        });
    },
    say(words) {
      state.said = words;
      draw(app);
    },
    home: () => show(first(false)),
    back: () => show(before(app, state.screen) ?? first(false)),
    close() {
      const { screen } = state;
      // Nothing is secret of an answer that is sent, and its way back to a page that waits on this device is still wanted.
      const leadsBack = screen.name === "sent" && !screen.bySite && ports.page.cameFromPage();
      if (isIdle(screen) || leadsBack) return;
      // An answer closes by itself, and is read without being touched.
      if (screen.name !== "answer") show(first(true));
      else if (ports.clock.now() >= screen.until) app.home();
    },
    async reload() {
      state.accounts = await vault.accounts();
      state.chosen = await vault.choice("account");
      state.kept = await ports.device.kept();
      draw(app);
    },
    async choose(account) {
      await vault.choose("account", account.device.id);
      await app.reload();
    },
    async speak(wished) {
      state.language = wished;
      draw(app);
      await vault.choose("language", wished);
    },
    async follow(wished) {
      await vault.choose("account-language", wished);
      if (wished === state.language || (await vault.choice("language")) !== undefined) return;
      state.language = wished;
      draw(app);
    },
  };
  app.home();
  return app;
}

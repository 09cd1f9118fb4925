/**
 * The web client: what is on the screen, and how one screen comes after another.
 *
 * Owns the state (accounts, language, screen) and nothing of how it looks: `frame.ts` and `screens/` draw it, `main.ts` puts it into the page.
 * A screen's own file decides what comes next, by `go`. Whatever secret is on the screen is in its data or in a field, and `close` ends both.
 */
import type { Account } from "./account.ts";
import type { Ports } from "./ports.ts";
import type { Screen } from "./screen.ts";
import { type Language, type Words, wordsOf } from "./words.ts";

/** What screens are given. */
export type App = {
  readonly ports: Ports;
  readonly words: Words;
  readonly language: Language;
  readonly accounts: readonly Account[];
  /** The account that answers; none before the first is connected. */
  readonly account: Account | undefined;
  readonly screen: Screen;
  /** Another number for each screen that was shown: fields of one are never those of another. */
  readonly turn: number;
  go(screen: Screen): void;
  /** The screen with which this client begins. */
  home(): void;
  /** Nobody is there: whatever is on the screen goes, typed or shown. */
  close(): void;
  /** Reads the accounts anew, after the vault was changed. */
  reload(): Promise<void>;
  choose(account: Account): Promise<void>;
  speak(language: Language): Promise<void>;
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
  screen: Screen;
  turn: number;
};

export async function createApp({ ports, language, draw }: AppOptions): Promise<App> {
  const { vault } = ports;
  const state: State = {
    language,
    accounts: await vault.accounts(),
    chosen: await vault.choice("account"),
    screen: { name: "welcome" },
    turn: 0,
  };
  const show = (screen: Screen) => {
    state.screen = screen;
    state.turn += 1;
    draw(app);
  };
  const first = (closed: boolean): Screen =>
    state.accounts.length === 0 ? { name: "welcome" } : { name: "home", ...(closed ? { closed } : {}) };

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
    get screen() {
      return state.screen;
    },
    get turn() {
      return state.turn;
    },
    go: show,
    home: () => show(first(false)),
    close() {
      if (!isIdle(state.screen)) show(first(true));
    },
    async reload() {
      state.accounts = await vault.accounts();
      state.chosen = await vault.choice("account");
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
  };
  app.home();
  return app;
}

/** Nothing secret is on it, and nothing is lost when it goes. */
export function isIdle(screen: Screen): boolean {
  return screen.name === "home" || screen.name === "welcome";
}

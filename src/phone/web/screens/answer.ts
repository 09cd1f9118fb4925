import { html, nothing, type TemplateResult } from "lit-html";
import { formatResponse, type Response } from "../../../e-num/challenge.ts";
import type { App } from "../app.ts";
import { wayBack } from "../parts/back.ts";
import { figures } from "../parts/figures.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { who } from "../parts/who.ts";
import { refresh } from "../provider.ts";
import type { AnswerScreen, Asked } from "../screen.ts";

/** Milliseconds: to find the page again and to type seven digits twice; by then somebody else may look at the phone. */
const SHOWN = 60_000;
const SECOND = 1000;
/** Seconds. */
const LOOK = 3;

/** The response, for as long as it is typed over. */
export function newAnswer(app: App, asked: Asked, response: Response): AnswerScreen {
  return { name: "answer", asked, response, until: app.ports.clock.now() + SHOWN };
}

/** For a page on this same device. */
function copying({ words, ports, say }: App, response: Response): TemplateResult {
  const { copy, copied } = words.requests.sent;
  const act = async () => say((await ports.device.copy(response)) ? copied : "");
  return html`<button type="button" @click=${act}>${copy}</button>`;
}

/** Felt, heard, and kept in sight until it closes itself. Called when the screen has come. */
export function giveAnswer(app: App, screen: AnswerScreen): void {
  const { clock, device } = app.ports;
  device.vibrate();
  const sleep = device.stayAwake();
  app.say(app.words.answer.said([...screen.response].join(" ")));
  const { turn } = app;
  const isFirst = screen.asked.statement.mode === "activate";
  const tick = () => {
    if (app.turn !== turn) return sleep();
    if (clock.now() >= screen.until) return app.home();
    app.amend(screen);
    if (isFirst && secondsLeft(app, screen) % LOOK === 0) void lookWhether(app, screen);
    clock.after(SECOND, tick);
  };
  clock.after(SECOND, tick);
}

/** The first response is typed on another screen: whether it was right the provider says. */
async function lookWhether(app: App, screen: AnswerScreen): Promise<void> {
  const { turn } = app;
  const account = app.accountOf(screen.asked.device);
  if (account === undefined) return;
  // It may have been heard already, by a look of the client's own.
  if (account.pending) await refresh(app, account);
  const { active, activeBody } = app.words.answer;
  if (app.turn === turn && app.accountOf(account.device.id)?.pending === false)
    app.go({ name: "told", heading: active, body: activeBody(account.identifier) });
}

function secondsLeft({ ports }: App, { until }: AnswerScreen): number {
  return Math.max(0, Math.ceil((until - ports.clock.now()) / SECOND));
}

export function answer(app: App, screen: AnswerScreen): TemplateResult {
  const { words } = app;
  const { asked, response } = screen;
  const w = words.answer;
  const account = app.accountOf(asked.device);
  return html`${account === undefined ? nothing : who(account)}
    ${heading(w.heading)}
    <p class="number answer" translate="no" data-enum-response=${response}>${figures(formatResponse(response))}</p>
    <p class="countdown">${message(w.closes(secondsLeft(app, screen)))}</p>
    ${asked.statement.mode === "activate" ? html`<p>${message(w.pending)}</p>` : nothing}
    <p>${message(w.refused)}</p>
    <p class="buttons">${copying(app, response)}${wayBack(app)}</p>`;
}

import { html, type TemplateResult } from "lit-html";
import type { OpenRequest } from "../../answers.ts";
import type { App } from "../app.ts";
import { message } from "./message.ts";

/** On every screen that asks for an answer to a request: the way to say no. */
export function refusal(app: App, device: string, request: OpenRequest): TemplateResult {
  const w = app.words.requests.decline;
  return html`<div class="suspicion"><p>${message(w.question)}</p>
    <button type="button" class="quiet" @click=${() => app.go({ name: "decline", device, request })}>${w.decline}</button></div>`;
}

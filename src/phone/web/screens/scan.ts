import { html, nothing, type TemplateResult } from "lit-html";
import { parseQrText } from "../../../e-num/qr-text.ts";
import type { App } from "../app.ts";
import type { CameraState, Look } from "../camera.ts";
import { open, unreadable } from "../opened.ts";
import { back, form } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { stop } from "../parts/icons.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";

/** The camera looks; `look` ends with the screen. */
export type ScanScreen = {
  readonly name: "scan";
  readonly look: Look;
  readonly camera: CameraState;
  /** Another code than ours is in view. */
  readonly foreign?: true;
  /** What is the matter with what was chosen or pasted last. */
  readonly unread?: { readonly from: "picture" | "text"; readonly why: string };
};

export function newScan(app: App): ScanScreen {
  const amend = (change: Partial<ScanScreen>) => amended(app, look, change);
  const look = app.ports.camera.look({
    seen(text) {
      const read = parseQrText(text);
      // Whatever else hangs on the wall: the person is told, and the camera goes on.
      if (read.ok || read.reason !== "not-enum") open(app, text);
      else amend({ foreign: true });
    },
    changed: (camera) => amend({ camera }),
  });
  return { name: "scan", look, camera: look.state };
}

/** Of the screen as it is now: the camera may have come in between. */
function amended(app: App, look: Look, change: Partial<ScanScreen>): void {
  const { screen } = app;
  if (screen.name === "scan" && screen.look === look) app.amend({ ...screen, ...change });
}

export function scan(app: App, screen: ScanScreen): TemplateResult {
  const w = app.words.requests.scan;
  const { unread } = screen;
  const wrong = unread?.from === "text" ? unread.why : undefined;
  return html`${heading(w.heading)}
    ${sight(app, screen)}
    ${unread?.from === "picture" ? notice("bad", unread.why) : nothing}
    <p class="buttons"><label class="button file">${w.picture}<input id="picture" type="file" accept="image/*"
      @change=${(event: Event) => choose(app, screen, event)}></label></p>
    ${form(app, {
      // A code may hold 700 signs, and a link more.
      fields: html`<div class=${wrong === undefined ? "field" : "field wrong"}><label for="text">${message(w.text)}</label>
        <p class="hint" id="text-hint">${message(w.textHint)}</p>
        ${wrong === undefined ? nothing : html`<p class="why" id="text-error">${stop}<span>${message(wrong)}</span></p>`}
        <textarea id="text" name="text" rows="2" aria-describedby=${wrong === undefined ? "text-hint" : "text-error text-hint"}
          aria-invalid=${wrong === undefined ? nothing : "true"} autocomplete="off" autocapitalize="none"
          autocorrect="off" spellcheck="false" translate="no"></textarea></div>`,
      button: w.open,
      submit: (values) => paste(app, screen, values("text")),
    })}
    ${back(app)}`;
}

function sight(app: App, { look, camera, foreign }: ScanScreen): TemplateResult {
  const w = app.words.requests.scan;
  switch (camera) {
    case "asking":
      return html`<p class="lead" role="status">${message(w.asking)}</p>`;
    case "looking":
      return html`<div class="finder" role="img" aria-label=${w.view}>${look.view}</div>
        <p role="status">${message(foreign === undefined ? w.looking : w.foreign)}</p>`;
    case "refused":
    case "missing":
    case "busy":
      return html`${notice("look", w[camera].help, w[camera].title)}
        <p class="below"><button type="button" class="link" @click=${() => app.go(newScan(app))}>${w.again}</button></p>`;
    default:
      return camera satisfies never;
  }
}

/** One that cannot be read stays to be mended. */
function paste(app: App, { look }: ScanScreen, text: string): void {
  const read = parseQrText(text);
  if (read.ok) {
    open(app, text);
    return;
  }
  const why = text.trim() === "" ? app.words.requests.scan.empty : unreadable(app, read.reason);
  amended(app, look, { unread: { from: "text", why } });
}

function choose(app: App, { look }: ScanScreen, { currentTarget: input }: Event): void {
  const file = input instanceof HTMLInputElement ? input.files?.[0] : undefined;
  if (file === undefined) return;
  app.work(async (still) => {
    const text = await app.ports.reader.picture(file);
    if (!still()) return;
    const read = text === undefined ? undefined : parseQrText(text);
    if (text !== undefined && read?.ok) return open(app, text);
    const why = read === undefined || read.ok ? app.words.requests.scan.noCode : unreadable(app, read.reason);
    amended(app, look, { unread: { from: "picture", why } });
  });
}

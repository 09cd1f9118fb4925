import { html, nothing, type TemplateResult } from "lit-html";
import { parseQrText } from "../../../e-num/qr-text.ts";
import type { App } from "../app.ts";
import type { CameraState, Look } from "../camera.ts";
import { open } from "../opened.ts";
import { back, form } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";

/** The camera looks; `look` ends with the screen. */
export type ScanScreen = {
  readonly name: "scan";
  readonly look: Look;
  readonly camera: CameraState;
  /** Another code than ours is in view. */
  readonly foreign?: true;
  /** The chosen picture shows no code. */
  readonly noCode?: true;
};

export function newScan(app: App): ScanScreen {
  const amend = (change: Partial<ScanScreen>) => {
    const { screen } = app;
    if (screen.name === "scan" && screen.look === look) app.amend({ ...screen, ...change });
  };
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

export function scan(app: App, screen: ScanScreen): TemplateResult {
  const w = app.words.requests.scan;
  return html`${heading(w.heading)}
    ${sight(app, screen)}
    ${screen.noCode === undefined ? nothing : notice("bad", w.noCode)}
    <p class="buttons"><label class="button file">${w.picture}<input id="picture" type="file" accept="image/*"
      @change=${(event: Event) => choose(app, screen, event)}></label></p>
    ${form(app, {
      // A code may hold 700 signs, and a link more.
      fields: html`<div class="field"><label for="text">${message(w.text)}</label>
        <p class="hint" id="text-hint">${message(w.textHint)}</p>
        <textarea id="text" name="text" rows="2" aria-describedby="text-hint" autocomplete="off" autocapitalize="none"
          autocorrect="off" spellcheck="false" translate="no"></textarea></div>`,
      button: w.open,
      submit: (values) => open(app, values("text")),
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

function choose(app: App, screen: ScanScreen, { currentTarget: input }: Event): void {
  const file = input instanceof HTMLInputElement ? input.files?.[0] : undefined;
  if (file === undefined) return;
  app.work(async (still) => {
    const text = await app.ports.reader.picture(file);
    if (!still()) return;
    if (text === undefined) app.amend({ ...screen, noCode: true });
    else open(app, text);
  });
}

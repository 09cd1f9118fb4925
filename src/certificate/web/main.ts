/**
 * What the pages of certificates can do where scripts run: make the key in the browser, and save it with its certificate in one file.
 * Its words stand in the page as a template, which is put into its place where the browser is known to be able to.
 */
import { forgetKey, keepKey, keptKey } from "./kept-keys.ts";
import { pkcs12 } from "./pkcs12.ts";
import { certificatesIn, makeKey, requestIn } from "./request.ts";

/** NIST SP 800-63B: shorter ones are guessed, whatever the rounds. */
const LEAST_PASSWORD = 8;
/** What Windows and macOS know a PKCS #12 by. */
const TYPE = "application/x-pkcs12";

/** WebCrypto is there on https and localhost alone. */
if (crypto.subtle !== undefined) {
  making();
  await saving();
}

function making(): void {
  const template = document.querySelector("template");
  const part = template?.content.querySelector<HTMLElement>("[data-make-key]");
  const button = part?.querySelector("button");
  const field = document.querySelector<HTMLTextAreaElement>("#csr");
  const next = field?.form?.querySelector<HTMLButtonElement>("button[value=next]");
  if (!template || !part || !button || !field || !next) return;
  template.replaceWith(part);
  const chosen = part.querySelector("input");
  chosen?.addEventListener("change", async () => {
    const file = chosen.files?.[0];
    if (file !== undefined) field.value = requestIn(new Uint8Array(await file.arrayBuffer()));
  });
  button.addEventListener("click", () =>
    attempt(part, button, async () => {
      const { id, key, request } = await makeKey();
      await keepKey(id, key);
      field.value = request;
      field.form?.requestSubmit(next);
    }),
  );
}

async function saving(): Promise<void> {
  const template = document.querySelector("template");
  const part = template?.content.querySelector<HTMLElement>("[data-key-id]");
  const { keyId = "", file = "", name = "" } = part?.dataset ?? {};
  const form = part?.querySelector("form");
  const password = part?.querySelector("input");
  const [save, forget] = part?.querySelectorAll("button") ?? [];
  if (!template || !part || !form || !password || !save || !forget) return;
  const key = await keptKey(keyId).catch(() => undefined);
  if (key === undefined) return;
  template.replaceWith(part);
  const wrong = part.querySelector<HTMLElement>("[data-short]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const short = password.value.length < LEAST_PASSWORD;
    if (wrong) wrong.hidden = !short;
    password.setAttribute("aria-invalid", String(short));
    if (short) return password.focus();
    void attempt(part, save, async () => {
      const answer = await fetch(file);
      if (!answer.ok) throw new Error(`${answer.status}`);
      const certificates = certificatesIn(await answer.text());
      const exported = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
      const bytes = await pkcs12({ key: exported, certificates, password: password.value, name });
      download(new Blob([bytes], { type: TYPE }), `${name.replaceAll(" ", "-")}.p12`);
      forget.hidden = false;
    });
  });
  forget.addEventListener("click", () =>
    attempt(part, forget, async () => {
      await forgetKey(keyId);
      part.remove();
    }),
  );
}

function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download has the file by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** One press at a time; what goes wrong is told by the part's own words. */
async function attempt(part: HTMLElement, button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  const failed = part.querySelector<HTMLElement>("[data-failed]");
  if (failed) failed.hidden = true;
  button.disabled = true;
  try {
    await work();
  } catch {
    if (failed) failed.hidden = false;
  } finally {
    button.disabled = false;
  }
}

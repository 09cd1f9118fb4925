/** How a page gets into the browser, and questions to it, answered there; each stands alone, for it is sent there as text. */

/**
 * Writes a page over the one that is there: parser and scripts make of it what they would make of an answer with the same headers. Done when its scripts are;
 * where there are none, no listener is called, and it would not end.
 */
export async function show(sent: string): Promise<void> {
  // What the page before waits for would happen to this one.
  let timer = window.setTimeout(() => undefined);
  while (timer > 0) clearTimeout(timer--);
  document.open();
  const ready = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));
  document.write(sent);
  document.close();
  await ready;
}

/** What is wider than the window or than its own box, and so is cut off or scrolls sideways. */
export function clipped(): string[] {
  const found: string[] = [];
  const wide = document.documentElement;
  if (wide.scrollWidth > wide.clientWidth) found.push(`the page: ${wide.scrollWidth} > ${wide.clientWidth}`);
  for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
    if (element.closest(".heard, [hidden], svg, option") !== null || element.getClientRects().length === 0) continue;
    const { left, right, width } = element.getBoundingClientRect();
    const name = `${element.tagName.toLowerCase()}.${element.className} "${element.textContent?.trim().slice(0, 40)}"`;
    if (width > 0 && (left < -0.5 || right > wide.clientWidth + 0.5)) found.push(`outside: ${name}`);
    if (getComputedStyle(element).display !== "inline" && element.scrollWidth > element.clientWidth + 1) {
      found.push(`too narrow: ${name} ${element.scrollWidth} > ${element.clientWidth}`);
    }
    // Long text in a field of several lines is what its own scrolling is for.
    if (element.tagName === "TEXTAREA") continue;
    if (getComputedStyle(element).overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1) {
      found.push(`too low: ${name}`);
    }
  }
  return found;
}

/** Buttons, fields and links that stand alone, if they are smaller than a finger: 44 CSS pixels. */
export function small(): string[] {
  const found: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>(
    "button, input, textarea, summary, .choice, .reason, a",
  )) {
    if (element.matches("input[type=hidden], input[type=radio], [role=alert] a, .steps a")) continue;
    const { width, height } = element.getBoundingClientRect();
    if (width === 0 && height === 0) continue;
    if (height < 43.5 || width < 24) found.push(`${element.textContent || element.id}: ${width} × ${height}`);
  }
  return found;
}

/** For each element in turn whether it is seen, hidden or beside the window: where two widths say the same, most rules have nothing new to find. */
export function seen(): string {
  const states = [...document.querySelectorAll("*")].map((element) => {
    if (!element.checkVisibility({ visibilityProperty: true })) return "hidden";
    const { left, right, bottom } = element.getBoundingClientRect();
    return right <= 0 || bottom + scrollY <= 0 || left >= innerWidth ? "beside" : "seen";
  });
  return states.join(" ");
}

/** Whether scripts have left the page as the server sent it, and it has nothing for where there are none: then it is the same page without them. */
export function untouched(sent: string): boolean {
  if (document.querySelector("noscript") !== null) return false;
  const textOf = (page: Document) => {
    const root = page.documentElement.cloneNode(true);
    if (root instanceof HTMLElement) for (const style of root.querySelectorAll("style")) style.remove();
    return root instanceof HTMLElement ? root.outerHTML : undefined;
  };
  return textOf(new DOMParser().parseFromString(sent, "text/html")) === textOf(document);
}

/** Without scripts: what can be pressed and leads nowhere, what is shown in a state that is not the page's, and what nothing fills in. */
export function dead(): string[] {
  const found: string[] = [];
  const seen = (element: Element) => element.checkVisibility();
  // What can be unfolded is looked at as well.
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  for (const link of document.querySelectorAll("a")) {
    const href = link.getAttribute("href") ?? "";
    const leads = href.startsWith("#") ? document.getElementById(href.slice(1)) !== null : /^(?:\/|https?:)/.test(href);
    if (!leads) found.push(`a link to ${href}: ${link.textContent}`);
  }
  for (const button of document.querySelectorAll("button")) {
    if (button.form === null || button.type !== "submit") found.push(`a button of no form: ${button.textContent}`);
  }
  for (const form of document.forms) {
    const buttons = [...form.querySelectorAll("button")];
    if (buttons.length > 0 && !buttons.some((button) => button.matches(".primary") && seen(button)))
      found.push("a form whose first button is not seen");
  }
  for (const part of document.querySelectorAll<HTMLElement>("[data-when]")) {
    const open = part.closest<HTMLElement>("[data-challenge]")?.dataset["state"] === "open";
    if (seen(part) && (part.dataset["when"] === "open") !== open) found.push(`of another state: ${part.textContent}`);
  }
  const unfilled = document.body.innerText.match(/\{[a-z]\}/);
  return unfilled === null ? found : [...found, `a place that is not filled in: ${unfilled[0]}`];
}

/** Without scripts: what tells the time that is left as if it moved, in both languages. */
export function counted(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-countdown]")]
    .map(({ innerText }) => innerText)
    .filter((text) => !/^(Good for|Действует) /.test(text))
    .map((text) => `time that moves: ${text}`);
}

/** In the pseudo-language: words outside its brackets, but for data (`translate="no"`). */
export function hardWired(): string[] {
  const found: string[] = [];
  let depth = 0;
  const read = (text: string, where: string) => {
    let loose = "";
    for (const sign of text) {
      if (sign === "⟦") depth += 1;
      else if (sign === "⟧") depth -= 1;
      else if (depth === 0 && /[\p{L}\p{N}]/u.test(sign)) loose += sign;
    }
    if (loose !== "") found.push(`${where}: ${loose}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    if (node.parentElement?.closest('[translate="no"], script, style') === null) {
      read(node.textContent ?? "", node.parentElement?.tagName ?? "");
    }
  }
  if (depth !== 0) found.push(`${depth} brackets are not closed`);
  for (const element of document.querySelectorAll("*")) {
    for (const name of [
      "aria-label",
      "alt",
      "title",
      "placeholder",
      "data-spent",
      "data-minutes",
      "data-last",
      "data-moved",
    ]) {
      depth = 0;
      read((element.getAttribute(name) ?? "").replace(/\{[a-z]\}/g, ""), name);
    }
  }
  return found;
}

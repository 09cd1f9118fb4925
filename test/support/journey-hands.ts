import type { Locator, Page } from "playwright-core";

/** How a person presses and types. */
export interface Hands {
  press(button: Locator): Promise<void>;
  type(text: string, into: Locator): Promise<void>;
}

export const mouse: Hands = {
  press: (button) => button.click(),
  type: (text, into) => into.fill(text),
};

/** More than any page of ours has stops. */
const STOPS = 30;

/** Tab, Enter and letters alone; `complaints` tells of each stop that cannot be seen, and of each that is not the next on the page. */
export function keyboard(page: Page, complaints: string[]): Hands {
  const reach = async (wanted: Locator) => {
    await wanted.waitFor();
    let before = await page.evaluate(focused);
    for (let stops = 0; stops < STOPS; stops += 1) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
      const here = await page.evaluate(focused);
      if (!here.seen) complaints.push(`nothing shows that ${here.name} has the focus`);
      const next = before.place === before.stops - 1 ? [-1, 0] : [before.place + 1];
      if (before.place >= 0 && !next.includes(here.place))
        complaints.push(`${here.name} does not come after ${before.name}`);
      before = here;
    }
    throw new Error(`the keyboard does not reach ${wanted}`);
  };
  return {
    async press(button) {
      await reach(button);
      await page.keyboard.press("Enter");
    },
    async type(text, into) {
      await reach(into);
      await page.keyboard.press("Control+A");
      await page.keyboard.type(text);
    },
  };
}

/** What has the focus; `place` among all `stops` as the page has them, or -1. It stands alone, for it is sent to the browser as text. */
function focused() {
  const tabbable = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]';
  // Of radio buttons with one name the keyboard stops at the chosen one.
  const passedBy = (element: Element) =>
    element instanceof HTMLInputElement &&
    element.type === "radio" &&
    !element.checked &&
    document.querySelector(`input[type="radio"][name="${element.name}"]:checked`) !== null;
  const stops = [...document.querySelectorAll(tabbable)].filter(
    (element) => element.checkVisibility() && !passedBy(element),
  );
  const element = document.activeElement;
  if (element === null || element === document.body)
    return { name: "nothing", place: -1, stops: stops.length, seen: true };
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, bottom } = element.getBoundingClientRect();
  const outlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  return {
    name: element.outerHTML.slice(0, 80),
    place: stops.indexOf(element),
    stops: stops.length,
    seen: outlined && bottom > 0 && top < innerHeight,
  };
}

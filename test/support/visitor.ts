import { Agent, type IncomingHttpHeaders } from "node:http";
import { type HTMLElement, parse } from "node-html-parser";
import { agent } from "supertest";

/** A page as a person without JavaScript has it: what it says, and where its form goes. */
export interface Page {
  status: number;
  /** Where the visitor is; an address of a site when the provider has sent the person away. */
  url: string;
  title: string;
  text: string;
  alert: string;
  /** The check number, the QR's text and the activation code, by PROTOCOL 7's hooks. */
  challenge: string;
  qr: string;
  activation: string;
  html: HTMLElement;
  headers: IncomingHttpHeaders;
}

export interface Visitor {
  open(address: string): Promise<Page>;
  /** Fills in the page's form and presses the button named `action` with this value. */
  submit(page: Page, action: string, fields?: Record<string, string>): Promise<Page>;
  /** Posts a body as it stands, without looking at the page. */
  post(path: string, body: string, headers?: Record<string, string>): Promise<Page>;
  /** The answer to one request: a redirect is not followed, and the page's `url` is where it leads. */
  once(address: string, body?: string): Promise<Page>;
  /** What it would send to the provider's front page. */
  cookies(): { name: string; value: string }[];
}

/**
 * Of all visitors: as a browser does, they keep a connection for what comes next. All servers of the tests listen at one address, so that no name
 * has to be looked up.
 */
const connections = new Agent({
  keepAlive: true,
  lookup: (_name, _options, found) => found(null, [{ address: "127.0.0.1", family: 4 }]),
});

/** A browser without JavaScript: keeps cookies, follows redirects within the provider and stops where they leave it. */
export function createVisitor(issuer: string, headers: Record<string, string> = {}): Visitor {
  const browser = agent(issuer);
  const send = async (
    method: "get" | "post",
    address: string,
    body?: string,
    extra: Record<string, string> = {},
    follow = true,
  ): Promise<Page> => {
    let url = new URL(address, issuer);
    let request = method === "get" ? browser.get(pathOf(url)) : browser.post(pathOf(url)).send(body ?? "");
    for (let hops = 0; hops < 10; hops += 1) {
      const response = await request
        .agent(connections)
        .redirects(0)
        .set({ accept: "text/html", ...headers, ...extra })
        .ok(() => true);
      if (response.status < 300 || response.status > 399)
        return toPage(url.href, response.status, textOf(response), response.headers);
      url = new URL(String(response.headers["location"]), url);
      if (url.origin !== issuer || !follow) return toPage(url.href, response.status, "", response.headers);
      request = browser.get(pathOf(url));
    }
    throw new Error(`more than ten redirects, the last to ${url.href}`);
  };
  const { hostname: domain, protocol } = new URL(issuer);
  const front = { domain, path: "/", secure: protocol === "https:", script: false };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  return {
    open: (address) => send("get", address),
    post: (path, body, extra = {}) => send("post", path, body, { ...form, ...extra }),
    once: (address, body) =>
      body === undefined ? send("get", address, undefined, {}, false) : send("post", address, body, form, false),
    cookies: () => browser.jar.getCookies(front).map(({ name, value }) => ({ name, value })),
    submit(page, action, fields = {}) {
      const button = page.html.querySelectorAll("button").find((each) => each.getAttribute("value") === action);
      if (button === undefined) throw new Error(`no button ${action} on "${page.title}" (${page.url})`);
      const owner = formOf(page, button);
      const values = new URLSearchParams();
      for (const input of owner.querySelectorAll("input")) {
        const name = input.getAttribute("name");
        if (name !== undefined && input.getAttribute("type") !== "radio")
          values.set(name, input.getAttribute("value") ?? "");
      }
      for (const [name, value] of Object.entries(fields)) values.set(name, value);
      values.set(button.getAttribute("name") ?? "action", action);
      const target = new URL(owner.getAttribute("action") ?? page.url, page.url);
      return send("post", target.href, values.toString(), form);
    },
  };
}

function formOf(page: Page, button: HTMLElement): HTMLElement {
  const id = button.getAttribute("form");
  const owner =
    id === undefined
      ? button.closest("form")
      : page.html.querySelectorAll("form").find((form) => form.getAttribute("id") === id);
  if (!owner) throw new Error("the button has no form");
  return owner;
}

/** A file that is no text to supertest comes as bytes. */
function textOf({ text, body }: { text?: string; body: unknown }): string {
  return text ?? (Buffer.isBuffer(body) ? body.toString() : "");
}

function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`;
}

function toPage(url: string, status: number, body: string, headers: IncomingHttpHeaders): Page {
  let parsed: HTMLElement | undefined;
  const html = () => (parsed ??= parse(body));
  const text = (selector: string) => html().querySelector(selector)?.text.replace(/\s+/g, " ").trim() ?? "";
  const data = (name: string) => html().querySelector(`[data-enum-${name}]`)?.getAttribute(`data-enum-${name}`) ?? "";
  // Each test looks at little of it.
  return {
    status,
    url,
    headers,
    get title() {
      return text("title");
    },
    get text() {
      return text("body");
    },
    get alert() {
      return text('[role="alert"]');
    },
    get challenge() {
      return data("challenge");
    },
    get qr() {
      return data("qr");
    },
    get activation() {
      return data("activation");
    },
    get html() {
      return html();
    },
  };
}

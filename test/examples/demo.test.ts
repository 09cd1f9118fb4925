import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { enumId, type Folder, freePort, freshFolder, launch, type Started } from "../main/processes.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";

const DEMO = fileURLToPath(new URL("../../examples/demo.ts", import.meta.url));
const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const PHONE = fileURLToPath(new URL("../../src/phone/command-line/cli.ts", import.meta.url));

const SITES = ["shop", "library", "credit-exchange", "debt-service", "wallet"] as const;
type SiteId = (typeof SITES)[number];

interface Place extends Disposable {
  folder: Folder;
  ports: { provider: number; api: number } & Record<SiteId, number>;
  start(env?: Record<string, string>): Started;
}

/** A folder to start in, as a fresh clone is, but on ports that nobody else uses. */
async function freshPlace(): Promise<Place> {
  const folder = freshFolder();
  const file = join(folder.path, "config/clients.json");
  let clients = readFileSync(file, "utf8");
  const moved = async (id: SiteId | "wallet-api") => {
    const { client_uri: uri } = JSON.parse(clients).find((client: { client_id: string }) => client.client_id === id);
    const port = await freePort();
    clients = clients.replaceAll(uri, `http://localhost:${port}`);
    return port;
  };
  const ports = {
    provider: await freePort(),
    shop: await moved("shop"),
    library: await moved("library"),
    "credit-exchange": await moved("credit-exchange"),
    "debt-service": await moved("debt-service"),
    wallet: await moved("wallet"),
    api: await moved("wallet-api"),
  };
  writeFileSync(file, clients);
  return {
    folder,
    ports,
    start: (env = {}) => launch([DEMO], folder, { ENUM_ID_PORT: String(ports.provider), ...env }),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

async function occupied(port: number): Promise<Server> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** A browser at the shop or another site, which has pressed "Sign in with E-num" and is at the provider's first page. */
async function atProvider({ ports }: Place, site: SiteId = "shop") {
  const shop = `http://localhost:${ports[site]}`;
  const manual = { redirect: "manual" } as const;
  const cookieOf = ({ headers }: Response) => headers.get("set-cookie")?.split(";")[0] ?? "";
  const begun = await fetch(`${shop}/sign-in`, { ...manual, method: "POST" });
  const visitor = createVisitor(`http://localhost:${ports.provider}`);
  return {
    visitor,
    identifier: await visitor.open(begun.headers.get("location") ?? ""),
    /** What the shop shows when the person has come back. */
    async finish(back: Page): Promise<string> {
      const signedIn = await fetch(back.url, { ...manual, headers: { cookie: cookieOf(begun) } });
      return (await fetch(shop, { headers: { cookie: cookieOf(signedIn) } })).text();
    },
  };
}

/** `npm run phone -- <words>`. */
async function phone({ folder }: Place, ...words: string[]): Promise<string> {
  using run = launch([PHONE, ...words], folder, { ENUM_PHONE_PIN: "271828" });
  const { stdout, stderr } = await run.ended;
  expect(stderr).toBe("");
  return /(\d{3} \d{4}) {3}│/.exec(stdout)?.[1] ?? "";
}

/** What README.md says by which somebody of the demo gets a WMID, typed for this person. */
async function wmidByReadme({ folder }: Place, email: string): Promise<string> {
  const line = /`(?:ENUM_ID_DATABASE_URL=(\S+) )?npx enum-id (wmids add [^`]+)`/.exec(readFileSync(README, "utf8"));
  const [, url = "", words = ""] = line ?? [];
  const env = { ENUM_ID_DATABASE_URL: url };
  using run = enumId(words.replace("you@example.com", email).split(" "), { folder, env });
  const { stdout, stderr } = await run.ended;
  return stdout + stderr;
}

async function signInAsAlice(place: Place): Promise<string> {
  const { visitor, identifier, finish } = await atProvider(place);
  const number = await visitor.submit(identifier, "next", { identifier: "alice@example.com" });
  const response = await phone(place, "login", number.challenge);
  return finish(await visitor.submit(number, "next", { response }));
}

/** Without signing in at the shop; the page that it shows in the end. */
async function buyAsAlice(place: Place): Promise<string> {
  const shop = `http://localhost:${place.ports.shop}`;
  const body = new URLSearchParams({ book: "The House by the Lake" });
  const begun = await fetch(`${shop}/buy`, { redirect: "manual", method: "POST", body });
  const visitor = createVisitor(`http://localhost:${place.ports.provider}`);
  const identifier = await visitor.open(begun.headers.get("location") ?? "");
  const number = await visitor.submit(identifier, "next", { identifier: "alice@example.com" });
  const response = await phone(place, "pay", number.challenge, "Z123456789012", "10.50");
  const back = await visitor.submit(number, "next", { response });
  return (await fetch(back.url, { headers: { cookie: begun.headers.get("set-cookie")?.split(";")[0] ?? "" } })).text();
}

/** The code in the newest message to somebody, as the outbox page shows it once it has come. */
function codeTo(visitor: Visitor, to: string): Promise<string> {
  return vi.waitFor(async () => {
    const outbox = await visitor.open("/development/outbox");
    const text = outbox.html.querySelector(`[data-to="${to}"] pre`)?.text ?? "";
    const code = /^ *([0-9A-Z]{8})$|^([0-9]{6}) /m.exec(text);
    if (code === null) throw new Error(`there is no code to ${to} in: ${text}`);
    return code[1] ?? code[2] ?? "";
  }, 10_000);
}

test("the demo says in five lines what to do, and starts again on what it has made", async () => {
  using place = await freshPlace();
  const said: string[] = [];
  for (const _ of ["first", "second"]) {
    using demo = place.start();
    await demo.wrote("4. ");
    expect(await signInAsAlice(place)).toContain("alice@example.com");
    expect(await buyAsAlice(place)).toContain("Paid: The House by the Lake");
    const wallet = await fetch(`http://localhost:${place.ports.wallet}`);
    expect(await wallet.text()).toContain("Sign in to see your balance.");
    expect((await fetch(`http://localhost:${place.ports.api}/wallet`)).status).toBe(401);
    demo.child.kill("SIGINT");
    const { code, stdout, stderr } = await demo.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toHaveLength(5);
    said.push(stdout);
  }
  const { api: _, ...told } = place.ports;
  for (const port of Object.values(told)) expect(said[0]).toContain(`http://localhost:${port}`);
  expect(said[0]).toContain("alice@example.com, who is there already; the PIN of her phone is 271828.");
  expect(said[0]).toContain('"Buy with E-num" does so too: npm run phone -- pay <number> <purse> <amount>');
  expect(said[1]).toBe(said[0]);
  expect(existsSync(join(place.folder.path, "var/demo/enum-id.sqlite"))).toBe(true);
});

test("a newcomer of the demo registers by the outbox page, connects the command-line phone and is signed in at the shop", async () => {
  using place = await freshPlace();
  using demo = place.start();
  await demo.wrote("4. ");
  const dora = { email: "dora@example.com", phone: "+15555550199" };
  const { visitor, identifier, finish } = await atProvider(place);
  let page = await visitor.submit(await visitor.submit(identifier, "register"), "next", dora);
  page = await visitor.submit(page, "next", { code: await codeTo(visitor, dora.email) });
  page = await visitor.submit(page, "next", { code: await codeTo(visitor, dora.phone) });
  const [, words = ""] = /npm run phone -- ([^<]+)/.exec(page.html.toString()) ?? [];
  await phone(place, ...words.split(" "));
  page = await visitor.submit(page, "answered");
  page = await visitor.submit(page, "next", { response: await phone(place, "first", page.challenge) });
  page = await visitor.submit(page, "next");
  page = await visitor.submit(page, "next", { response: await phone(place, "login", page.challenge) });
  expect(await finish(page)).toContain(dora.email);
  expect(await wmidByReadme(place, dora.email)).toContain("The WMID 309999999999 was added to dora@example.com.");

  // alice is still on the phone; the next start says that she is to be chosen.
  demo.child.kill("SIGINT");
  await demo.ended;
  using again = place.start();
  const here = `http://localhost:${place.ports.provider}`;
  await again.wrote(`choose her phone by \`npm run phone -- use alice@example.com --issuer ${here}\``);
  await phone(place, "use", "alice@example.com", "--issuer", here);
  expect(await signInAsAlice(place)).toContain("alice@example.com");
});

test("carol, who has no phone client, signs in by SMS at the library, and at no other site", async () => {
  using place = await freshPlace();
  using demo = place.start();
  await demo.wrote("4. ");
  const carol = "carol@example.com";
  const { visitor, identifier, finish } = await atProvider(place, "library");
  const number = await visitor.submit(identifier, "next", { identifier: carol });
  const email = await visitor.submit(number, "sms");
  const code = await visitor.submit(email, "next", { code: await codeTo(visitor, carol) });
  const consent = await visitor.submit(code, "next", { code: await codeTo(visitor, "+15555550103") });
  expect(await finish(await visitor.submit(consent, "allow"))).toContain(carol);

  const again = await atProvider(place);
  const asked = await again.visitor.submit(again.identifier, "next", { identifier: carol });
  expect(asked.html.querySelector('button[value="sms"]')).toBeNull();
  const party = await fetch(`http://localhost:${place.ports.shop}/sign-in`, { redirect: "manual", method: "POST" });
  // The browser that carol is signed in with, by SMS: the shop has her asked for a response.
  expect((await visitor.open(party.headers.get("location") ?? "")).html.querySelector("input")).not.toBeNull();
});

test("its sites listen on this machine alone", async () => {
  using place = await freshPlace();
  using demo = place.start();
  await demo.wrote("4. ");
  for (const port of Object.values(place.ports)) {
    // Another address of this machine: who listens everywhere would answer there too.
    const socket = connect({ port, host: "127.0.0.2" });
    await expect(once(socket, "connect")).rejects.toThrow();
  }
});

describe("a demo that cannot be", () => {
  test.each(["provider", "api", ...SITES] as const)(
    "because the port of the %s is taken says so in one line",
    async (which) => {
      using place = await freshPlace();
      const other = await occupied(place.ports[which]);
      using demo = place.start();
      const { code, stdout, stderr } = await demo.ended;
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(new RegExp(`^Port ${place.ports[which]} on 127.0.0.1 is taken.*\\n$`));
      other.close();
    },
  );

  test("in production says so in one line and makes nothing", async () => {
    using place = await freshPlace();
    using demo = place.start({ NODE_ENV: "production" });
    const { code, stdout, stderr } = await demo.ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^The demo is for development alone.*\n$/);
    expect(existsSync(join(place.folder.path, "var"))).toBe(false);
  });

  test("because the phone's file is none says so in one line and leaves the file alone", async () => {
    using place = await freshPlace();
    const file = join(place.folder.path, "mine.json");
    writeFileSync(file, "my notes");
    using demo = place.start({ ENUM_PHONE_FILE: file });
    const { code, stdout, stderr } = await demo.ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^The phone's file .*mine\.json cannot be read.*\n$/);
    expect(readFileSync(file, "utf8")).toBe("my notes");
  });
});

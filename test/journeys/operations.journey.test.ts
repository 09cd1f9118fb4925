import { once } from "node:events";
import { createServer } from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { decodeQR } from "qr/decode.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { example, TYPES } from "../operation/registry.ts";
import { decode } from "../pages/png.ts";
import { launchBrowser } from "../support/browser.ts";
import { type CommandLinePhone, connectedPhone, responseIn } from "../support/journey-phone.ts";
import { answer } from "../support/journey-steps.ts";
import { type Walk, walk } from "../support/journey-walk.ts";
import { begin } from "../support/payment.ts";
import { ALICE } from "../support/sign-in.ts";
import { client, createWorld, type World } from "../support/world.ts";

/** A site that asks for everything, and whose one page is empty. */
async function openSite() {
  const server = createServer((_request, response) =>
    response.setHeader("content-type", "text/html").end("<h1>Back</h1>"),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const entry = client({
    client_id: "exchange",
    client_name: "Credit exchange",
    first_party: true,
    authorization_details_types: [...TYPES],
    redirect_uris: [`http://localhost:${port}/back`],
  });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { entry, back: `http://localhost:${port}/back`, close };
}

interface Told {
  /** What the page asks, and the words on its button. */
  heading: string;
  submit: string;
  /** Each member in words, on the page and on the phone. */
  words: readonly string[];
  /** Where page and phone say it differently: our words for a choice and a period are the page's alone. */
  page?: readonly string[];
  phone?: readonly string[];
  /** What is typed into the phone beside the check number, where the type lets it, and the statement of it. */
  typed?: { verb: "pay" | "confirm"; words: readonly string[]; statement: { mode: string; [member: string]: string } };
}

const TOLD: Record<(typeof TYPES)[number], Told> = {
  payment: {
    heading: "Pay 10.50 WMZ to Book shop?",
    submit: "Confirm payment",
    words: [
      "10.50 WMZ",
      "Book shop",
      "Z 1234 5678 9012",
      "3012 3456 7890",
      "Two books",
      "Z 2109 8765 4321",
      "1042",
      "inv-1042",
    ],
    typed: {
      verb: "pay",
      words: ["Z123456789012", "10.5"],
      statement: { mode: "payment", amount: "10.5", recipient: "Z123456789012" },
    },
  },
  trust_transfer: {
    heading: "Transfer 1 250.50 WMZ by trust to Book shop?",
    submit: "Confirm transfer",
    words: ["1 250.50 WMZ", "Book shop", "Z 1234 5678 9012", "Z 2109 8765 4321", "3012 3456 7890", "tt-88"],
    typed: {
      verb: "pay",
      words: ["Z123456789012", "1250.5"],
      statement: { mode: "payment", amount: "1250.5", recipient: "Z123456789012" },
    },
  },
  trust_limit: {
    heading: "Let WMID 3012 3456 7890 take up to 500 WMZ from your purse?",
    submit: "Confirm limit",
    words: ["500 WMZ", "3012 3456 7890", "Z 1234 5678 9012", "50 WMZ", "150 WMZ", "300 WMZ", "30 days", "tl-7"],
    page: ["50 WMZ per day", "150 WMZ per week", "300 WMZ per month"],
  },
  credit_request: {
    heading: "Ask for a credit of 1 500 WMC?",
    submit: "Confirm request",
    words: ["1 500 WMC", "C 1234 5678 9012", "Credit for the shop", "30 days", "0.25 % per day", "cr-2026-11-000317"],
    page: ["at the end of the term"],
    phone: ["repayment end"],
  },
  credit_issue: {
    heading: "Lend 1 000 000 WMZ to WMID 3012 3456 7890?",
    submit: "Confirm credit",
    words: ["1 000 000 WMZ", "3012 3456 7890", "Z 1234 5678 9012", "365 days", "0.5 % per day", "ci-12"],
  },
  profile_update: {
    heading: "Change your details?",
    submit: "Confirm change",
    words: ["e-mail", "alice@example.org", "alice@example.com", "phone", "+37120000001", "pu-5"],
    page: ["e-mail: alice@example.org → alice@example.com", "phone: → +37120000001"],
  },
  security_settings: {
    heading: "Change the security setting “Confirm by SMS”?",
    submit: "Confirm change",
    words: ["Confirm by SMS", "allowed", "not allowed", "ss-3"],
  },
  correspondent_add: {
    heading: "Add WMID 3012 3456 7890 to your correspondents?",
    submit: "Confirm correspondent",
    words: ["3012 3456 7890", "Bob", "ca-9"],
    typed: { verb: "confirm", words: [], statement: { mode: "confirm" } },
  },
  keys: {
    heading: "Back up the keys of WMID 3012 3456 7890?",
    submit: "Confirm",
    words: ["3012 3456 7890", "k-1"],
    page: ["Back up the keys"],
    phone: ["action back_up"],
  },
};

/** As a person compares: one blank is like another. */
const plainly = (text: string) => text.replace(/\s+/g, " ");

/** What a camera reads off the screen. */
async function photographed({ page }: Walk): Promise<string> {
  const { width, height, rgb } = decode(await page.locator("[data-enum-qr] img").screenshot());
  return decodeQR({ width, height, data: rgb });
}

type Type = (typeof TYPES)[number];

describe("alice confirms an operation of each type", () => {
  let world: World;
  let site: Awaited<ReturnType<typeof openSite>>;
  let alice: Walk;
  let phone: CommandLinePhone;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const browser = await launchBrowser();
    site = await openSite();
    world = await createWorld({ clients: [site.entry] });
    alice = await walk(browser);
    phone = await connectedPhone(world, ALICE);
    close = async () => {
      await phone[Symbol.asyncDispose]();
      await alice[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
      await site.close();
      await browser.close();
    };
    // The first asks for a sign-in as well; all others find her signed in.
    const { address } = await begin(world, example("keys", { operation_id: "first" }), { scope: "openid" }, site.entry);
    await alice.page.goto(address);
    await alice.hands.type(ALICE, alice.field(alice.m.login.identifier.label));
    await alice.hands.press(alice.button(alice.m.login.identifier.next));
    await answer(alice, phone);
    await alice.at(TOLD.keys.heading);
  }, 60_000);
  afterAll(() => close());

  const type = async (response: string, of: Type): Promise<void> => {
    await alice.hands.type(response, alice.field(alice.m.login.challenge.response));
    await alice.hands.press(alice.button(TOLD[of].submit));
  };

  /** The address that brings her back to the site. */
  const confirmed = async (response: string, of: Type): Promise<string> => {
    await Promise.all([alice.page.waitForURL(`${site.back}?**`), type(response, of)]);
    return alice.page.url();
  };

  /** As far as the page that asks, with what it says. */
  const asked = async (of: Type, changed: Record<string, unknown> = {}) => {
    const element = example(of, changed);
    const { address, finish } = await begin(world, element, { scope: "openid" }, site.entry);
    await alice.page.goto(address);
    await alice.at(TOLD[of].heading);
    return { element, finish, text: plainly(await alice.page.locator("main").innerText()) };
  };

  /** Token, ID token and receipt say the same, and what the response was bound to. */
  const compared = async (
    { element, finish }: Pick<Awaited<ReturnType<typeof asked>>, "element" | "finish">,
    url: string,
    statement: { mode: string },
  ) => {
    const { issuer } = world;
    const tokens = await finish({ url });
    const id = tokens.claims()?.["txn"];
    expect(tokens.authorization_details).toEqual([
      { ...element, confirmation: { id, confirmed_at: expect.any(String), binding: statement.mode } },
    ]);
    const answered = await fetch(`${issuer}/confirmations/${id}/receipt`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const keys = createRemoteJWKSet(new URL(`${issuer}/confirmations/jwks`));
    const { payload } = await jwtVerify(await answered.text(), keys, {
      issuer,
      audience: site.entry.client_id,
      typ: "enum-receipt+jwt",
      algorithms: ["ES256"],
    });
    expect(payload).toMatchObject({
      txn: id,
      sub: tokens.claims()?.sub,
      acr: "urn:e-num:acr:operation",
      authorization_details: [element],
      binding: { mode: statement.mode, statement },
    });
  };

  test.each(TYPES)("%s: she reads every member on page and phone, which scans the code off the screen", async (of) => {
    const told = TOLD[of];
    const { element, finish, text } = await asked(of);
    for (const words of [...told.words, ...(told.page ?? [])]) expect(text).toContain(words);
    if (told.typed === undefined) {
      // What is typed would not bind enough; who does it all the same is sent to the camera.
      await type(world.answer(ALICE, await alice.shown("challenge"), { mode: "confirm" }), of);
      await alice.page.getByRole("alert").getByText("Scan").first().waitFor();
    }
    const scanned = await photographed(alice);
    expect(scanned).toBe(await alice.shown("qr"));
    const said = await phone.run("scan", scanned);
    expect(said).toContain("Credit exchange asks you to confirm:");
    for (const words of [...told.words, ...(told.phone ?? [])]) expect(plainly(said)).toContain(words);
    const url = await confirmed(responseIn(said), of);
    const { client_id: id, client_name: name } = site.entry;
    const statement = { mode: "operation", client: { id, name }, operation: element };
    await compared({ element, finish }, url, statement);
  });

  test.each(TYPES.filter((one) => TOLD[one].typed !== undefined))("%s: she types it", async (of) => {
    const { typed } = TOLD[of];
    if (typed === undefined) throw new Error(`${of} is not typed`);
    const { element, finish } = await asked(of, { operation_id: `typed-${of}` });
    const response = await phone.respond(typed.verb, await alice.shown("challenge"), ...typed.words);
    await compared({ element, finish }, await confirmed(response, of), typed.statement);
  });
});

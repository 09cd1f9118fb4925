import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Millis } from "../../src/clock.ts";
import type { SmsRequest } from "../../src/config/sms.ts";
import { DeliveryError } from "../../src/messaging/delivery-error.ts";
import { createSmsGateway, fillRequest } from "../../src/messaging/sms-gateway.ts";
import { type Kannel, startKannel } from "../support/kannel.ts";

const ISSUER = "https://id.example.com";
const SMS = { to: "+79161234567", text: "48219370", messageId: "message-1", reportToken: "token-1" };
const RUSSIAN = "Код 48 & 50% {to} + «ё» 👍\n\n@id.example.com #482193";

function gatewayTo({ url }: Pick<Kannel, "url">, { from, patience }: { from?: string; patience?: Millis } = {}) {
  const how = patience === undefined ? { issuer: ISSUER } : { issuer: ISSUER, patience };
  return createSmsGateway({ profile: "kannel", url, from }, how);
}

async function failureOf(work: Promise<unknown>): Promise<[reason: string, permanent: boolean]> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof DeliveryError)) throw new Error(`no DeliveryError: ${error}`);
  return [error.message, error.permanent];
}

describe("an SMS by Kannel", () => {
  test.each([
    ["in Cyrillic as UCS-2", RUSSIAN, "2"],
    ["in English in seven bits", "482193 is your code: {from} [€5]\n\n@id.example.com #482193", "0"],
  ])("arrives whole, %s", async (_name, text, coding) => {
    await using kannel = await startKannel();
    await gatewayTo(kannel, { from: "E-num" }).sms({ ...SMS, text });
    expect(kannel.taken).toMatchObject([{ to: "+79161234567", from: "E-num", text, coding }]);
  });

  test("names the address for reports, with a place for Kannel's own word", async () => {
    await using kannel = await startKannel();
    await gatewayTo(kannel).sms(SMS);
    const [{ query } = { query: new URLSearchParams() }] = kannel.taken;
    expect(query.get("dlr-url")).toBe("https://id.example.com/sms/reports/token-1?state=%d");
    expect(query.get("dlr-mask")).toBe("23");
  });

  test.each([
    ["accept", undefined],
    ["queue", undefined],
    ["refuse", ["the SMS gateway: HTTP 403", true]],
    ["fail-for-now", ["the SMS gateway: HTTP 503", false]],
    ["not-kannel", ["the SMS gateway: an answer that is not Kannel's", false]],
    ["hang", ["the SMS gateway: no answer", false]],
  ] as const)("that meets %s is %j", async (mood, failure) => {
    await using kannel = await startKannel();
    kannel.mood = mood;
    // Whoever answers does so in its own time, on a busy machine as well.
    const sent = gatewayTo(kannel, mood === "hang" ? { patience: 300 } : {}).sms(SMS);
    if (failure === undefined) await sent;
    else expect(await failureOf(sent)).toEqual(failure);
  });

  test("with a wrong password fails for good, and one that is down for now; neither tells the password", async () => {
    await using kannel = await startKannel();
    const wrong = kannel.url.replace("//enum:", "//enum:hunter2");
    expect(await failureOf(gatewayTo({ url: wrong }).sms(SMS))).toEqual(["the SMS gateway: HTTP 403", true]);
    await kannel.stop();
    expect(await failureOf(gatewayTo(kannel).sms(SMS))).toEqual(["the SMS gateway: not reachable", false]);
    await kannel.start();
    await gatewayTo(kannel).sms(SMS);
    expect(kannel.taken).toHaveLength(1);
  });
});

/** A gateway that notes what it was asked, and answers with a status. */
async function listener(status: number) {
  const asked: { method: string | undefined; url: string | undefined; headers: NodeJS.Dict<unknown>; body: string }[] =
    [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(status, { location: "http://localhost/" }).end("x".repeat(100_000));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { asked, origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}

function own(request: SmsRequest, from?: string) {
  return createSmsGateway({ profile: "template", request, from }, { issuer: ISSUER, patience: 2000 });
}

describe("an SMS by a request of the operator's own", () => {
  test("has each value as its surroundings need: in the address, in a header and in JSON", async () => {
    await using gateway = await listener(200);
    const text = '{"to":"{to}","text":"{from}: {text}","report":"{report_url}?state=delivered"}';
    const url = `${gateway.origin}/v1/{id}?to={to}`;
    const headers = { Authorization: "Bearer hunter2", "Idempotency-Key": "{id}" };
    await own({ method: "PUT", url, headers, body: { type: "json", text } }, "E-num").sms({
      ...SMS,
      text: `"${RUSSIAN}\\`,
    });
    const [asked] = gateway.asked;
    expect(asked).toMatchObject({
      method: "PUT",
      url: "/v1/message-1?to=%2B79161234567",
      headers: { authorization: "Bearer hunter2", "idempotency-key": "message-1", "content-type": "application/json" },
    });
    expect(JSON.parse(asked?.body ?? "")).toEqual({
      to: "+79161234567",
      text: `E-num: "${RUSSIAN}\\`,
      report: "https://id.example.com/sms/reports/token-1?state=delivered",
    });
  });

  test("can be a form, or an address alone", async () => {
    await using gateway = await listener(201);
    const form = { type: "form" as const, text: "key=a%26b&to={to}&text={text}" };
    await own({ method: "POST", url: `${gateway.origin}/`, headers: {}, body: form }).sms({ ...SMS, text: RUSSIAN });
    const url = `${gateway.origin}/?to={to}&text={text}`;
    await own({ method: "GET", url, headers: {}, body: undefined }).sms({ ...SMS, text: RUSSIAN });
    const [posted, got] = gateway.asked;
    expect(posted).toMatchObject({ method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" } });
    const fields = { to: SMS.to, text: RUSSIAN };
    expect(Object.fromEntries(new URLSearchParams(posted?.body))).toEqual({ key: "a&b", ...fields });
    expect(Object.fromEntries(new URL(got?.url ?? "", gateway.origin).searchParams)).toEqual(fields);
  });

  test.each([
    [400, true],
    [401, true],
    [404, true],
    [408, false],
    [429, false],
    [500, false],
    [503, false],
  ])("that is answered with %i has failed, for good: %s", async (status, permanent) => {
    await using gateway = await listener(status);
    const url = `${gateway.origin}/?password=hunter2&to={to}&text={text}`;
    const sent = own({ method: "GET", url, headers: {}, body: undefined }).sms(SMS);
    expect(await failureOf(sent)).toEqual([`the SMS gateway: HTTP ${status}`, permanent]);
  });

  test("is not led to another address", async () => {
    await using gateway = await listener(302);
    const sent = own({
      method: "GET",
      url: `${gateway.origin}/?to={to}&text={text}`,
      headers: {},
      body: undefined,
    }).sms(SMS);
    expect(await failureOf(sent)).toEqual(["the SMS gateway: not reachable", false]);
  });

  test("never says more or less than it was given, whatever is in the text", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "я", '"', "\\", "\n", "&", "=", "+", "%", "{to}", "{", "😀", " "),
    });
    fc.assert(
      fc.property(text, (given) => {
        const values = { to: "+79161234567", text: given };
        const request = { method: "POST" as const, url: "http://g/?t={text}", headers: {} };
        const json = fillRequest({ ...request, body: { type: "json", text: '{"a":["{text}","{to}"]}' } }, values);
        expect(JSON.parse(json.body ?? "")).toEqual({ a: [given, values.to] });
        const form = fillRequest({ ...request, body: { type: "form", text: "a={text}&b={to}" } }, values);
        expect([...new URLSearchParams(form.body)]).toEqual([
          ["a", given],
          ["b", values.to],
        ]);
        expect(new URL(form.url).searchParams.get("t")).toBe(given);
      }),
    );
  });
});

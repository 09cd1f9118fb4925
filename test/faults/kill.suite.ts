import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/database/database.ts";
import { order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";

const SITE = { ...STORE, client_uri: "http://localhost:9/shop/" };
/** Milliseconds from a request to the blow: before it is read, in the middle of it, after its answer. */
const MOMENTS = [0, 5, 20];
const TIMEOUT = 90_000;

/** What everybody saw, to be compared with what is there at the end. */
interface Seen {
  operation: string;
  /** The server has said that it was confirmed. */
  acknowledged: boolean;
}

export function killSuite(engine: Engine): void {
  describe("kill -9 of the server", () => {
    const history: Seen[] = [];
    let server: ServerProcess;
    beforeAll(async () => {
      server = await startServer(engine, [SITE]);
    }, TIMEOUT);
    afterAll(() => server[Symbol.asyncDispose]());

    /** Somebody who is not signed in, before the page with the check number, and what they are about to send. */
    const aboutToConfirm = async () => {
      const operation = { ...PAYMENT, operation_id: `killed-${history.length + 1}` };
      const seen: Seen = { operation: operation.operation_id, acknowledged: false };
      history.push(seen);
      const visitor = createVisitor(server.issuer);
      const { page: first, finish, party } = await order(server, visitor, operation, {}, SITE);
      const page = await visitor.submit(first, "next", { identifier: ALICE });
      const response = server.answer(ALICE, page.challenge, TYPED);
      return { seen, operation, visitor, finish, party, page, response, form: `action=next&response=${response}` };
    };

    /** The blow falls some milliseconds after the request has left; undefined where there was no answer to it. */
    const struck = async <T>(request: () => Promise<T>, moment: number): Promise<T | undefined> => {
      const answer = request().catch(() => undefined);
      await delay(moment);
      await server.kill();
      const answered = await answer;
      await server.start();
      return answered;
    };

    const confirmations = (operation: string) =>
      server.database.rows<{ id: string }>("SELECT id FROM confirmation WHERE operation_id = ?", [operation]);

    /** Reloads and answers until the person is back at the site, or is led back to it by a page. */
    const goOn = async (visitor: Visitor, { url }: Page, response: string): Promise<Page> => {
      const opened = await visitor.open(url);
      return opened.challenge === "" ? opened : visitor.submit(opened, "next", { response });
    };

    const receipt = async (operation: string) => {
      const headers = { authorization: `Basic ${Buffer.from(`shop:${SITE.client_secret}`).toString("base64")}` };
      const body = new URLSearchParams({ operation_id: operation });
      return (await fetch(`${server.issuer}/confirmations/receipt`, { method: "POST", headers, body })).status;
    };

    test(
      "after the response is accepted and before its redirect is followed: the person goes on where they were",
      async () => {
        const { seen, operation, visitor, finish, page, form } = await aboutToConfirm();
        const answered = await visitor.once(page.url, form);
        expect(answered.url).toContain("/authorize/");
        seen.acknowledged = true;
        await server.kill();
        await server.start();
        const [confirmed] = (await finish(await visitor.open(answered.url))).authorization_details ?? [];
        const [{ id } = { id: "" }] = await confirmations(operation.operation_id);
        expect(confirmed).toMatchObject({ ...operation, confirmation: { id } });
      },
      TIMEOUT,
    );

    test.each(MOMENTS)(
      "%i ms after the response was sent: the person finishes, and it is confirmed once",
      async (moment) => {
        const { seen, operation, visitor, finish, page, response, form } = await aboutToConfirm();
        const answered = await struck(() => visitor.once(page.url, form), moment);
        seen.acknowledged = answered?.status === 303;
        const back = await goOn(visitor, page, response);
        seen.acknowledged = true;
        const [confirmed] = (await finish(back)).authorization_details ?? [];
        const rows = await confirmations(operation.operation_id);
        expect(rows).toHaveLength(1);
        expect(confirmed).toMatchObject({ confirmation: { id: rows[0]?.id } });
      },
      TIMEOUT,
    );

    test.each(MOMENTS)(
      "%i ms after the redirect was followed: the person finishes, or is led back to a site that can ask",
      async (moment) => {
        const { seen, operation, visitor, finish, page, form } = await aboutToConfirm();
        const { url } = await visitor.once(page.url, form);
        seen.acknowledged = true;
        const answered = await struck(() => visitor.once(url), moment);
        const back = answered?.status === 303 ? answered : await visitor.open(url);
        const [{ id } = { id: "" }] = await confirmations(operation.operation_id);
        if (back.url.includes("code=")) {
          const [confirmed] = (await finish(back)).authorization_details ?? [];
          expect(confirmed).toMatchObject({ confirmation: { id } });
        } else {
          expect([back.status, back.html.querySelector("main a")?.getAttribute("href")]).toEqual([
            410,
            SITE.client_uri,
          ]);
          const retried = order(server, createVisitor(server.issuer), operation, {}, SITE);
          await expect(retried).rejects.toMatchObject({ error_description: `already confirmed: ${id}` });
        }
        expect(await receipt(operation.operation_id)).toBe(200);
      },
      TIMEOUT,
    );

    test.each([10])(
      "%i ms after the site has sent the code: it gives tokens once, or the site asks for the receipt",
      async (moment) => {
        const { seen, operation, visitor, finish, page, form } = await aboutToConfirm();
        const back = await visitor.post(new URL(page.url).pathname, form);
        seen.acknowledged = true;
        const first = await struck(() => finish(back), moment);
        const second = await finish(back).catch((error: { error?: string }) => error.error);
        if (first !== undefined) expect(second).toBe("invalid_grant");
        if (typeof second === "string") expect(second).toBe("invalid_grant");
        expect(await receipt(operation.operation_id)).toBe(200);
      },
      TIMEOUT,
    );

    test("nothing that was acknowledged is lost, and nothing is there twice", async () => {
      expect(history.length).toBeGreaterThan(7);
      for (const { operation, acknowledged } of history) {
        const rows = await confirmations(operation);
        const events = await server.database.rows(
          "SELECT id FROM event WHERE type = 'operation.confirmed' AND detail LIKE ?",
          [`%${rows[0]?.id}%`],
        );
        expect([operation, rows.length, events.length]).toEqual([
          operation,
          acknowledged ? 1 : 0,
          acknowledged ? 1 : 0,
        ]);
      }
    });
  });
}

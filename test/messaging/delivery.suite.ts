import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SECOND } from "../../src/clock.ts";
import type { Engine } from "../../src/database/database.ts";
import { createDeliveryReports, DELIVERY_STATES, reportDigest } from "../../src/messaging/reports.ts";
import { createSmsGateway } from "../../src/messaging/sms-gateway.ts";
import { freshDatabase } from "../support/databases.ts";
import { type Kannel, startKannel, type TakenSms } from "../support/kannel.ts";
import { codeTo, start } from "../support/newcomer.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { digest, node, SMS } from "./nodes.ts";

const DORA = { email: "dora@example.com", phone: "+15555550199" };

function worldWith(engine: Engine, { url }: Kannel): Promise<World> {
  return createWorld({
    engine,
    transports: (issuer) => createSmsGateway({ profile: "kannel", url, from: undefined }, { issuer, patience: 500 }),
  });
}

/** Dora registers, as far as the code by SMS. */
async function askForSms(world: World) {
  const visitor = createVisitor(world.issuer);
  const email = await start(visitor, DORA);
  const page = await visitor.submit(email, "next", { code: await codeTo(world, DORA.email) });
  await world.drain();
  return { visitor, page };
}

async function theOne({ taken }: Kannel): Promise<TakenSms> {
  const [sms, more] = taken;
  if (sms === undefined || more !== undefined) throw new Error(`${taken.length} SMS were taken`);
  return sms;
}

async function stateOf({ database }: World) {
  return database.rows("SELECT status, attempts, delivery, content_sealed FROM message WHERE channel = 'sms'");
}

export function describeDelivery(engine: Engine): void {
  describe(`SMS through Kannel on ${engine}`, () => {
    test("a code arrives with the line that fills it in, opens the next page, and is reported as delivered", async () => {
      await using kannel = await startKannel();
      await using world = await worldWith(engine, kannel);
      const { visitor, page } = await askForSms(world);
      const sms = await theOne(kannel);
      const [, code = ""] = /^([0-9]{6}) .*\n\n@localhost #\1$/s.exec(sms.text) ?? [];
      expect((await visitor.submit(page, "next", { code })).url).toBe(`${world.issuer}/enrolment/activate`);
      expect(await kannel.report(sms, 4)).toBe(200);
      expect(await stateOf(world)).toMatchObject([{ status: "sent", delivery: "buffered" }]);
      expect(await kannel.report(sms, 1)).toBe(200);
      const delivered = await stateOf(world);
      expect(delivered).toMatchObject([{ status: "sent", delivery: "delivered" }]);
      // Kannel tells again what it is not sure that we have heard.
      expect(await kannel.report(sms, 1)).toBe(200);
      expect(await kannel.report(sms, 2)).toBe(200);
      expect(await stateOf(world)).toEqual(delivered);
      const figures = await world.metrics();
      expect(figures).toMatch(/^enum_id_sms_reports_total\{state="delivered"\} 1$/m);
      expect(figures).toMatch(/^enum_id_sms_reports_total\{state="buffered"\} 1$/m);
      expect(figures).not.toMatch(/state="failed"/);
      expect(figures).toMatch(/^enum_id_sms_segments_total 1$/m);
    });

    test("one that did not get there is reported as failed", async () => {
      await using kannel = await startKannel();
      await using world = await worldWith(engine, kannel);
      await askForSms(world);
      expect(await kannel.report(await theOne(kannel), 16)).toBe(200);
      expect(await stateOf(world)).toMatchObject([{ status: "sent", delivery: "failed" }]);
    });

    test("one that was refused is given up, and one that meets a restart is sent after it, once", async () => {
      await using kannel = await startKannel();
      await using world = await worldWith(engine, kannel);
      kannel.mood = "refuse";
      const { visitor, page } = await askForSms(world);
      expect(await stateOf(world)).toMatchObject([{ status: "failed", attempts: 1, content_sealed: null }]);
      kannel.mood = "accept";
      await kannel.stop();
      await visitor.submit(page, "resend");
      await world.drain();
      await kannel.start();
      expect(kannel.taken).toEqual([]);
      world.pass(6 * SECOND);
      await world.drain();
      await world.drain();
      await theOne(kannel);
    });

    test("one whose acceptance was lost is not sent again when its report has come", async () => {
      await using kannel = await startKannel();
      await using world = await worldWith(engine, kannel);
      kannel.mood = "hang";
      await askForSms(world);
      expect(await stateOf(world)).toMatchObject([{ status: "waiting", attempts: 1 }]);
      kannel.mood = "accept";
      expect(await kannel.report(await theOne(kannel), 1)).toBe(200);
      expect(await stateOf(world)).toMatchObject([{ status: "sent", delivery: "delivered", content_sealed: null }]);
      world.pass(60 * SECOND);
      await world.drain();
      await theOne(kannel);
    });

    test("a report that nobody was asked for is refused and changes nothing", async () => {
      await using kannel = await startKannel();
      await using world = await worldWith(engine, kannel);
      await askForSms(world);
      const before = await stateOf(world);
      const address = new URL((await theOne(kannel)).query.get("dlr-url")?.replace("%d", "1") ?? "");
      const [row] = await world.database.rows<{ id: string; report_digest: string }>(
        "SELECT id, report_digest FROM message WHERE channel = 'sms'",
      );
      const token = address.pathname.split("/").at(-1) ?? "";
      const others = [row?.id, row?.report_digest, `${token}A`, token.slice(1), "%00", "x".repeat(2000)];
      for (const other of others) {
        const answer = await fetch(`${world.issuer}/sms/reports/${other}?state=1`);
        expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
      }
      for (const query of ["", "?state=", "?state=3", "?state=Delivered", "?state=1&state=1"]) {
        const answer = await fetch(`${world.issuer}${address.pathname}${query}`);
        expect(answer.status).toBe(400);
      }
      expect(await stateOf(world)).toEqual(before);
      const form = await fetch(`${world.issuer}${address.pathname}`, {
        method: "POST",
        body: new URLSearchParams({ state: "failed" }),
      });
      expect(form.status).toBe(200);
      expect(await stateOf(world)).toMatchObject([{ delivery: "failed" }]);
    });

    test("neither the log nor the database holds token, text or password", async () => {
      await using kannel = await startKannel();
      await using world = await worldWith(engine, kannel);
      kannel.mood = "fail-for-now";
      await askForSms(world);
      kannel.mood = "accept";
      world.pass(6 * SECOND);
      await world.drain();
      const sms = await theOne(kannel);
      await kannel.report(sms, 1);
      const token = /reports\/([\w-]{22})\?/.exec(sms.query.get("dlr-url") ?? "")?.[1] ?? "no token";
      const [code = "no code"] = /[0-9]{6}/.exec(sms.text) ?? [];
      const rows = JSON.stringify(await world.database.rows("SELECT * FROM message"));
      const log = world.log.join("\n");
      expect(log).toContain("/sms/reports/:token");
      for (const secret of [token, "p@ss", encodeURIComponent("p@ss & word"), sms.text])
        expect(log + rows).not.toContain(secret);
      expect(log).not.toContain(code);
    });

    test("reports in any order, however often, end with the best of them", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      const { messaging } = node(database);
      await messaging.enqueue(database, SMS);
      await messaging.drain();
      const reports = createDeliveryReports({ database, digest, clock: () => 7 });
      const reset = "UPDATE message SET delivery = NULL, delivery_at = NULL, report_digest = ?";
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...DELIVERY_STATES), { minLength: 1, maxLength: 6 }),
          async (states) => {
            await database.rows(reset, [reportDigest(digest, "token")]);
            for (const state of states) expect(await reports.record("token", state)).not.toBe("unknown");
            const best = [...DELIVERY_STATES].reverse().find((state) => states.includes(state));
            expect(await database.rows("SELECT delivery, status FROM message")).toEqual([
              { delivery: best, status: "sent" },
            ]);
          },
        ),
        { numRuns: 30 },
      );
      const verdicts = await Promise.all(Array.from({ length: 16 }, () => reports.record("token", "delivered")));
      expect(new Set(verdicts).size).toBeLessThanOrEqual(2);
      expect(verdicts.filter((verdict) => verdict === "recorded").length).toBeLessThanOrEqual(1);
      expect(await reports.record("nobody's", "delivered")).toBe("unknown");
    });
  });
}

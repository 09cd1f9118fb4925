import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import { enumId, freePort, freshFolder } from "../main/processes.ts";
import { freshDatabase } from "../support/databases.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { SHOP } from "../support/world.ts";

const TIMEOUT = 90_000;

/** Sends each request to the next of those servers that listen, as a proxy does. */
async function inTurns(port: number, servers: readonly number[]) {
  const asked = new Map(servers.map((one) => [one, 0]));
  let turn = 0;
  const proxy = createServer((incoming, answer) => {
    const { method, url: path, headers } = incoming;
    const forward = (left: number) => {
      turn += 1;
      const to = servers[turn % servers.length] ?? 0;
      const outgoing = request({ host: "127.0.0.1", port: to, method, path, headers, agent: false }, (got) => {
        asked.set(to, (asked.get(to) ?? 0) + 1);
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      outgoing.on("error", () => (left > 0 ? forward(left - 1) : answer.writeHead(502).end()));
      outgoing.end(body);
    };
    let body = "";
    incoming.on("data", (part) => {
      body += part;
    });
    incoming.on("end", () => forward(1));
  }).listen(port, "127.0.0.1");
  await once(proxy, "listening");
  return { asked, [Symbol.dispose]: () => void proxy.close() };
}

test(
  "two servers on one SQLite file lose nothing: a sign-in goes on at the other with each request, and when one of them ends",
  async () => {
    await using fresh = await freshDatabase("sqlite", { holds: "people" });
    using folder = freshFolder();
    writeFileSync(join(folder.path, "config/clients.json"), JSON.stringify([SHOP]));
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const ports = [await freePort(), await freePort()] as const;
    const launch = (own: number) => {
      const database = { ENUM_ID_DATABASE_URL: fresh.url, ENUM_ID_MASTER_KEY: inject("masterKey") };
      const env = { ...database, ENUM_ID_ISSUER: issuer, ENUM_ID_PORT: String(own) };
      return enumId(["start"], { folder, env });
    };
    using first = launch(ports[0]);
    using second = launch(ports[1]);
    for (const one of [first, second]) await one.wrote("E-num ID is ready");
    using proxy = await inTurns(port, ports);
    const visitor = createVisitor(issuer);
    const party = await createRelyingParty(issuer, SHOP);

    const signIn = async (between: () => Promise<unknown>) => {
      const attempt = await party.begin({ prompt: "login" });
      const asked = await visitor.open(attempt.address);
      const number = asked.challenge === "" ? await visitor.submit(asked, "next", { identifier: ALICE }) : asked;
      await between();
      const challenge = parseChallenge(number.challenge);
      const pad = fresh.phones.find(({ email }) => email === ALICE)?.pad;
      if (!challenge.ok || pad === undefined) throw new Error(`no check number on ${number.title}`);
      const response = computeResponse(pad, challenge.value, { mode: "login" });
      return attempt.finish((await visitor.submit(number, "next", { response })).url);
    };

    const subjects = [];
    for (const _ of [1, 2, 3]) subjects.push((await signIn(async () => undefined)).claims()?.sub);
    for (const count of proxy.asked.values()) expect(count).toBeGreaterThan(5);
    const ending = signIn(() => {
      first.child.kill("SIGTERM");
      return first.ended;
    });
    subjects.push((await ending).claims()?.sub);
    expect(new Set(subjects)).toEqual(new Set([expect.stringMatching(/./)]));
    const accepted = "SELECT count(*) AS count FROM event WHERE type = 'login.accepted'";
    expect(await fresh.database.first(accepted)).toEqual({ count: 4 });
    expect(await first.ended).toMatchObject({ code: 0, stderr: "" });
  },
  TIMEOUT,
);

import { createServer, type RequestListener } from "node:http";
import express from "express";
import fastify, { type FastifyRequest } from "fastify";
import Koa from "koa";
import { describe, expect, test } from "vitest";
import { expressGuard } from "../../examples/resource-server/kit/express.ts";
import { fastifyGuard } from "../../examples/resource-server/kit/fastify.ts";
import type { Requirement } from "../../examples/resource-server/kit/judge.ts";
import { createKit, type Kit } from "../../examples/resource-server/kit/kit.ts";
import { koaGuard } from "../../examples/resource-server/kit/koa.ts";
import { createMemorySpending } from "../../examples/resource-server/kit/spending.ts";
import { createProver, type Prover } from "../support/proofs.ts";

const RESOURCE = "https://api.example.com";
const ISSUER = "https://id.example.com";
const BARE = /^Bearer realm="https:\/\/api.example.com", DPoP realm="https:\/\/api.example.com", algs="[^"]*"$/;
const FRESH: Requirement = { scope: ["notes:write"], acr: ["urn:e-num:acr:login"], maxAge: 60 };

interface Served {
  address: string;
  close(): Promise<unknown>;
}

/** The same small API on each: `/read` for whoever has a token, `/write` for who is sure, `/pay/<amount>` for what was confirmed. */
const FRAMEWORKS: Record<string, (kit: Kit) => Promise<Served>> = {
  async Koa(kit) {
    const app = new Koa();
    app.silent = true;
    const read = koaGuard(kit, {});
    const write = koaGuard(kit, FRESH);
    const pay = koaGuard(kit, (context: Koa.Context) => payment(context.path));
    app.use((context, next) => {
      const guard = context.path === "/read" ? read : context.path === "/write" ? write : pay;
      return guard(context, next);
    });
    app.use((context) => {
      context.body = { who: kit.accessOf(context.req).sub };
    });
    return listening(app.callback());
  },
  async Express(kit) {
    const app = express();
    const answer = (request: express.Request, response: express.Response) =>
      response.json({ who: kit.accessOf(request).sub });
    app.get("/read", expressGuard(kit, {}), answer);
    app.get("/write", expressGuard(kit, FRESH), answer);
    app.get(
      "/pay/:amount",
      expressGuard(kit, (request: express.Request) => payment(request.path)),
      answer,
    );
    return listening(app);
  },
  async Fastify(kit) {
    const app = fastify();
    const answer = async (request: { raw: Parameters<Kit["accessOf"]>[0] }) => ({ who: kit.accessOf(request.raw).sub });
    app.get("/read", { preHandler: fastifyGuard(kit, {}) }, answer);
    app.get("/write", { preHandler: fastifyGuard(kit, FRESH) }, answer);
    app.get(
      "/pay/:amount",
      {
        preHandler: fastifyGuard(kit, (request: FastifyRequest) => payment(request.url)),
      },
      answer,
    );
    return { address: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },
};

function payment(path = ""): Requirement {
  return { operation: { type: "payment", members: { amount: path.split("/").at(-1) } } };
}

async function listening(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const close = () => new Promise((done) => server.close(done));
  return { address: `http://127.0.0.1:${address.port}`, close };
}

/** Introspection in the words of this test: the token says what it is. */
async function introspect(token: string, jkt = ""): Promise<Record<string, unknown>> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { active: true, iss: ISSUER, aud: RESOURCE, sub: "alice", client_id: "notes", exp: now + 60 };
  const signedIn = { ...claims, scope: "notes:write", acr: "urn:e-num:acr:login", auth_time: now };
  switch (token) {
    case "fresh":
      return signedIn;
    case "bound":
      return { ...signedIn, cnf: { jkt } };
    case "old":
      return { ...signedIn, auth_time: now - 3600 };
    case "narrow":
      return { ...signedIn, scope: "notes:read" };
    case "paid":
      return {
        ...claims,
        acr: "urn:e-num:acr:operation",
        auth_time: now,
        txn: "t",
        authorization_details: [{ type: "payment", amount: "10", confirmation: { id: "t" } }],
      };
    case "broken":
      throw new Error("no answer");
    default:
      return { active: false };
  }
}

describe.each(Object.keys(FRAMEWORKS))("on %s", (name) => {
  /** With a third word, the token comes with a proof of that key. */
  async function ask(paths: readonly (readonly [string, string?, Prover?])[]) {
    let nonce = "";
    const kit = createKit({
      issuer: ISSUER,
      resource: RESOURCE,
      clientId: "api",
      authentication: async () => undefined,
      spending: createMemorySpending(),
      introspect: (token) => introspect(token, paths[0]?.[2]?.thumbprint),
    });
    const served = await FRAMEWORKS[name]?.(kit);
    if (served === undefined) throw new Error(`no ${name}`);
    try {
      const answers: { status: number; challenge: string | null; body: unknown }[] = [];
      for (const [path, token, prover] of paths) {
        const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
        if (prover !== undefined) {
          headers.set("authorization", `DPoP ${token}`);
          // Of the public address, not of the port that this process listens on.
          headers.set("dpop", await prover.proof({ method: "GET", address: `${RESOURCE}${path}`, token, nonce }));
        }
        const answer = await fetch(`${served.address}${path}${prover === undefined ? "" : "?page=1"}`, { headers });
        nonce = answer.headers.get("dpop-nonce") ?? nonce;
        const challenge = answer.headers.get("www-authenticate");
        answers.push({ status: answer.status, challenge, body: await answer.json() });
      }
      return answers;
    } finally {
      await served.close();
    }
  }

  test("a route runs for who may, and knows who it is", async () => {
    const answers = await ask([
      ["/read", "fresh"],
      ["/read", "old"],
      ["/write", "fresh"],
    ]);
    for (const answer of answers) expect(answer).toEqual({ status: 200, challenge: null, body: { who: "alice" } });
  });

  test("a refusal is the standard one, and the route does not run", async () => {
    const [none, unknown, old, narrow, broken] = await ask([
      ["/read"],
      ["/read", "guessed"],
      ["/write", "old"],
      ["/write", "narrow"],
      ["/write", "broken"],
    ]);
    expect(none).toEqual({ status: 401, challenge: expect.stringMatching(BARE), body: { error: "unauthorized" } });
    expect(unknown).toMatchObject({ status: 401, challenge: expect.stringContaining('error="invalid_token"') });
    expect(old?.status).toBe(401);
    expect(old?.challenge).toContain('error="insufficient_user_authentication"');
    expect(old?.challenge).toContain('acr_values="urn:e-num:acr:login", max_age="60", scope="notes:write"');
    expect(old?.body).toMatchObject({ error: "insufficient_user_authentication" });
    expect(narrow).toMatchObject({ status: 403, challenge: expect.stringContaining('scope="notes:write"') });
    expect(broken).toMatchObject({ status: 503, challenge: null, body: { error: "temporarily_unavailable" } });
  });

  test("a bound token runs a route with the proof of its key, once a nonce was told", async () => {
    const prover = await createProver();
    const [first, second, bearer] = await ask([
      ["/read", "bound", prover],
      ["/read", "bound", prover],
      ["/read", "bound"],
    ]);
    expect(first).toMatchObject({ status: 401, challenge: expect.stringMatching(/^DPoP .*error="use_dpop_nonce"/) });
    expect(second).toEqual({ status: 200, challenge: null, body: { who: "alice" } });
    expect(bearer).toMatchObject({ status: 401, challenge: expect.stringMatching(/^DPoP .*error="invalid_token"/) });
  });

  test("what was confirmed is compared with the request and done once", async () => {
    const answers = await ask([
      ["/pay/11", "paid"],
      ["/pay/10", "fresh"],
      ["/pay/10", "paid"],
      ["/pay/10", "paid"],
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 401, 200, 401]);
    expect(answers[1]?.challenge).toContain('acr_values="urn:e-num:acr:operation"');
    expect(answers[3]?.challenge).toContain(
      'error="invalid_token", error_description="what was confirmed has been done',
    );
  });
});

test("a guard that nobody could pass is refused when the route is made", () => {
  const kit = createKit({
    issuer: ISSUER,
    resource: RESOURCE,
    clientId: "api",
    authentication: async () => undefined,
    spending: createMemorySpending(),
  });
  const wanted = { maxAge: 1 };
  const guards = [() => koaGuard(kit, wanted), () => expressGuard(kit, wanted), () => fastifyGuard(kit, wanted)];
  for (const guard of guards) expect(guard).toThrow("30 seconds");
  expect(() => kit.accessOf({ headers: {} })).toThrow("This route has no guard.");
});

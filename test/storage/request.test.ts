import { randomBytes } from "node:crypto";
import { once } from "node:events";
import Koa from "koa";
import type { AdapterFactory } from "oidc-provider";
import { expect, inject, test } from "vitest";
import { createAccounts } from "../../src/account/account.ts";
import { MINUTE, SECOND } from "../../src/clock.ts";
import type { Database, Sql } from "../../src/database/database.ts";
import { createAdapter, sweep } from "../../src/provider/adapter.ts";
import { createRequests } from "../../src/provider/request.ts";
import { createDigester, createSealer } from "../../src/secrecy.ts";
import { freshDatabase } from "../support/databases.ts";

const CODE = { accountId: "alice", clientId: "shop", grantId: "g", sessionUid: "u" };

/** A site whose every request does `work`, and the statements that it sends, by their first words. */
async function openSite(work: (adapter: AdapterFactory, outside: AdapterFactory) => Promise<unknown>) {
  const fresh = await freshDatabase(inject("engine"));
  const sent: string[] = [];
  let broken = false;
  const over = (sql: Sql): Sql => {
    const rows: Sql["rows"] = async (statement, bindings) => {
      sent.push(statement.trim().split(/\s/, 1).join());
      if (broken && statement.includes("INSERT")) throw new Error("no database");
      return sql.rows(statement, bindings);
    };
    const first: Sql["first"] = async <Row>(statement: string, bindings?: Parameters<Sql["rows"]>[1]) =>
      (await rows<Row>(statement, bindings))[0];
    return {
      engine: sql.engine,
      rows,
      first,
      run: async (statement, bindings) => void (await rows(statement, bindings)),
      afterwards: sql.afterwards,
    };
  };
  const transaction: Database["transaction"] = async (work) => {
    sent.push("BEGIN");
    return fresh.database.transaction((sql) => work(over(sql)));
  };
  const database = { ...over(fresh.database), transaction };
  const requests = createRequests();
  const ports = {
    sealer: createSealer([randomBytes(32)], { bytes: randomBytes }),
    digest: createDigester(randomBytes(32)),
    clock: Date.now,
    account: createAccounts({ clock: Date.now, random: { bytes: randomBytes } }).beside,
  };
  const outside = createAdapter({ ...ports, database: fresh.database });
  const app = new Koa();
  app.silent = true;
  app.use(async (context, next) => {
    await next().catch((error: Error) => Object.assign(context, { status: 500, body: error.message }));
  });
  app.use(requests.middleware);
  app.use(async (context) => {
    context.set("Location", "/?code=1");
    context.body = JSON.stringify(
      (await work(createAdapter({ ...ports, database, request: requests.current }), outside)) ?? "done",
    );
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    sent,
    outside,
    database: fresh.database,
    break: () => {
      broken = true;
    },
    mend: () => {
      broken = false;
    },
    async get() {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      return { status: answer.status, location: answer.headers.get("location"), body: await answer.text() };
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await fresh[Symbol.asyncDispose]();
    },
  };
}

test("a record is read once in a request, and again in the next", async () => {
  await using site = await openSite(async (adapter) => [
    await adapter("Interaction").find("i"),
    await adapter("Interaction").find("i"),
  ]);
  await site.outside("Interaction").upsert("i", { uid: "i" }, 60);
  expect((await site.get()).body).toBe('[{"uid":"i"},{"uid":"i"}]');
  expect(site.sent).toEqual(["SELECT"]);
  await site.outside("Interaction").destroy("i");
  expect((await site.get()).body).toBe("[null,null]");
});

test("a grant and a code are saved with the session, in one statement", async () => {
  await using site = await openSite(async (adapter) => {
    await adapter("Grant").upsert("g", { accountId: "alice" }, 60);
    await adapter("AuthorizationCode").upsert("c", CODE, 60);
    await adapter("Session").upsert("s", { uid: "u" }, 60);
  });
  expect((await site.get()).status).toBe(200);
  expect(site.sent).toEqual(["INSERT"]);
  for (const [model, id] of [
    ["Grant", "g"],
    ["AuthorizationCode", "c"],
    ["Session", "s"],
  ] as const)
    expect(await site.outside(model).find(id)).toBeDefined();
});

test("without a session they are saved before the answer; where that fails, the answer names no code", async () => {
  await using site = await openSite((adapter) => adapter("AuthorizationCode").upsert("c", CODE, 60));
  expect(await site.get()).toMatchObject({ status: 200, location: "/?code=1" });
  expect(await site.outside("AuthorizationCode").find("c")).toEqual(CODE);
  site.break();
  expect(await site.get()).toEqual({ status: 500, location: null, body: "no database" });
});

test("what waits is read as saved, and is saved although the request fails", async () => {
  await using site = await openSite(async (adapter) => {
    await adapter("Grant").upsert("g", { accountId: "alice" }, 60);
    const found = await adapter("Grant").find("g");
    await adapter("AuthorizationCode").upsert("c", CODE, 60);
    throw new Error(`found ${found?.accountId}`);
  });
  expect(await site.get()).toMatchObject({ status: 500, body: "found alice" });
  expect(await site.outside("AuthorizationCode").find("c")).toBeDefined();
});

test("a code comes with its grant and the newest of its session's records", async () => {
  await using site = await openSite(async (adapter) => [
    await adapter("AuthorizationCode").find("c"),
    await adapter("Grant").find("g"),
    await adapter("Session").findByUid("u"),
  ]);
  await site.outside("Grant").upsert("g", { accountId: "alice" }, 60);
  await site.outside("Session").upsert("old", { uid: "u", accountId: "old" }, 60);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await site.outside("Session").upsert("new", { uid: "u", accountId: "new" }, 60);
  await site.outside("AuthorizationCode").upsert("c", CODE, 60);
  expect(JSON.parse((await site.get()).body)).toEqual([CODE, { accountId: "alice" }, { uid: "u", accountId: "new" }]);
  expect(site.sent).toEqual(["SELECT"]);
});

test.each(["gone", "empty"])(
  "an interaction whose row another request has left %s does not come back",
  async (left) => {
    await using site = await openSite(async (adapter, outside) => {
      const interaction = await adapter("Interaction").find("i");
      if (left === "gone") await outside("Interaction").destroy("i");
      else await site.database.rows("UPDATE oidc SET payload_sealed = '' WHERE model = 'Interaction'");
      await adapter("Interaction").upsert("i", interaction ?? {}, 60);
    });
    await site.outside("Interaction").upsert("i", { uid: "i" }, 60);
    expect((await site.get()).status).toBe(500);
    expect(await site.outside("Interaction").find("i")).toBeUndefined();
  },
);

test("an interaction ends in the statement that saves what it ends in, does not come back, and is swept", async () => {
  await using site = await openSite(async (adapter, outside) => {
    const interaction = await adapter("Interaction").find("i");
    await adapter("Interaction").destroy("i");
    expect(await outside("Interaction").find("i")).toEqual({ uid: "i" });
    await adapter("AuthorizationCode").upsert("c", CODE, 60);
    await adapter("Session").upsert("s", { uid: "u" }, 60);
    expect(await adapter("Interaction").find("i")).toBeUndefined();
    return interaction;
  });
  await site.outside("Interaction").upsert("i", { uid: "i" }, 60);
  expect((await site.get()).body).toBe('{"uid":"i"}');
  expect(site.sent).toEqual(["SELECT", "INSERT", "SELECT"]);
  expect(await site.outside("Interaction").find("i")).toBeUndefined();
  expect(await site.outside("AuthorizationCode").find("c")).toBeDefined();
  expect(await sweep(site.database, Date.now() + 10 * MINUTE + 16 * SECOND, 10)).toBe(3);
});

test("an interaction and the pushed request are used up together with the code that comes of them, or not at all", async () => {
  await using site = await openSite(async (adapter) => {
    await adapter("Interaction").find("i");
    await adapter("Interaction").destroy("i");
    await adapter("PushedAuthorizationRequest").consume("p");
    await adapter("AuthorizationCode").upsert("c", CODE, 60);
  });
  await site.outside("PushedAuthorizationRequest").upsert("p", { request: "ey" }, 60);
  await site.outside("Interaction").upsert("i", { uid: "i" }, 60);
  site.break();
  expect(await site.get()).toEqual({ status: 500, location: null, body: "no database" });
  expect(await site.outside("Interaction").find("i")).toEqual({ uid: "i" });
  expect(await site.outside("PushedAuthorizationRequest").find("p")).toEqual({ request: "ey" });
  site.mend();
  site.sent.length = 0;
  expect(await site.get()).toMatchObject({ status: 200, location: "/?code=1" });
  expect(site.sent).toEqual(["SELECT", "BEGIN", "UPDATE", "INSERT"]);
  expect(await site.outside("Interaction").find("i")).toBeUndefined();
  expect(await site.outside("PushedAuthorizationRequest").find("p")).toHaveProperty("consumed");
});

test("of two requests that end one interaction, the second's answer names no code", async () => {
  const codes = ["first", "second"];
  await using site = await openSite(async (adapter) => {
    await adapter("Interaction").find("i");
    await adapter("Interaction").destroy("i");
    const code = codes.shift() ?? "";
    if (code === "first") await site.get();
    await adapter("AuthorizationCode").upsert(code, CODE, 60);
  });
  await site.outside("Interaction").upsert("i", { uid: "i" }, 60);
  expect(await site.get()).toMatchObject({ status: 500, location: null });
  expect(await site.outside("AuthorizationCode").find("second")).toEqual(CODE);
});

test("a request that fails uses nothing up", async () => {
  await using site = await openSite(async (adapter) => {
    await adapter("Interaction").find("i");
    await adapter("Interaction").destroy("i");
    throw new Error("stumbled");
  });
  await site.outside("Interaction").upsert("i", { uid: "i" }, 60);
  expect((await site.get()).body).toBe("stumbled");
  expect(await site.outside("Interaction").find("i")).toEqual({ uid: "i" });
});

/** A request that exchanges the code "c" for a token of this id. */
const exchanging = (token: () => string, meanwhile?: (outside: AdapterFactory) => Promise<unknown>) =>
  openSite(async (adapter, outside) => {
    await adapter("AuthorizationCode").find("c");
    await meanwhile?.(outside);
    await adapter("AuthorizationCode").consume("c");
    await adapter("AccessToken").upsert(token(), CODE, 60);
  });

test("a code is used up in the statement that saves its token", async () => {
  await using site = await exchanging(() => "t");
  await site.outside("AuthorizationCode").upsert("c", CODE, 60);
  expect((await site.get()).status).toBe(200);
  expect(site.sent).toEqual(["SELECT", "INSERT"]);
  expect(await site.outside("AuthorizationCode").find("c")).toMatchObject({ ...CODE, consumed: expect.any(Number) });
  expect(await site.outside("AccessToken").find("t")).toEqual(CODE);
});

test("of sixteen exchanges of one code at once one is answered, and no token is left", async () => {
  let count = 0;
  await using site = await exchanging(() => `t${count++}`);
  await site.outside("Grant").upsert("g", { accountId: "alice" }, 60);
  await site.outside("AuthorizationCode").upsert("c", CODE, 60);
  const answers = await Promise.all(Array.from({ length: 16 }, () => site.get()));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['"done"', "invalid_grant"]));
  expect(await site.database.rows("SELECT model FROM oidc")).toEqual([]);
});

test.each(["revoked with its grant", "used"])(
  "a code that another request has %s meanwhile gives no token, and does not come back",
  async (fate) => {
    await using site = await exchanging(
      () => "t",
      (outside) =>
        fate === "used"
          ? Promise.resolve(outside("AuthorizationCode").consume("c"))
          : Promise.resolve(outside("AuthorizationCode").revokeByGrantId("g")),
    );
    await site.outside("AuthorizationCode").upsert("c", CODE, 60);
    expect((await site.get()).body).toBe("invalid_grant");
    expect(await site.database.rows("SELECT model FROM oidc")).toEqual([]);
  },
);

test("a request that ends without a token has used its code up, and says what it said also where another was faster", async () => {
  await using site = await openSite(async (adapter) => {
    await adapter("AuthorizationCode").find("c");
    await adapter("AuthorizationCode").consume("c");
  });
  await site.outside("Grant").upsert("g", { accountId: "alice" }, 60);
  await site.outside("AuthorizationCode").upsert("c", CODE, 60);
  expect((await site.get()).status).toBe(200);
  expect(site.sent).toEqual(["SELECT", "UPDATE"]);
  expect(await site.outside("AuthorizationCode").find("c")).toHaveProperty("consumed");
  expect((await site.get()).status).toBe(200);
  expect(await site.outside("Grant").find("g")).toBeUndefined();
});

test("of sixteen that use a request without a browser at once one has its grant, which is dead then, as are all the others'", async () => {
  let [came, found, used] = [0, 0, 0];
  await using site = await openSite(async (adapter) => {
    came += 1;
    const grantId = `g${came}`;
    const request = await adapter("BackchannelAuthenticationRequest").find("r");
    found += 1;
    await expect.poll(() => found).toBe(16);
    await adapter("Grant").upsert(grantId, { accountId: "alice" }, 60);
    await adapter("BackchannelAuthenticationRequest").upsert("r", { ...request, grantId, consumed: 1 }, 60);
    used += 1;
    await adapter("AccessToken").upsert(`t of ${grantId}`, { grantId }, 60);
  });
  await site.outside("BackchannelAuthenticationRequest").upsert("r", { clientId: "till" }, 60);
  await site.outside("Grant").upsert("other", { accountId: "alice" }, 60);
  const answers = await Promise.all(Array.from({ length: 16 }, () => site.get()));
  expect(used).toBe(1);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, body } of answers) if (status !== 200) expect(body).toBe("invalid_grant");
  const left = await site.database.rows("SELECT model FROM oidc WHERE model <> 'AccessToken'");
  expect(left).toEqual([{ model: "Grant" }]);
  expect(await site.outside("Grant").find("other")).toBeDefined();
});

test("a request without a browser is used in the transaction that saves its grant, or not at all", async () => {
  await using site = await openSite(async (adapter) => {
    await adapter("Grant").upsert("g", { accountId: "alice" }, 60);
    await adapter("BackchannelAuthenticationRequest").upsert("r", { grantId: "g", consumed: 1 }, 60);
  });
  await site.outside("BackchannelAuthenticationRequest").upsert("r", { clientId: "till" }, 60);
  site.break();
  expect((await site.get()).body).toBe("no database");
  expect(await site.outside("BackchannelAuthenticationRequest").find("r")).toEqual({ clientId: "till" });
  site.mend();
  site.sent.length = 0;
  expect((await site.get()).status).toBe(200);
  expect(site.sent).toEqual(["BEGIN", "UPDATE", "INSERT"]);
  expect(await site.outside("BackchannelAuthenticationRequest").find("r")).toMatchObject({
    grantId: "g",
    consumed: expect.any(Number),
  });
  expect(await site.outside("Grant").find("g")).toBeDefined();
});

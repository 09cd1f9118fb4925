import { describe, expect, test } from "vitest";
import { onItsPorts } from "../../examples/demo-ports.ts";
import { readSettings, StartError } from "../../src/main.ts";
import { freshFolder } from "../main/processes.ts";

describe("a demo on ports of its own", () => {
  test("has the provider, the sites and the API on seven in a row, the same logos, and a database of its own", () => {
    using folder = freshFolder();
    const env = onItsPorts(["--port", "4400"], {}, folder.path);
    const settings = readSettings(env);
    if (!settings.ok) throw new Error(settings.faults.join("\n"));
    expect([settings.config.issuer, settings.config.port]).toEqual(["http://localhost:4400", 4400]);
    expect(settings.config.database).toMatchObject({ url: expect.stringContaining("var/demo-4400/enum-id.sqlite") });
    const placed = JSON.stringify(settings.clients).match(/localhost:\d+/g) ?? [];
    expect([...new Set(placed)].sort()).toEqual(["1", "2", "3", "4", "5", "6"].map((one) => `localhost:440${one}`));
    expect(settings.clients.find(({ client_id: id }) => id === "shop")?.logo).toBeDefined();
  });

  test("takes the database that is named", () => {
    using folder = freshFolder();
    const named = { ENUM_ID_DATABASE_URL: "sqlite:elsewhere.sqlite" };
    expect(onItsPorts(["--port", "4400"], named, folder.path)).toMatchObject(named);
  });

  test.each([
    [["--port"], {}],
    [["--port", "80"], {}],
    [["--port", "65530"], {}],
    [["--port", "4400x"], {}],
    [["--prot", "4400"], {}],
    [["4400"], {}],
    [["--port", "4400"], { ENUM_ID_ISSUER: "http://localhost:4000" }],
    [["--port", "4400"], { ENUM_ID_CLIENTS_FILE: "/run/clients" }],
  ])("%j with %j is refused in a sentence", (words, env) => {
    using folder = freshFolder();
    expect(() => onItsPorts(words, env, folder.path)).toThrow(StartError);
  });

  test("is the demo as it is where nothing is asked for", () => {
    const env = { ENUM_ID_LOG_LEVEL: "info" };
    expect(onItsPorts([], env, "nowhere")).toBe(env);
  });
});

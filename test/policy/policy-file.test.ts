import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { read } from "./support.ts";

const rule = (members: object) => ({ rules: [{ name: "one", ...members }] });

describe("the policy file that comes with the program", () => {
  it("relaxes nothing", () => {
    const shipped = read(readFileSync(new URL("../../config/policy.json", import.meta.url), "utf8"));
    expect(shipped).toEqual({ ok: true, file: { time_zone: "UTC", rules: [] } });
  });
});

describe("a policy file that is wrong stops the start with file, place and reason", () => {
  it.each<[string, unknown, string]>([
    ["no JSON", "{", "policy.json: is not JSON"],
    ["an unknown member", { zone: "UTC" }, "policy.json: zone is not a member that is known here"],
    ["an unknown time zone", { time_zone: "Moscow" }, "policy.json: time_zone must be a time zone such as UTC"],
    ["a client that there is not", rule({ clients: ["shopp"] }), "rules[0].clients names shopp, which is no client"],
    [
      "a type that there is not",
      rule({ types: ["gift"] }),
      "rules[0].types names gift, which no operation has: there are",
    ],
    ["an empty list", rule({ clients: [] }), "rules[0].clients must name at least 1"],
    [
      "a screen that the type has not",
      rule({ types: ["profile_update"], clients: ["shop"], demands: "payment" }),
      "rules[0].demands is payment, but profile_update can be confirmed by confirm or operation",
    ],
    [
      "relaxing a type for everybody",
      rule({ types: ["trust_limit"], demands: "payment" }),
      "rules[0].demands is payment, less than trust_limit states: a type is relaxed for named clients alone",
    ],
    [
      "SMS without saying for whom and what",
      rule({ clients: ["shop"], acr: "urn:e-num:acr:sms" }),
      "rules[0].acr is urn:e-num:acr:sms: it is allowed for named clients and types alone",
    ],
    [
      "an amount that is not canonical",
      rule({ limits: [{ currency: "WMZ", day: "10.50", above: "refuse" }] }),
      "rules[0].limits[0].day must be an amount as text, such as 1000 or 10.5",
    ],
    [
      "a currency that there is not",
      rule({ limits: [{ currency: "USD", day: "1", above: "refuse" }] }),
      "rules[0].limits[0].currency must be WMZ or",
    ],
    ["a limit of nothing", rule({ limits: [{ currency: "WMZ", above: "refuse" }] }), "rules[0].limits[0] sets nothing"],
    [
      "a day above its month",
      rule({ limits: [{ currency: "WMZ", day: "10", month: "9.9", above: "refuse" }] }),
      "rules[0].limits[0] has day above month: correct one of them",
    ],
    [
      "the same limit twice",
      rule({
        limits: [
          { currency: "WMZ", day: "10", above: "refuse" },
          { currency: "WMZ", month: "20", above: "refuse" },
        ],
      }),
      "rules[0].limits[1] has WMZ with above refuse once more",
    ],
    [
      "limits where nothing has an amount",
      rule({ types: ["keys"], limits: [{ currency: "WMZ", day: "1", above: "refuse" }] }),
      "rules[0].limits are there, but no type of this rule has an amount",
    ],
    [
      "two rules of one name",
      { rules: [{ name: "one", clients: ["shop"] }, { name: "one" }] },
      "rules[1].name is there twice",
    ],
    [
      "a rule behind one that takes all",
      { rules: [{ name: "all" }, { name: "shop", clients: ["shop"] }] },
      "rules[1] (shop) never decides: the rules before it take all that it names",
    ],
  ])("%s", (_title, content, fault) => {
    const parsed = read(content);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.faults.join("\n")).toContain(fault);
  });

  it("a file that is not there", async () => {
    const { readPolicy } = await import("../../src/policy/policy.ts");
    const files = {
      read() {
        throw Object.assign(new Error("no"), { code: "ENOENT" });
      },
    };
    const parsed = readPolicy({ path: "/etc/policy.json", files, governed: { clients: [], types: new Map() } });
    expect(parsed).toMatchObject({
      ok: false,
      faults: [expect.stringContaining("/etc/policy.json cannot be read (ENOENT)")],
    });
  });
});

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

describe("of faults in several files each is told, whichever the others are", () => {
  const RULES = { rules: [{ name: "one", clients: ["nobody"], types: ["paymint"] }, { name: "one" }] };
  const GOOD = {
    client_id: "shop",
    client_name: "Shop",
    redirect_uris: ["http://localhost:3001/"],
    client_secret: "secret-of-the-shop",
  };

  async function told(clients: unknown, env: Record<string, string> = {}, spoil?: (operations: string) => void) {
    using folder = freshFolder();
    const operations = join(folder.path, "operations");
    cpSync(fileURLToPath(new URL("../../config/operations", import.meta.url)), operations, { recursive: true });
    spoil?.(operations);
    const files = { "clients.json": clients, "policy.json": RULES };
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder.path, name), typeof content === "string" ? content : JSON.stringify(content));
    const paths = { CLIENTS: "clients.json", POLICY: "policy.json", OPERATIONS: "operations" };
    const named = Object.entries(paths).map(([name, path]) => [`ENUM_ID_${name}`, join(folder.path, path)]);
    const { stderr } = await outcome(["check-config"], { folder, env: { ...Object.fromEntries(named), ...env } });
    return stderr.replaceAll(`${folder.path}/`, "");
  }

  test("a clients file that is no JSON hides nothing of the policy but whom it names", async () => {
    const stderr = await told("[");
    expect(stderr).toContain("clients.json is not JSON");
    expect(stderr).toContain("policy.json: rules[0].types names paymint");
    expect(stderr).toContain("policy.json: rules[1].name is there twice");
    expect(stderr).not.toContain("nobody");
  });

  test("a client at fault hides nothing of the other clients, of the policy and of the types of operations", async () => {
    const other = { ...GOOD, client_id: "other", authorization_details_types: ["parking"] };
    const stderr = await told([{ ...GOOD, first_party: 1 }, other], {}, (operations) =>
      writeFileSync(join(operations, "keys.json"), "{"),
    );
    for (const words of [
      'client "shop": first_party must be',
      'client "other": authorization_details_types has parking: no operation has this type; there are correspondent_add,',
      "operations/keys.json: is not JSON",
      "policy.json: rules[0].clients names nobody",
      "policy.json: rules[0].types names paymint, which no operation has: there are correspondent_add,",
      "policy.json: rules[1].name is there twice",
    ])
      expect(stderr).toContain(words);
    expect(stderr).not.toContain("names shop");
  });

  test("a wrong variable hides no client that needs another one", async () => {
    const { client_secret: _, ...rest } = GOOD;
    const keyed = {
      ...rest,
      token_endpoint_auth_method: "self_signed_tls_client_auth",
      jwks_uri: "https://a.test/jwks",
    };
    const stderr = await told([keyed], { ENUM_ID_PORT: "many" });
    expect(stderr).toContain("ENUM_ID_PORT is");
    expect(stderr).toContain('client "shop": client certificates are used, but ENUM_ID_CERTIFICATE_HEADER is not set');
    expect(await told([keyed], { ENUM_ID_CERTIFICATE_HEADER: "a b" })).not.toContain("is not set");
  });

  test("a secret that cannot be read hides nothing else of its client", async () => {
    const { client_secret: _, ...rest } = GOOD;
    const stderr = await told([{ ...rest, client_secret_file: "gone", redirect_uris: ["http://localhost:3001/#a"] }]);
    expect(stderr).toContain('client "shop": client_secret_file names gone, which cannot be read (ENOENT)');
    expect(stderr).toContain('client "shop": redirect_uris has http://localhost:3001/#a with a fragment');
    expect(stderr).not.toContain("client_secret is");
  });
});

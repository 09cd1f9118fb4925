import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createWorld, type World } from "../support/world.ts";

interface Icon {
  src: string;
  sizes: string;
  type: string;
  purpose?: string;
}

async function page(world: World, language = "en"): Promise<{ response: Response; text: string }> {
  const response = await fetch(`${world.issuer}/phone`, { headers: { "accept-language": language } });
  return { response, text: await response.text() };
}

function addressIn(text: string, pattern: RegExp): string {
  const [, address] = pattern.exec(text) ?? [];
  if (address === undefined) throw new Error(`the page has nothing like ${pattern}`);
  return address;
}

const SCRIPT = /<script type="module" src="([^"]+)">/;
const STYLE = /<link rel="stylesheet" href="([^"]+)">/;
const MANIFEST = /<link rel="manifest" href="([^"]+)">/;

describe("the page of the web client", () => {
  test("runs our script alone, lets no form be sent, and may use the camera", async () => {
    await using world = await createWorld({ production: true });
    const { headers } = (await page(world)).response;
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy.split("; ").sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self' https:",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data: blob: https:",
      "manifest-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
      "worker-src 'self'",
    ]);
    expect(headers.get("permissions-policy")).toBe("camera=(self), microphone=(), geolocation=()");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    const elsewhere = await fetch(`${world.issuer}/`);
    expect(elsewhere.headers.get("permissions-policy")).toContain("camera=()");
  });

  test.each([
    ["en", "E-num needs JavaScript here"],
    ["ru", "Здесь E-num нужен JavaScript"],
  ])("says without a script what it needs, in %s", async (language, words) => {
    await using world = await createWorld();
    const { response, text } = await page(world, language);
    expect(response.headers.get("content-language")).toBe(language);
    expect(text).toContain(`<html lang="${language}">`);
    const [, without = ""] = /<noscript>(.*?)<\/noscript>/s.exec(text) ?? [];
    expect(without).toContain(words);
    const others = await fetch(addressIn(without, /href="([^"]+)"/));
    expect(others.status).toBe(200);
  });

  test("names the provider whose accounts it connects", async () => {
    await using world = await createWorld();
    expect((await page(world)).text).toContain(`<meta name="enum-issuer" content="${world.issuer}">`);
  });

  test("is a 503 in production where nobody has built it, and the rest goes on", async () => {
    await using world = await createWorld({ production: true, webPhone: async () => undefined });
    expect((await page(world)).response.status).toBe(503);
    expect((await fetch(`${world.issuer}/phone/worker.js`)).status).toBe(503);
    expect((await fetch(`${world.issuer}/phone/clients`)).status).toBe(200);
  });

  test("a bundle that could not be made is tried again", async () => {
    let tries = 0;
    const failing = async () => {
      tries += 1;
      if (tries === 1) throw new Error("no room on the disk");
      return { script: "1", style: "", worker: "2" };
    };
    await using world = await createWorld({ webPhone: failing });
    expect((await page(world)).response.status).toBe(500);
    expect((await page(world)).response.status).toBe(200);
    expect((await page(world)).response.status).toBe(200);
    expect(tries).toBe(2);
  });
});

describe("its files", () => {
  test("the script has less than 100 kB compressed, and what is sent is that", async () => {
    await using world = await createWorld();
    const address = addressIn((await page(world)).text, SCRIPT);
    const plain = await fetch(world.issuer + address, { headers: { "accept-encoding": "identity" } });
    const script = Buffer.from(await plain.arrayBuffer());
    expect(gzipSync(script, { level: 9 }).length).toBeLessThan(100_000);
    const sent = await fetch(world.issuer + address, { headers: { "accept-encoding": "gzip" } });
    expect(sent.headers.get("content-encoding")).toBe("gzip");
    expect(Number(sent.headers.get("content-length"))).toBeLessThan(100_000);
    // fetch has opened it.
    expect(Buffer.from(await sent.arrayBuffer()).equals(script)).toBe(true);
    expect(() => gunzipSync(script)).toThrow();
  });

  test("nothing in it is compiled from text, and no address of anybody else's is in the page", async () => {
    await using world = await createWorld();
    const { text } = await page(world);
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\/(?!localhost)/);
    expect(text).not.toMatch(/<[^>]+\s(?:style|on[a-z]+)=/);
  });

  test.each([SCRIPT, STYLE, MANIFEST])("%s may be kept for ever, under this name", async (pattern) => {
    await using world = await createWorld();
    const answer = await fetch(world.issuer + addressIn((await page(world)).text, pattern));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(answer.headers.get("vary")).toContain("Accept-Encoding");
  });

  test("a file under another name is not there", async () => {
    await using world = await createWorld();
    expect((await fetch(`${world.issuer}/phone/assets/phone.000000000000.js`)).status).toBe(404);
  });

  test("the manifest is in the language of its page, and of one and the same application", async () => {
    await using world = await createWorld();
    const [english, russian] = await Promise.all(
      ["en", "ru"].map(async (language) => {
        const shown = await (await fetch(`${world.issuer}/phone`, { headers: { "accept-language": language } })).text();
        return (await fetch(world.issuer + addressIn(shown, MANIFEST))).json();
      }),
    );
    expect([english.lang, russian.lang]).toEqual(["en", "ru"]);
    expect(russian.description).toMatch(/числа-вопросы/);
    expect([russian.id, russian.start_url]).toEqual([english.id, english.start_url]);
  });

  test("the manifest has what a home screen needs, and each icon has the size that it says", async () => {
    await using world = await createWorld();
    const manifest: Record<string, unknown> & { icons: Icon[]; shortcuts: object[] } = await (
      await fetch(world.issuer + addressIn((await page(world)).text, MANIFEST))
    ).json();
    expect(manifest).toMatchObject({ id: "/phone", start_url: "/phone", scope: "/phone", display: "standalone" });
    expect(manifest).toMatchObject({ lang: "en", description: expect.stringContaining("check numbers") });
    expect(manifest.shortcuts).toEqual([expect.objectContaining({ name: "Scan a code", url: "/phone#scan" })]);
    const drawn = manifest.icons.filter(({ type }) => type === "image/png");
    expect(drawn.map(({ sizes, purpose }) => `${sizes} ${purpose ?? "any"}`)).toEqual([
      "192x192 any",
      "512x512 any",
      "512x512 maskable",
    ]);
    for (const { src, sizes } of drawn) {
      const png = Buffer.from(await (await fetch(world.issuer + src)).arrayBuffer());
      // PNG, third edition, 11.2.2: width and height are the first of the IHDR chunk.
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
    }
  });
});

describe("the service worker", () => {
  test("may serve the page beside its own folder, and keeps the page and every file that it names", async () => {
    await using world = await createWorld();
    const answer = await fetch(`${world.issuer}/phone/worker.js`);
    expect(answer.headers.get("service-worker-allowed")).toBe("/phone");
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    const kept: { page: string; files: string[] } = JSON.parse(
      /^const KEPT=(.*);$/m.exec(await answer.text())?.[1] ?? "",
    );
    expect(kept.page).toBe("/phone");
    const named = [...(await page(world)).text.matchAll(/(?:src|href)="(\/phone\/assets\/[^"]+)"/g)].map(
      ([, path]) => path,
    );
    expect(named.length).toBeGreaterThan(3);
    expect(kept.files).toEqual(expect.arrayContaining(named));
  });

  test("is another one when anything of the client is another", async () => {
    const workerOf = async (script: string) => {
      await using world = await createWorld({ webPhone: async () => ({ script, style: "", worker: "" }) });
      return (await fetch(`${world.issuer}/phone/worker.js`)).text();
    };
    expect(await workerOf("1")).not.toBe(await workerOf("2"));
  });
});

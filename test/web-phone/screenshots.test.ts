import { describe, expect, test } from "vitest";
import { createWorld, type World } from "../support/world.ts";

interface Shown {
  src: string;
  sizes: string;
  type: string;
  form_factor: string;
  label: string;
}

async function screenshots(world: World, language = "en"): Promise<readonly Shown[]> {
  const page = await fetch(`${world.issuer}/phone`, { headers: { "accept-language": language } });
  const [, address = ""] = /<link rel="manifest" href="([^"]+)">/.exec(await page.text()) ?? [];
  const manifest: { screenshots: Shown[] } = await (await fetch(world.issuer + address)).json();
  return manifest.screenshots;
}

/** PNG, third edition, 11.2.2: width and height are the first of the IHDR chunk. */
function sizeOf(png: Buffer): [width: number, height: number] {
  expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

describe("the pictures that a browser shows before it installs the client", () => {
  test("are for phones and for desktops, at least one of each and no more than Android shows", async () => {
    await using world = await createWorld();
    const forms = (await screenshots(world)).map(({ form_factor: form }) => form);
    expect(new Set(forms)).toEqual(new Set(["narrow", "wide"]));
    expect(forms.length).toBeLessThanOrEqual(5);
  });

  test.each(["en", "ru"])(
    "are as large as the manifest says, within what Chromium takes, and may be kept, in %s",
    async (language) => {
      await using world = await createWorld();
      const shown = await screenshots(world, language);
      const ratios = new Map<string, Set<number>>();
      for (const { src, sizes, type, form_factor: form, label } of shown) {
        const answer = await fetch(world.issuer + src);
        expect([answer.status, answer.headers.get("content-type"), type]).toEqual([200, "image/png", "image/png"]);
        expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
        expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
        const png = Buffer.from(await answer.arrayBuffer());
        expect(png.length).toBeLessThan(100_000);
        const [width, height] = sizeOf(png);
        expect(`${width}x${height}`).toBe(sizes);
        const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
        expect(shorter).toBeGreaterThanOrEqual(320);
        expect(longer).toBeLessThanOrEqual(3840);
        expect(longer / shorter).toBeLessThanOrEqual(2.3);
        expect(form).toBe(width < height ? "narrow" : "wide");
        ratios.set(form, (ratios.get(form) ?? new Set()).add(width / height));
        expect(label).toMatch(language === "ru" ? /[а-я]/ : /^[ -~’]+$/);
      }
      // Pictures of another form than the first of their kind are left out.
      for (const of of ratios.values()) expect(of.size).toBe(1);
    },
  );

  test("are others in each language", async () => {
    await using world = await createWorld();
    const [english, russian] = await Promise.all(["en", "ru"].map((language) => screenshots(world, language)));
    const addresses = [...(english ?? []), ...(russian ?? [])].map(({ src }) => src);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  test("are not kept by the service worker: who installs the client has a network", async () => {
    await using world = await createWorld();
    const worker = await (await fetch(`${world.issuer}/phone/worker.js`)).text();
    const kept: { files: string[] } = JSON.parse(/^const KEPT=(.*);$/m.exec(worker)?.[1] ?? "");
    expect(kept.files.length).toBeGreaterThan(5);
    const shown = (await screenshots(world)).map(({ src }) => src);
    expect(kept.files.filter((path) => shown.includes(path))).toEqual([]);
  });
});

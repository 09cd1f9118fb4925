/** Serves every sample as the provider would: one page a path, with the real headers. */
import { createServer } from "node:http";
import Koa from "koa";
import { assets } from "../../src/http/assets.ts";
import { securityHeaders } from "../../src/http/headers.ts";
import { createRenderer, type Frame, type Renderer } from "../../src/http/render.ts";
import { readTemplates } from "../../src/http/templates.ts";
import type { Locale } from "../../src/locale/locale.ts";
import { samples } from "./list.ts";
import { ISSUER, logos, type Sample } from "./sample.ts";

export const renderer: Renderer = createRenderer({ issuer: ISSUER, templates: readTemplates() });

export function html(sample: Sample, locale: Locale): string {
  const frame: Frame = { ...sample.around, locale };
  return sample.with(locale, (view, data) => renderer.render(frame, view, data).toString());
}

export interface PageServer extends AsyncDisposable {
  /** Where a sample is, in a language. */
  url(sample: Sample, locale: Locale): string;
  readonly origin: string;
}

const LOCALES: readonly Locale[] = ["en", "ru", "qps"];

export async function servePages(): Promise<PageServer> {
  const app = new Koa();
  // Plain http here: the issuer's https would only add a header that no page depends on.
  app.use(securityHeaders({ issuer: "http://localhost", stylesheetHash: renderer.stylesheetHash }));
  app.use(assets([renderer.script, renderer.passkeyScript, renderer.icon, ...Object.values(logos)]));
  app.use((context) => {
    const [, language, name] = context.path.split("/");
    const sample = samples.find((one) => one.name === name);
    const locale = LOCALES.find((one) => one === language);
    if (sample !== undefined && locale !== undefined) {
      context.type = "text/html; charset=utf-8";
      context.body = html(sample, locale);
    } else if (context.method === "POST") {
      // A page that posts itself stays where it can be looked at.
      context.status = 204;
    } else if (context.path.endsWith("status")) {
      context.body = { state: "waiting" };
    }
  });
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    url: (sample, locale) => `${origin}/${locale}/${sample.name}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

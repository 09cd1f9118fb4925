import type { Kit, Wanted, WithHeaders } from "./kit.ts";
import { wanting } from "./kit.ts";

/** What is used of Koa's context. */
interface KoaContext {
  req: WithHeaders;
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
}

/** A middleware for Koa; behind it, `kit.accessOf(context.req)` says who is there. */
export function koaGuard<Context extends KoaContext>(kit: Kit, wanted: Wanted<Context>) {
  const want = wanting(wanted);
  return async (context: Context, next: () => Promise<unknown>): Promise<void> => {
    const refusal = await kit.admit(context.req, await want(context));
    if (refusal === undefined) {
      await next();
      return;
    }
    context.status = refusal.status;
    context.set({ ...refusal.headers });
    context.body = refusal.body;
  };
}

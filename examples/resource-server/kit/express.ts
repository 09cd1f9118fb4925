import type { Kit, Wanted, WithHeaders } from "./kit.ts";
import { wanting } from "./kit.ts";

/** What is used of Express's response. */
interface ExpressResponse {
  status(code: number): this;
  set(headers: Record<string, string>): this;
  json(body: unknown): this;
}

/** A middleware for Express 5; behind it, `kit.accessOf(request)` says who is there. */
export function expressGuard<Request extends WithHeaders>(kit: Kit, wanted: Wanted<Request>) {
  const want = wanting(wanted);
  return async (request: Request, response: ExpressResponse, next: (error?: unknown) => void): Promise<void> => {
    const refusal = await kit.admit(request, await want(request));
    if (refusal === undefined) next();
    else
      response
        .status(refusal.status)
        .set({ ...refusal.headers })
        .json(refusal.body);
  };
}

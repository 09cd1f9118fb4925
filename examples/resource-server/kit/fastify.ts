import type { Requirement } from "./judge.ts";
import type { Kit, Wanted, WithHeaders } from "./kit.ts";
import { wanting } from "./kit.ts";

/** What is used of Fastify's request and reply. */
interface FastifyRequest {
  raw: WithHeaders;
}
interface FastifyReply {
  code(status: number): this;
  headers(values: Record<string, string>): this;
  send(body: unknown): this;
}

type Hook<Request> = (request: Request, reply: FastifyReply) => Promise<unknown>;

/** A `preHandler` for Fastify; behind it, `kit.accessOf(request.raw)` says who is there. */
export function fastifyGuard(kit: Kit, wanted: Requirement): Hook<FastifyRequest>;
export function fastifyGuard<Request extends FastifyRequest>(kit: Kit, wanted: Wanted<Request>): Hook<Request>;
export function fastifyGuard<Request extends FastifyRequest>(kit: Kit, wanted: Wanted<Request>): Hook<Request> {
  const want = wanting(wanted);
  return async (request, reply) => {
    const refusal = await kit.admit(request.raw, await want(request));
    if (refusal === undefined) return undefined;
    return reply
      .code(refusal.status)
      .headers({ ...refusal.headers })
      .send(refusal.body);
  };
}

import { z } from "zod";
import type { DeviceRequest } from "../challenge/on-device.ts";
import { type Clock, epochSeconds, SECOND } from "../clock.ts";
import { signStatement } from "../e-num/statement-token.ts";
import type { OperationTypes } from "../operation/operation.ts";
import { type Approver, NotApproved } from "../request/request.ts";
import { type Confirming, DemandsMore, NotConfirmed, type Request } from "./confirming.ts";

/** What the phone's answer is judged by, kept with the challenge: the browser that waits is not asked. */
export interface KeptRequest extends Request {
  /** Digest of the interaction, by which its page finds the confirmation. */
  context: string;
  /** The `sub` that the site pinned, as this site sees it. */
  pinned: string | undefined;
}

export interface ConfirmationApproverPorts {
  confirming: Confirming;
  types: OperationTypes;
  clock: Clock;
  issuer: string;
  key(): { kid: string; privateJwk: object };
  subject(accountId: string, clientId: string): Promise<{ sub: string } | undefined>;
}

const kept = z.object({
  operation: z.unknown(),
  client: z.object({ id: z.string(), name: z.string() }),
  context: z.string(),
  pinned: z.string().optional(),
});

/** As JSON, which lies sealed beside the check number. */
export function writeKept({ operation, client, context, pinned }: KeptRequest): string {
  return JSON.stringify({ operation, client, context, pinned });
}

/** An operation that the phone answers by itself, with the checks and the record of a typed response. */
export function createConfirmationApprover(ports: ConfirmationApproverPorts): Approver {
  const { confirming, types } = ports;

  /** Undefined for a type that the operator has removed since the request came. */
  const keptRequest = ({ details }: DeviceRequest): KeptRequest | undefined => {
    const { operation, client, context, pinned } = kept.parse(JSON.parse(details ?? "null"));
    const parsed = types.parse(operation);
    return parsed.ok ? { operation: parsed.operation, client, context, pinned } : undefined;
  };

  return {
    async expectation(sql, request) {
      const asked = keptRequest(request);
      if (asked === undefined) return { accepted: [], mistaken: [] };
      return confirming.expectation(asked, await confirming.decide(sql, asked, request.accountId));
    },

    async accept(sql, request, approval) {
      const found = keptRequest(request);
      if (found === undefined) throw new Error("nothing was expected of a type that is gone");
      const { context, pinned, ...asked } = found;
      const isPinned = async (accountId: string) =>
        pinned === undefined || (await ports.subject(accountId, asked.client.id))?.sub === pinned;
      try {
        await confirming.confirm(sql, context, asked, approval, isPinned);
      } catch (error) {
        if (error instanceof DemandsMore) throw new NotApproved("refused");
        throw error instanceof NotConfirmed ? new NotApproved(error.reason) : error;
      }
    },

    async statement(request) {
      const asked = keptRequest(request);
      if (asked === undefined) return undefined;
      const { operation, client } = asked;
      const token = {
        issuer: ports.issuer,
        statement: types.statementsOf(operation, client).scanned,
        issuedAt: epochSeconds(ports.clock()),
        expiresAt: Math.ceil(request.expiresAt / SECOND),
      };
      const { privateJwk, kid } = ports.key();
      return signStatement(token, privateJwk, kid);
    },
  };
}

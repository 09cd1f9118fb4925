import type { Audit } from "../audit/audit.ts";
import { expecting } from "../challenge/expectation.ts";
import type { Approver } from "../request/request.ts";

/** A sign-in that the phone answers by itself: the browser that waits is one that the account knows, and goes on from its page. */
export function createLoginApprover(ports: { audit: Audit }): Approver {
  return {
    expectation: async () => expecting("login"),
    async accept(sql, { clientId }, { accountId, deviceId }) {
      await ports.audit.append(sql, { type: "login.accepted", accountId, clientId, deviceId, detail: {} });
    },
    statement: async () => undefined,
  };
}

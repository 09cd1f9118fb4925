/** How an operator's verb tells a person: by the outbox, which the server sends. */
import { createAccounts } from "../account/account.ts";
import { createMessaging, type MessagingPorts } from "../messaging/messaging.ts";
import { createWriter } from "../messaging/templates.ts";
import { createNotices, type Notices } from "../notice/notice.ts";

export function operatorNotices(
  kernel: Omit<MessagingPorts, "transports" | "write" | "logger">,
  config: { issuer: string },
): Notices {
  const nothing = () => undefined;
  const messaging = createMessaging({
    ...kernel,
    transports: {},
    write: createWriter(config),
    logger: { warn: nothing, error: nothing },
  });
  return createNotices({ ...kernel, accounts: createAccounts(kernel), messaging });
}

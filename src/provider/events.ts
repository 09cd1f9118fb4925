import type Provider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { Logger } from "pino";
import type { Audit } from "../audit/audit.ts";
import type { AuditEvent } from "../audit/events.ts";
import type { Database } from "../database/database.ts";

/** Appends what oidc-provider does by itself and a person or an operator must be able to see. Its payloads hold tokens: only ids are kept. */
export function recordEvents(provider: Provider, ports: { audit: Audit; database: Database; logger: Logger }): void {
  const append = (event: AuditEvent) => {
    ports.audit.append(ports.database, event).catch((error: unknown) => {
      ports.logger.error(
        { type: event.type, name: error instanceof Error ? error.name : "" },
        "an event could not be appended",
      );
    });
  };
  provider.on("grant.error", (context, error) => {
    const { AuthorizationCode, RefreshToken } = context.oidc.entities;
    if (!/already (consumed|used)/.test(String(error.error_detail ?? ""))) return;
    const kind = RefreshToken === undefined ? "code" : "refresh-token";
    const accountId = (RefreshToken ?? AuthorizationCode)?.accountId;
    append({ type: "token.reused", accountId, clientId: clientOf(context), detail: { kind } });
  });
  provider.on("end_session.success", (context) => {
    const { session, params } = context.oidc;
    if (params?.["logout"] === undefined || session?.accountId === undefined) return;
    append({
      type: "session.ended",
      accountId: session.accountId,
      clientId: clientOf(context),
      detail: { by: "person" },
    });
  });
}

function clientOf(context: KoaContextWithOIDC): string | undefined {
  return context.oidc.client?.clientId;
}

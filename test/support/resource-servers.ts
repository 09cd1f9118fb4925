import type { ClientEntry } from "../../src/provider/clients.ts";
import { client, type World } from "./world.ts";

/** A resource server as the clients file has it; it listens nowhere unless a test lets it. */
export function resourceServer(
  members: Partial<ClientEntry> & { client_id: string; client_name: string; resource: string },
): ClientEntry {
  const { post_logout_redirect_uris: _, ...entry } = client({
    redirect_uris: [],
    grant_types: [],
    response_types: [],
    ...members,
  });
  return { ...entry, post_logout_redirect_uris: [] };
}

export const PURSES = "http://localhost:9/purses";
export const ARCHIVE = "http://localhost:9/archive";

export const PURSE_API = resourceServer({
  client_id: "purse-api",
  client_name: "Purse API",
  resource: PURSES,
  resource_scopes: {
    "purses:read": { en: "See the balance of your purses", ru: "Видеть остаток ваших кошельков" },
    "purses:change": { en: "Change the settings of your purses", ru: "Менять настройки ваших кошельков" },
  },
});

/** Another server; one of its scopes has a name that the first has as well. */
export const ARCHIVE_API = resourceServer({
  client_id: "archive-api",
  client_name: "Archive API",
  resource: ARCHIVE,
  resource_scopes: { "purses:read": { en: "Read old statements", ru: "Читать старые выписки" } },
});

const WISHES = {
  scope: "openid email phone profile wmid offline_access purses:read purses:change",
  resources: [PURSES, ARCHIVE],
  authorization_details_types: ["security_settings", "payment"],
};

/** The operator's own: no consent page. */
export const WALLET = client({ client_id: "wallet", client_name: "Wallet", first_party: true, ...WISHES });
export const BROKER = client({ client_id: "broker", client_name: "Broker", subject_type: "pairwise", ...WISHES });

export const WITH_SERVERS: readonly ClientEntry[] = [PURSE_API, ARCHIVE_API, WALLET, BROKER];

/** What the introspection endpoint answers to a client or a resource server. */
export async function introspect(
  world: World,
  entry: ClientEntry,
  token: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const credentials = Buffer.from(`${entry.client_id}:${entry.client_secret}`).toString("base64");
  return fetch(`${world.issuer}/introspect`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}`, ...headers },
    body: new URLSearchParams({ token }),
  });
}

export async function seenBy(world: World, entry: ClientEntry, token: string): Promise<Record<string, unknown>> {
  const answer = await introspect(world, entry, token);
  if (answer.status !== 200) throw new Error(`introspection: ${answer.status} ${await answer.text()}`);
  return Object(await answer.json());
}

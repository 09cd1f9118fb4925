/**
 * The reference, FROZEN: changing it changes what every ratio means. oidc-provider alone, with what it cannot do without: an adapter in
 * memory, ES256, PKCE, a login prompt and a consent prompt with the shortest handlers that answer them, and no page.
 * A login is six requests: authorize, post the login, resume (to the consent), post the consent, resume (to the code), token.
 */
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Adapter, type AdapterPayload } from "oidc-provider";
import { answerParent, portOf } from "./child.ts";

/** oidc-provider's own memory forgets all but 1,000 records, which logins under load outrun; this one forgets nothing. */
function memoryAdapter(): (model: string) => Adapter {
  const records = new Map<string, AdapterPayload>();
  const sessions = new Map<string, string>();
  return (model) => ({
    async upsert(id, payload) {
      records.set(`${model}:${id}`, payload);
      if (model === "Session" && payload.uid !== undefined) sessions.set(payload.uid, id);
    },
    find: async (id) => records.get(`${model}:${id}`),
    findByUid: async (uid) => records.get(`${model}:${sessions.get(uid)}`),
    findByUserCode: async () => undefined,
    async consume(id) {
      const payload = records.get(`${model}:${id}`);
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      records.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, payload] of records) if (payload.grantId === grantId) records.delete(key);
    },
  });
}

const server = createServer();
const port = await portOf(server);
const issuer = `http://localhost:${port}`;
const { privateKey } = await generateKeyPair("ES256", { extractable: true });

const provider = new Provider(issuer, {
  adapter: memoryAdapter(),
  clients: [
    {
      client_id: "shop",
      client_secret: "secret-of-shop-for-the-bench-only",
      redirect_uris: ["https://shop.example/callback"],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid: "bench" }] },
  cookies: { keys: ["a key for the bench alone"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
});

async function answerPrompt(request: IncomingMessage, response: Parameters<Provider["interactionFinished"]>[1]) {
  const form = new URLSearchParams(await text(request));
  if (request.url?.endsWith("/login")) {
    const result = { login: { accountId: form.get("login") ?? "" } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  const { session, params, prompt } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: session?.accountId ?? "", clientId: String(params["client_id"]) });
  const { missingOIDCScope } = prompt.details;
  if (Array.isArray(missingOIDCScope)) grant.addOIDCScope(missingOIDCScope.join(" "));
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

const callback = provider.callback();
server.on("request", (request, response) => {
  if (request.url?.startsWith("/interaction/")) {
    answerPrompt(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  } else {
    callback(request, response);
  }
});
answerParent({ port, people: [] }, () => 0);

import type { RequestListener } from "node:http";
import { StartError } from "../../src/main.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { createWalletApi } from "./api.ts";
import { createWalletSite } from "./site.ts";

/** What listens on a port of its own in the demo. */
export interface Part {
  clientId: string;
  port: number;
  create(issuer: string): Promise<RequestListener>;
}

/** The API and its site, where the clients file says that they live. */
export function walletParts(clients: readonly ClientEntry[]): { api: Part; site: Part } {
  const entry = (id: string) => clients.find(({ client_id }) => client_id === id);
  const [server, wallet] = [entry("wallet-api"), entry("wallet")];
  const [resource = "", ...others] = wallet?.resources ?? [];
  const port = Number(URL.parse(wallet?.client_uri ?? "")?.port);
  const apiPort = Number(URL.parse(resource)?.port);
  const { client_secret: apiSecret } = server ?? {};
  const { client_secret: secret } = wallet ?? {};
  if (!(port > 0 && apiPort > 0) || server?.resource !== resource || others.length > 0 || !secret || !apiSecret) {
    throw new StartError([
      `The demo needs a resource server "wallet-api" and a client "wallet" that uses it, as config/clients.json has them.`,
    ]);
  }
  return {
    api: {
      clientId: "wallet-api",
      port: apiPort,
      create: async (issuer) => createWalletApi({ issuer, resource, clientId: "wallet-api", clientSecret: apiSecret }),
    },
    site: {
      clientId: "wallet",
      port,
      create: (issuer) => createWalletSite({ port, issuer, resource, clientId: "wallet", clientSecret: secret }),
    },
  };
}

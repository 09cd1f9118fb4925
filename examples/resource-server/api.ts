/**
 * A resource server: a wallet's balance, its settings and its limit, behind E-num ID's access tokens. What each route wants of a token
 * stands beside the route; the folder `kit` does the rest. Copy kit; this file is only an example of its use, on Koa.
 */
import type { RequestListener } from "node:http";
import Router from "@koa/router";
import Koa, { type Context } from "koa";
import { clientSecret as bySecret } from "./kit/introspection.ts";
import { createKit } from "./kit/kit.ts";
import { koaGuard } from "./kit/koa.ts";
import { createMemorySpending } from "./kit/spending.ts";

export interface WalletApiOptions {
  issuer: string;
  /** This server's address, as its entry in the clients file has it. */
  resource: string;
  clientId: string;
  clientSecret: string;
}

interface Wallet {
  balance: string;
  statements: string;
  limit: string;
}

/** Seconds: a setting is changed by who has answered a moment ago, however long they have been signed in. */
const FRESH = 60;
const LONGEST = 1000;
const STATEMENTS = ["by e-mail", "by post", "never"];
const LIMITS = ["100 WMZ", "500 WMZ", "1000 WMZ"];

export function createWalletApi({ issuer, resource, clientId, clientSecret }: WalletApiOptions): RequestListener {
  const kit = createKit({
    issuer,
    resource,
    clientId,
    authentication: bySecret(clientId, clientSecret),
    spending: createMemorySpending(),
    onFault: (error) => console.error(`${clientId}: ${error instanceof Error ? error.message : error}`),
  });
  // In memory: everybody has a wallet, and it is as new after each start.
  const wallets = new Map<string, Wallet>();
  const walletOf = (context: Context): Wallet => {
    const { sub } = kit.accessOf(context.req);
    const wallet = wallets.get(sub) ?? { balance: "1250.40 WMZ", statements: "by post", limit: "100 WMZ" };
    wallets.set(sub, wallet);
    return wallet;
  };

  const router = new Router();

  /** Reading is fine with a sign-in however old. */
  router.get("/wallet", koaGuard(kit, { scope: ["wallet:read"] }), (context) => {
    context.body = walletOf(context);
  });

  /** A change wants the phone's response of the last minute (RFC 9470). */
  const settings = { scope: ["wallet:settings"], acr: ["urn:e-num:acr:login"], maxAge: FRESH };
  router.put("/statements", koaGuard(kit, settings), async (context) => {
    walletOf(context).statements = await chosen(context, STATEMENTS);
    context.status = 204;
  });

  /** The limit wants this very change confirmed on the phone (RFC 9396); the token is spent, whatever comes of it. */
  const change = koaGuard(kit, async (context: Context) => ({
    operation: {
      type: "security_settings",
      members: { setting: "Daily limit", to: await chosen(context, LIMITS) },
      besides: ["from"],
    },
  }));
  router.put("/limit", change, async (context) => {
    const { operation } = kit.accessOf(context.req);
    const wallet = walletOf(context);
    if (operation?.details["from"] !== wallet.limit)
      context.throw(409, "The limit has changed since it was confirmed.");
    wallet.limit = await chosen(context, LIMITS);
    context.status = 204;
  });

  const app = new Koa();
  app.use(router.routes());
  return app.callback();
}

/** The body is the one word of the list that is wanted. */
async function chosen(context: Context, allowed: readonly string[]): Promise<string> {
  context.state["text"] ??= await textOf(context);
  const word = allowed.find((each) => each === context.state["text"]);
  return word ?? context.throw(400, `Send one of: ${allowed.join(", ")}.`);
}

async function textOf({ req }: Context): Promise<string> {
  let text = "";
  for await (const part of req) {
    text += part;
    if (text.length > LONGEST) return "";
  }
  return text;
}

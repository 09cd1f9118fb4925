/**
 * A site that has payments confirmed with E-num: the order goes to the provider as `authorization_details` (RFC 9396), and is
 * believed to be confirmed when token and receipt say so of exactly this order. Copy it; nobody has to be signed in for it.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oidc from "openid-client";
import { faultOf } from "./fault.ts";
import { type Answer, cookieOf, formOf, type Routes } from "./http.ts";
import { type Book, type Look, notPaidPage, paidPage, type Receipt } from "./pages.ts";

export interface PaymentOptions {
  config: oidc.Configuration;
  clientId: string;
  home: string;
  look: Look;
}

interface Order {
  id: string;
  book: Book;
  /** Exactly as it was sent. */
  operation: { invoice_id: string; [member: string]: unknown };
  checks: { pkceCodeVerifier: string; expectedState: string };
  /** Looked at once, however often the browser comes back. */
  outcome?: Promise<Answer>;
}

const HOUR = 3600;
const CONFIRMED = "urn:e-num:acr:operation";
const WHY: Record<string, string> = {
  not_me: "You said that it was not you. If you did not order here either, somebody may know your e-mail.",
  wrong_details: "You said that the details are wrong. Please tell us what should be different.",
  changed_mind: "You changed your mind.",
};

export function createPayments({ config, clientId, home, look }: PaymentOptions): Routes {
  const { issuer, enum_confirmations_jwks_uri: keysUri } = config.serverMetadata();
  // Not `jwks_uri`: the keys of tokens sign no receipts.
  const keys = createRemoteJWKSet(new URL(String(keysUri)));
  // In memory: a site that restarts, or runs twice, needs a store.
  const orders = new Map<string, Order>();

  /** Pushed (RFC 9126), so that the browser carries nothing that could be changed. Without `openid`: nobody is signed in by it. */
  const buy = async (request: IncomingMessage): Promise<Answer> => {
    const title = (await formOf(request)).get("book");
    const book = look.shelf.find((each) => each.title === title);
    if (book?.price === undefined || look.purse === undefined) throw new Error("That is not sold here.");
    const id = randomBytes(8).toString("hex");
    const operation = {
      type: "payment",
      operation_id: id,
      payee: { purse: look.purse, name: look.name },
      amount: book.price,
      description: book.title,
      invoice_id: id.slice(0, 6).toUpperCase(),
    };
    const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
    const address = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: `${home}paid`,
      authorization_details: JSON.stringify([operation]),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
    });
    orders.set(state, { id, book, operation, checks: { pkceCodeVerifier: verifier, expectedState: state } });
    setTimeout(() => orders.delete(state), HOUR * 1000).unref();
    // One for each order, so that two tabs do not disturb each other. Over https it is `Secure` as well.
    const cookie = `order-${id}=${state}; Path=/paid; Max-Age=${HOUR}; HttpOnly; SameSite=Lax`;
    return { status: 303, headers: { location: address.href, "set-cookie": cookie } };
  };

  /** openid-client compares `state` and `iss` and redeems the code; that this order was confirmed is for us to see. */
  const settle = async ({ book, operation, checks }: Order, url: URL): Promise<Answer> => {
    const tokens = await oidc.authorizationCodeGrant(config, url, checks);
    const [first, ...more] = tokens.authorization_details ?? [];
    const { confirmation, ...confirmed } = first ?? { type: "" };
    const id = idOf(confirmation);
    if (id === undefined || !isDeepStrictEqual([confirmed, ...more], [operation])) {
      throw new Error("Something else was confirmed than what was ordered.");
    }
    const at = new URL(`${issuer}/confirmations/${encodeURIComponent(id)}/receipt`);
    const signed = await (await oidc.fetchProtectedResource(config, tokens.access_token, at, "GET")).text();
    const right = { issuer, audience: clientId, typ: "enum-receipt+jwt", algorithms: ["ES256"] };
    const { payload: receipt } = await jwtVerify<Receipt>(signed, keys, right);
    const { txn, acr, authorization_details: details } = receipt;
    if (txn !== id || acr !== CONFIRMED || !isDeepStrictEqual(details, [operation])) {
      throw new Error("The receipt is for something else than what was ordered.");
    }
    return { status: 200, body: paidPage(look, { book, order: operation.invoice_id, receipt, signed }) };
  };

  const paid = async (request: IncomingMessage, url: URL): Promise<Answer> => {
    const order = orders.get(url.searchParams.get("state") ?? "");
    if (order === undefined || cookieOf(request, `order-${order.id}`) !== order.checks.expectedState) {
      throw new Error("It was not begun in this browser, or is over already.");
    }
    order.outcome ??= settle(order, url).catch((error) => notPaid(error, order.book));
    return order.outcome;
  };

  const notPaid = (error: unknown, book?: Book): Answer => {
    const { declined, words } = faultOf(error);
    const why = declined ? (WHY[words.split(": ").at(-1) ?? ""] ?? "You declined.") : words;
    return { status: declined ? 403 : 400, body: notPaidPage(look, { why, fault: !declined, ...(book && { book }) }) };
  };
  return {
    "POST /buy": (request) => buy(request).catch(notPaid),
    "GET /paid": (request, url) => paid(request, url).catch(notPaid),
  };
}

/** `{ id, confirmed_at, binding }` (PROTOCOL 10); the receipt says the rest. */
function idOf(confirmation: unknown): string | undefined {
  const named = typeof confirmation === "object" && confirmation !== null && "id" in confirmation;
  return named && typeof confirmation.id === "string" ? confirmation.id : undefined;
}

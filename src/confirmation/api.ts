import Router from "@koa/router";
import type { Context } from "koa";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import type { FieldError, ReceiptOutcome } from "../http/views.ts";
import type { Site } from "../interaction/step.ts";
import type { OperationTypes } from "../operation/operation.ts";
import { RECEIPT_TYPE, type ReceiptClaims, type ReceiptSubject, type Receipts } from "./receipt.ts";
import { type ConfirmationRow, confirmationById, confirmationOfOperation } from "./store.ts";

export interface ConfirmationApiPorts {
  database: Database;
  /** The access token of a request, from who may use it; throws where there is none. */
  token(context: Context): Promise<ConfirmedToken>;
  receipts: Receipts;
  pages: Pages;
  types: OperationTypes;
  site(clientId: string): Site | undefined;
  /** What a client sees of an account. */
  subject(accountId: string, clientId: string): Promise<ReceiptSubject | undefined>;
  /** The client that a request authenticates as, by the methods of the token endpoint; undefined when it does not. */
  authenticate(context: Context, body: URLSearchParams): Promise<string | undefined>;
  /** The public keys by which receipts and statements are verified. */
  set(): { keys: object[] };
}

/** What an access token says of the operation that it is for. */
export interface ConfirmedToken {
  clientId?: string | undefined;
  rar?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** Of the key that it is bound to. */
  jkt?: string | undefined;
}

/** Receipts for sites, the keys that verify them, and a page that explains a receipt to people (PROTOCOL 10). */
export function createConfirmationApi(ports: ConfirmationApiPorts): Router {
  const router = new Router({ prefix: "/confirmations" });

  const send = async (context: Context, row: ConfirmationRow | undefined, clientId: string): Promise<void> => {
    const subject =
      row === undefined || row.client_id !== clientId ? undefined : await ports.subject(row.account_id, clientId);
    // Another client's confirmation is not there for this one.
    if (row === undefined || subject === undefined)
      throw new Fault("not-found", { detail: "no confirmation of this client has this name" });
    context.body = await ports.receipts.issue(row, subject);
    context.type = `application/${RECEIPT_TYPE}`;
  };

  router.get("/jwks", (context) => {
    context.body = ports.set();
    context.type = "application/jwk-set+json";
  });

  router.get("/verify", (context) => show(context, ""));
  router.post("/verify", async (context) => {
    const form = await readForm(context);
    const typed = form.get("receipt").trim();
    if (typed === "") return show(context, typed, undefined, [{ field: "receipt", code: "empty" }]);
    const verified = await ports.receipts.verify(typed);
    show(
      context,
      typed,
      verified.ok ? explain(context, verified.claims) : { kind: "refused", reason: verified.reason },
    );
  });

  router.get("/:id/receipt", async (context) => {
    const { clientId, rar, jkt } = await ports.token(context);
    const confirmation = rar?.[0]?.["confirmation"];
    const named =
      typeof confirmation === "object" && confirmation !== null && "id" in confirmation ? confirmation.id : undefined;
    if (clientId === undefined || named === undefined) {
      const why = "send the access token that came with the confirmation";
      const scheme = jkt === undefined ? "Bearer" : "DPoP";
      context.set("WWW-Authenticate", `${scheme} error="invalid_token", error_description="${why}"`);
      throw new Fault("invalid-token", { detail: why });
    }
    // A token is for its own confirmation alone.
    await send(
      context,
      named === context["params"]["id"] ? await confirmationById(ports.database, String(named)) : undefined,
      clientId,
    );
  });

  router.post("/receipt", async (context) => {
    const form = await readForm(context);
    const body = new URLSearchParams(FIELDS.map((name) => [name, form.get(name)]).filter(([, value]) => value !== ""));
    const clientId = await ports.authenticate(context, body);
    if (clientId === undefined) {
      context.set("WWW-Authenticate", 'Basic realm="confirmations"');
      throw new Fault("invalid-client", { detail: "authenticate as at the token endpoint" });
    }
    const id = body.get("confirmation_id");
    const operationId = body.get("operation_id");
    if ((id === null) === (operationId === null))
      throw new Fault("invalid-request", { detail: "send one of the two: confirmation_id or operation_id" });
    const row =
      id === null
        ? await confirmationOfOperation(ports.database, clientId, operationId ?? "")
        : await confirmationById(ports.database, id);
    await send(context, row, clientId);
  });

  const show = (context: Context, receipt: string, outcome?: ReceiptOutcome, errors: readonly FieldError[] = []) => {
    const data = { action: "/confirmations/verify", errors, values: { receipt } };
    const status = errors.length > 0 ? 422 : 200;
    ports.pages.show(context, "confirmation/receipt", outcome === undefined ? data : { ...data, outcome }, { status });
  };

  const explain = (context: Context, claims: ReceiptClaims): ReceiptOutcome => {
    const [element] = claims.authorization_details;
    const parsed = ports.types.parse(element);
    if (!parsed.ok) return { kind: "refused", reason: "wrong-type" };
    return {
      kind: "genuine",
      described: ports.types.describe(parsed.operation, ports.pages.locale(context)),
      site: ports.site(claims.aud)?.name ?? claims.aud,
      confirmedAt: new Date(claims.iat * 1000),
      confirmationId: claims.txn,
      acr: claims.acr.endsWith(":sms") ? "sms" : claims.acr.endsWith(":login") ? "login" : "operation",
      binding: claims.binding.mode,
      signedByDevice: claims.binding.signature !== undefined,
    };
  };
  return router;
}

const FIELDS = [
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "confirmation_id",
  "operation_id",
];

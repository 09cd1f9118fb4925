import Router from "@koa/router";
import type { Context } from "koa";
import { pathOf } from "../account/sections.ts";
import { ACCOUNT, type Present, type Visits } from "../account/visits.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { CertificateShown, RevocationReason } from "../http/certificate-views.ts";
import { statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { FieldError } from "../http/views.ts";
import { parseWmid, type Wmid } from "../wmid.ts";
import type { Certificates } from "./certificate.ts";
import { readSigningRequest } from "./signing-request.ts";
import type { CertificateRow } from "./store.ts";
import { pem } from "./x509.ts";

export interface CertificateRoutesPorts {
  certificates: Certificates;
  /** The WMIDs of an account. */
  wmids(accountId: string): Promise<readonly Wmid[]>;
  /** The authority's certificate, in DER. */
  authority(): Promise<Uint8Array>;
  /** Of a certificate's key, as the phone shows it. */
  fingerprint(certificate: Uint8Array): string;
  /** The path of the pages' script. */
  script: string;
  visits: Visits;
  pages: Pages;
  /** Ends the sessions that certificates of the account have opened. */
  endSessions(accountId: string): Promise<void>;
}

export const CERTIFICATES = pathOf("certificates");
/** As we make them; what a stranger writes instead goes to no database. */
const SERIAL = /^[0-9a-f]{34}$/;
const REASONS: readonly RevocationReason[] = ["key-compromise", "superseded", "no-longer-used", "unspecified"];

/** The pages of client certificates, under the account's. Another account's certificate is nobody's. */
export function createCertificateRoutes(ports: CertificateRoutesPorts): Router {
  const { certificates, visits, pages } = ports;
  const router = new Router({ prefix: CERTIFICATES });

  type Handler = (context: Context, here: Present) => Promise<void> | void;
  const signedIn = (handler: Handler) => async (context: Context) => {
    const here = await visits.present(context);
    return here === undefined ? visits.toSignIn(context) : handler(context, here);
  };
  type OneHandler = (context: Context, here: Present, row: CertificateRow) => Promise<void> | void;
  const ofOwn = (handler: OneHandler) =>
    signedIn(async (context, here) => {
      const serial = String(context["params"]["serial"]);
      const row = SERIAL.test(serial) ? await certificates.one(here.account.id, serial) : undefined;
      if (row === undefined) throw new Fault("not-found", { detail: "the account has no such certificate" });
      return handler(context, here, row);
    });
  const frame = ({ account }: Present, errors: readonly FieldError[] = []) => ({
    signedIn: { email: account.email },
    status: statusOf(errors),
  });
  const shown = (row: CertificateRow): CertificateShown => {
    const { revoked_at: at, revoked_by: by, reason } = row;
    return {
      wmid: row.wmid,
      serial: row.serial.toUpperCase().replace(/(.{4})(?=.)/g, "$1 "),
      kind: row.kind,
      fingerprint: ports.fingerprint(Buffer.from(row.certificate, "base64")),
      issuedAt: new Date(row.issued_at),
      until: new Date(row.expires_at),
      state: at !== null ? "revoked" : certificates.isLive(row) ? "live" : "expired",
      ...(at === null || by === null || reason === null ? {} : { revoked: { at: new Date(at), by, reason } }),
    };
  };
  const hrefOf = ({ serial }: Pick<CertificateRow, "serial">) => `${CERTIFICATES}/${serial}`;

  router.get(
    "/",
    signedIn(async (context, here) => {
      const [rows, wmids] = await Promise.all([certificates.list(here.account.id), ports.wmids(here.account.id)]);
      const lines = rows.map((row) => ({ ...shown(row), href: hrefOf(row) }));
      const told = visits.told(context);
      const data = {
        ...(told === undefined ? {} : { told }),
        live: lines.filter(({ state }) => state === "live"),
        ended: lines.filter(({ state }) => state !== "live"),
        wmids: wmids.length === 0 ? ("none" as const) : ("some" as const),
        ...(wmids.length === 0 ? {} : { newHref: `${CERTIFICATES}/new` }),
        accountHref: ACCOUNT,
      };
      pages.show(context, "certificate/list", data, frame(here));
    }),
  );

  const showNew = async (
    context: Context,
    here: Present,
    values: { wmid?: string; csr?: string },
    errors: readonly FieldError[],
  ) => {
    const wmids = await ports.wmids(here.account.id);
    if (wmids.length === 0) return seeOther(context, CERTIFICATES);
    const data = { action: `${CERTIFICATES}/new`, errors, values, wmids, listHref: CERTIFICATES, script: ports.script };
    pages.show(context, "certificate/new", data, frame(here, errors));
  };
  router.get(
    "/new",
    signedIn((context, here) => {
      const wmid = parseWmid(String(context.query["wmid"] ?? ""));
      return showNew(context, here, wmid === undefined ? {} : { wmid }, []);
    }),
  );
  router.post(
    "/new",
    signedIn(async (context, here) => {
      const form = await readForm(context);
      if (!["next", ""].includes(form.get("action"))) throw noSuchButton();
      const own = await ports.wmids(here.account.id);
      const wished = parseWmid(form.get("wmid"));
      const wmid = own.length === 1 ? own[0] : own.find((one) => one === wished);
      const csr = form.get("csr").trim();
      const again = (...errors: FieldError[]) =>
        showNew(context, here, { csr, ...(wmid === undefined ? {} : { wmid }) }, errors);
      if (wmid === undefined) return again({ field: "wmid", code: "not-chosen" });
      if (csr === "") return again({ field: "csr", code: "empty" });
      const read = readSigningRequest(csr);
      if (!read.ok) return again({ field: "csr", code: read.fault });
      const asked = await certificates.ask(here.account.id, wmid, read.key, pages.locale(context));
      if (typeof asked === "string") return again({ field: "csr", code: asked });
      visits.toConfirm(context, here.account.id, asked);
    }),
  );

  router.get(
    "/:serial",
    ofOwn((context, here, row) => {
      const href = hrefOf(row);
      const data = {
        certificate: shown(row),
        fileHref: `${href}/certificate.pem`,
        revokeHref: `${href}/revoke`,
        renewHref: `${CERTIFICATES}/new?wmid=${row.wmid}`,
        listHref: CERTIFICATES,
        keyId: row.key_digest,
        script: ports.script,
      };
      pages.show(context, "certificate/certificate", data, frame(here));
    }),
  );
  router.get(
    "/:serial/certificate.pem",
    ofOwn(async (context, _here, row) => {
      context.type = "application/x-pem-file";
      context.attachment(`wmid-${row.wmid}.pem`, { type: "attachment" });
      const own = pem("CERTIFICATE", Buffer.from(row.certificate, "base64"));
      context.body = `${own}${pem("CERTIFICATE", await ports.authority())}`;
    }),
  );

  const showRevocation = (context: Context, here: Present, row: CertificateRow, errors: readonly FieldError[]) => {
    // Ended in another tab, or by the other click of two: its page shows it so.
    if (!certificates.isLive(row)) return seeOther(context, hrefOf(row));
    const data = { action: `${hrefOf(row)}/revoke`, errors, values: {}, certificate: shown(row) };
    pages.show(context, "certificate/revoke", { ...data, certificateHref: hrefOf(row) }, frame(here, errors));
  };
  router.get(
    "/:serial/revoke",
    ofOwn((context, here, row) => showRevocation(context, here, row, [])),
  );
  router.post(
    "/:serial/revoke",
    ofOwn(async (context, here, row) => {
      const form = await readForm(context);
      if (!["revoke", ""].includes(form.get("action"))) throw noSuchButton();
      const reason = REASONS.find((one) => one === form.get("reason"));
      if (reason === undefined) return showRevocation(context, here, row, [{ field: "reason", code: "not-chosen" }]);
      await certificates.revoke(here.account.id, row.serial, reason);
      // Also where it was revoked before: by the other click of two, or by one after which this had failed.
      await ports.endSessions(here.account.id);
      seeOther(context, hrefOf(row));
    }),
  );
  return router;
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}

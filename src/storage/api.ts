import Router from "@koa/router";
import type { Context } from "koa";
import { Fault } from "../errors.ts";
import { readRaw } from "../http/body.ts";
import { parseWmid, type Wmid } from "../wmid.ts";
import { envelopeFault, LARGEST_ENVELOPE } from "./envelope.ts";
import type { Guard } from "./guard.ts";
import { contentDigest, isDigestOf, type Precondition, preconditionOf } from "./rules.ts";
import type { Given, Kept, Storage } from "./storage.ts";

export interface StorageApiPorts {
  storage: Storage;
  guard: Guard;
  /** What RFC 9728 has a resource server say of itself. */
  metadata: object;
}

export const STORAGE_PATH = "/storage/v1";
/** RFC 9728 section 3.1: between the host and the path of the resource. */
export const METADATA_PATH = `/.well-known/oauth-protected-resource${STORAGE_PATH}`;
/** An envelope as docs/storage.md has it. */
const ENVELOPE_TYPE = "application/vnd.e-num.keys";

/** The resource server of kept keys, for programs. */
export function createStorageApi({ storage, guard, metadata }: StorageApiPorts): Router {
  const router = new Router();
  const keys = `${STORAGE_PATH}/keys/:wmid`;

  router.get(METADATA_PATH, (context) => {
    context.body = metadata;
  });

  router.put(keys, async (context) => {
    const wmid = wmidOf(context);
    const precondition = preconditionIn(context);
    if (precondition.kind === "any")
      throw new Fault("precondition-needed", {
        detail: "If-None-Match: * with a first version, If-Match with the next",
      });
    const allowed = await guard(context, precondition.kind === "new" ? "back_up" : "change", wmid);
    if (allowed === undefined) return;
    const kept = await storage.keep(allowed, wmid, await readEnvelope(context, wmid), precondition);
    context.status = precondition.kind === "new" ? 201 : 200;
    context.set("ETag", kept.tag);
    context.body = { wmid, ...told(kept) };
  });

  router.post(`${keys}/retrieve`, async (context) => {
    const wmid = wmidOf(context);
    const which = { precondition: preconditionIn(context), version: versionIn(context) };
    const allowed = await guard(context, "retrieve", wmid);
    if (allowed !== undefined) give(context, wmid, await storage.retrieve(allowed, wmid, which));
  });

  router.post(`${keys}/move`, async (context) => {
    const wmid = wmidOf(context);
    const precondition = preconditionIn(context);
    const allowed = await guard(context, "move", wmid);
    if (allowed !== undefined) give(context, wmid, await storage.move(allowed, wmid, precondition));
  });

  router.delete(keys, async (context) => {
    const wmid = wmidOf(context);
    const precondition = preconditionIn(context);
    const allowed = await guard(context, "delete", wmid);
    if (allowed === undefined) return;
    await storage.remove(allowed, wmid, precondition);
    context.status = 204;
  });

  return router;
}

function wmidOf(context: Context): Wmid {
  const text = String(context["params"]["wmid"]);
  const wmid = parseWmid(text);
  if (wmid === undefined || wmid !== text) throw new Fault("not-found", { detail: "a WMID has 12 digits" });
  return wmid;
}

function preconditionIn(context: Context): Precondition {
  const precondition = preconditionOf(context.get("if-match"), context.get("if-none-match"));
  if (precondition.kind !== "unclear") return precondition;
  throw new Fault("invalid-request", { detail: "send one of If-Match, with entity tags, and If-None-Match: *" });
}

/** Undefined for the newest. */
function versionIn(context: Context): number | undefined {
  const { version } = context.query;
  if (version === undefined) return undefined;
  if (typeof version === "string" && /^[1-9][0-9]{0,8}$/.test(version)) return Number(version);
  throw new Fault("invalid-request", { detail: "version is a number, from 1" });
}

async function readEnvelope(context: Context, wmid: Wmid): Promise<Uint8Array> {
  if (!context.request.is(ENVELOPE_TYPE)) throw new Fault("invalid-request", { detail: `send ${ENVELOPE_TYPE}` });
  const bytes = await readRaw(context);
  if (bytes.length > LARGEST_ENVELOPE)
    throw new Fault("too-large", { detail: `an envelope has at most ${LARGEST_ENVELOPE} bytes` });
  const whole = isDigestOf(context.get("content-digest"), bytes);
  if (whole !== true)
    throw new Fault("invalid-request", {
      detail:
        whole === false ? "the body is not what Content-Digest is of" : "send Content-Digest with sha-256 (RFC 9530)",
    });
  const fault = envelopeFault(bytes, wmid);
  if (fault !== undefined) throw new Fault("invalid-request", { detail: fault });
  return bytes;
}

function told({ version, at }: Pick<Kept, "version" | "at">) {
  return { version, kept_at: new Date(at).toISOString() };
}

function give(context: Context, wmid: Wmid, given: Given): void {
  const { envelope, tag, version, older, until } = given;
  context.set({
    ETag: tag,
    "Content-Digest": contentDigest(envelope),
    "Last-Modified": new Date(given.at).toUTCString(),
  });
  const self = `${STORAGE_PATH}/keys/${wmid}/retrieve`;
  // RFC 5829: an older version is had by a confirmation of its own.
  if (older !== undefined) context.set("Link", `<${self}?version=${older}>; rel="predecessor-version"`);
  // RFC 8594: when it is gone.
  if (until !== undefined) context.set("Sunset", new Date(until).toUTCString());
  context.set("E-num-Version", String(version));
  context.body = Buffer.from(envelope);
  context.type = ENVELOPE_TYPE;
}

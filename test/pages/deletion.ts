/** The pages of an account's deletion, and the one that the link of a message opens. */
import type { Views } from "../../src/http/views.ts";
import { plain, type Sample, sample, shop } from "./sample.ts";

const path = "/account/deletion";
const around = { ...plain, path, signedIn: { email: "alice@example.com" } };
const endsAt = new Date("2026-12-10T09:14:00Z");
const own: Views["deletion/own"] = {
  action: `${path}/confirm`,
  dataHref: "/account/data",
  accountHref: "/account",
};
const stop = { state: "open", action: "/stop/AAAAAAAAAAAAAAAAAAAAAA", due: new Date("2026-11-25T14:35:00Z") } as const;
const stopped = { state: "stopped", accountHref: "/account" } as const;

export const deletions: readonly Sample[] = [
  sample("deletion", "deletion/own", { ...own, told: "stopped" }, around),
  sample("deletion-waits", "deletion/own", { ...own, action: path, waits: { endsAt, askedBy: "account" } }, around),
  sample(
    "deletion-waits-operator",
    "deletion/own",
    { ...own, action: path, waits: { endsAt, askedBy: "operator" } },
    around,
    false,
  ),
  sample("deletion-confirm", "deletion/confirm", { action: `${path}/confirm`, backHref: "/account" }, around),
  sample(
    "deletion-closing",
    "deletion/closing",
    { action: "/interaction/AAAA/closing", endsAt, deletionHref: path },
    { ...shop, signedIn: { email: "alice@example.com" } },
  ),
  // The account's other pages, meanwhile.
  sample(
    "deletion-data",
    "download/own",
    { action: "/account/data", accountHref: "/account" },
    { ...around, path: "/account/data", endsAt },
    false,
  ),
  sample("stop", "stop/stop", { ...stop, what: { kind: "email", to: "n•••@example.com" } }, plain),
  sample("stop-deletion", "stop/stop", { ...stop, what: { kind: "deletion" } }, plain, false),
  sample("stopped", "stop/stop", { ...stopped, what: { kind: "deletion", askedBy: "account" } }, plain, false),
  sample(
    "stopped-operator",
    "stop/stop",
    { ...stopped, what: { kind: "deletion", askedBy: "operator" } },
    plain,
    false,
  ),
  sample("stop-over", "stop/stop", { state: "over" }, plain, false),
];

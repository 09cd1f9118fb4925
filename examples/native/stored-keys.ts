/**
 * Keys in E-num Storage (docs/storage.md): encrypted here before they go, opened here when they have come back. Each call has its own
 * confirmation on the phone.
 */
import { createHash } from "node:crypto";
import { newOperationId } from "../site/confirmation.ts";
import { openKeys, sealKeys } from "./envelope.ts";
import type { Call, Keeper, Person } from "./keeper.ts";

const TYPE = "application/vnd.e-num.keys";

export interface StoredKeys {
  /** The first version, or in the place of whatever is kept; its number. */
  store(file: Uint8Array, password: string, over?: "nothing" | "anything"): Promise<number>;
  retrieve(password: string): Promise<Uint8Array>;
  /** The same, and E-num forgets them in seven days. */
  move(password: string): Promise<Uint8Array>;
  remove(): Promise<void>;
}

export function createStoredKeys({ issuer, keeper, by }: { issuer: string; keeper: Keeper; by: Person }): StoredKeys {
  const { wmid } = by;
  if (wmid === undefined) throw new Error("This account has no WMID that keys could be kept for.");
  const path = `/keys/${wmid}`;

  const call = async (action: string, what: Omit<Call, "resource">): Promise<Response> => {
    const operation = { type: "keys", operation_id: newOperationId("keys"), wmid, action };
    const answer = await keeper.use(operation, by, { resource: `${issuer}/storage/v1`, ...what });
    if (!answer.ok) throw new Error(await reasonOf(answer));
    return answer;
  };

  const fetched = async (action: "retrieve" | "move", password: string): Promise<Uint8Array> => {
    const answer = await call(action, { method: "POST", path: `${path}/${action}` });
    const envelope = new Uint8Array(await answer.arrayBuffer());
    if (answer.headers.get("content-digest") !== digestOf(envelope))
      throw new Error("What came is not whole: retrieve it once more.");
    return openKeys(envelope, password, wmid);
  };

  return {
    async store(file, password, over = "nothing") {
      // Before anybody is asked: what cannot be encrypted needs no confirmation.
      const body = await sealKeys(file, password, wmid);
      const which: Record<string, string> = over === "nothing" ? { "if-none-match": "*" } : { "if-match": "*" };
      const headers = { "content-type": TYPE, "content-digest": digestOf(body), ...which };
      const answer = await call(over === "nothing" ? "back_up" : "change", { method: "PUT", path, headers, body });
      const { version }: { version: number } = await answer.json();
      return version;
    },
    retrieve: (password) => fetched("retrieve", password),
    move: (password) => fetched("move", password),
    remove: async () => void (await call("delete", { method: "DELETE", path })),
  };
}

function digestOf(bytes: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
}

/** From a problem document (RFC 9457). */
async function reasonOf(answer: Response): Promise<string> {
  const { title = "", detail = "" }: { title?: string; detail?: string } = await answer.json().catch(() => ({}));
  return `E-num says: ${[title, detail].filter((part) => part !== "").join(" ")} (${answer.status})`;
}

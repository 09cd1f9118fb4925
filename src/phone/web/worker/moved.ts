/** The browser has changed the address by which it is woken, while nobody has the client open: the provider is told at once. */
import type { PushAddress } from "../../device-client.ts";
import { authorization } from "../../device-proof.ts";
import type { Account } from "../account.ts";
import { pushAddress } from "../push-address.ts";
import type { Vault } from "../vault.ts";

export interface MovedPorts {
  readonly vault: Pick<Vault, "accounts" | "change">;
  readonly manager: PushManager;
  readonly fetch: typeof fetch;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/**
 * For each account that is woken here. What cannot be told now (no network, a clock that is wrong, a provider that refuses) is told when the
 * client is opened the next time: then it compares what was told last with what there is.
 */
export async function tellMoved({ vault, manager, fetch, now }: MovedPorts): Promise<void> {
  for (const account of await vault.accounts()) {
    const { pushKey, wokenAt } = account;
    if (pushKey === undefined || wokenAt === undefined) continue;
    // Browsers do not let an address be taken where the person has forbidden it meanwhile.
    const address = await pushAddress(manager, pushKey).catch(() => undefined);
    if (address === undefined || address.endpoint === wokenAt) continue;
    if (await told(fetch, account, address, now()))
      await vault.change(account.device.id, (kept) => ({ ...kept, wokenAt: address.endpoint }));
  }
}

/** By the device's own key, which needs no PIN (PROTOCOL section 6); without the cookies of a person who is signed in here. */
async function told(send: typeof fetch, account: Account, address: PushAddress, now: number): Promise<boolean> {
  const { issuer, device, key, clockOffset } = account;
  const url = new URL(`${issuer}/device/v1/push-subscription`);
  const body = JSON.stringify(address);
  const credentials = { issuer, deviceId: device.id, key: key.private, clockOffset };
  const proof = await authorization(credentials, { method: "PUT", url, body }, now);
  const headers = { authorization: proof, "content-type": "application/json" };
  return send(url, { method: "PUT", headers, body, credentials: "omit", redirect: "error" }).then(
    ({ ok }) => ok,
    () => false,
  );
}

import { lookup } from "node:dns/promises";
import { request } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublic } from "./public-address.ts";

/** How push services are reached; a test stands in for it. */
export interface PushNetwork {
  /** A public address of this host, which is then connected to; rejects where it has none. */
  addressOf(host: string): Promise<string>;
  /** Certificates of those who vouch for hosts, as PEM, in the place of Node's own. */
  ca?: string;
}

/** No address of that host may be called: none is public. */
export class NotPublic extends Error {}

type Resolve = (host: string) => Promise<readonly { address: string }[]>;

export function createNetwork(resolve: Resolve = (host) => lookup(host, { all: true })): PushNetwork {
  return {
    async addressOf(host) {
      const found = (await resolve(host)).find(({ address }) => isPublic(address));
      if (found === undefined) throw new NotPublic(`${host} has no public address`);
      return found.address;
    },
  };
}

export interface Posted {
  headers: Record<string, string | number>;
  body: Uint8Array;
  /** Ends it, whatever it waits for. */
  signal: AbortSignal;
}

/**
 * One request, and the status of its answer; it rejects where there is none. The address that was looked at is the one that is connected
 * to, whatever the name leads to by then; redirects are an answer like any other, and what else the answer says is not read.
 */
export async function post(network: PushNetwork, url: URL, { headers, body, signal }: Posted): Promise<number> {
  const address = await network.addressOf(url.hostname);
  const { ca } = network;
  const options = { method: "POST", headers, signal, agent: false, lookup: pinnedTo(address) } as const;
  return new Promise((resolve, reject) => {
    const sent = request(url, ca === undefined ? options : { ...options, ca }, (answer) => {
      resolve(answer.statusCode ?? 0);
      answer.destroy();
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

function pinnedTo(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family));
}

import { Refusal } from "./values.ts";

/** Where subscriptions may be, and so whom this server may be made to call. */
export interface PushHost {
  /** In lower case. */
  name: string;
  /** Every name below it, and not the name itself. */
  below: boolean;
  port: number;
}

const HTTPS = 443;
const SHAPE = /^(\*\.)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])(?::(\d{1,5}))?$/;

const named = (text: string): PushHost[] => {
  const [, star, name, port = String(HTTPS)] = SHAPE.exec(text) ?? [];
  if (name === undefined || Number(port) < 1 || Number(port) > 65_535) return [];
  return [{ name, below: star !== undefined, port: Number(port) }];
};

/** The push services of Chromium and its kin, of Firefox, of Safari, and of Edge. */
export const BROWSERS_HOSTS: readonly PushHost[] = [
  "fcm.googleapis.com",
  "*.push.services.mozilla.com",
  "*.push.apple.com",
  "*.notify.windows.com",
].flatMap(named);

/** `off`, or names of hosts with commas between; `*.` before one is for all names below it, and a port may be behind it. No addresses. */
export function parsePushHosts(given: string): readonly PushHost[] | Refusal {
  if (given === "off") return [];
  const hosts: PushHost[] = [];
  for (const part of given.split(",").map((each) => each.trim())) {
    const [host] = named(part);
    if (host === undefined)
      return new Refusal(
        `has "${part}": write off, or hosts such as push.example.com, *.push.example.com or push.example.com:8443, in lower case.`,
      );
    hosts.push(host);
  }
  return hosts;
}

import { isIP } from "node:net";
import type { Context } from "koa";
import type { Origin } from "../challenge/challenge.ts";

/** Longer names of browsers say nothing more to a person. */
const AGENT_LENGTH = 200;

/** Where a browser is and what it calls itself: the phone shows it, so it is short and holds nothing that a terminal would obey. */
export function createOriginOf({ countryHeader }: { countryHeader: string | undefined }): (context: Context) => Origin {
  return (context) => {
    const userAgent = context
      .get("user-agent")
      .replace(/[^\x20-\x7e]/g, "?")
      .slice(0, AGENT_LENGTH);
    const country = countryHeader === undefined ? "" : context.get(countryHeader).trim().toUpperCase();
    return {
      // A proxy that passes on what it was sent names no address.
      ip: isIP(context.ip) === 0 ? "" : context.ip.replace(/^::ffff:(?=\d+\.)/i, ""),
      userAgent,
      // ISO 3166-1 reserves XX to users, and proxies write it for "unknown".
      ...(/^[A-Z]{2}$/.test(country) && country !== "XX" ? { country } : {}),
    };
  };
}

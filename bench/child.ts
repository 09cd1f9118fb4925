import type { Server } from "node:http";
import type { JWK } from "jose";

/** Somebody who can sign in: how, and what their phone knows, in base64url. */
export interface Person {
  identifier: string;
  pad: string;
  /** The id of their phone. */
  device: string;
}

export interface Ready {
  port: number;
  people: Person[];
  /** What the phones prove themselves by, the same for all. */
  key?: JWK;
  /** Where figures are told. */
  figures?: number;
}

/** Since the process began, but for `rssMb`, which is now. */
export interface Usage {
  cpuMs: number;
  rssMb: number;
  roundTrips: number;
}

/** A free port of the loopback interface. */
export async function portOf(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Says that the server is ready, then what it has used each time that it is asked; ends when the parent has gone. */
export function answerParent(ready: Ready, roundTrips: () => number): void {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = {
      cpuMs: (user + system) / 1000,
      rssMb: process.memoryUsage.rss() / 2 ** 20,
      roundTrips: roundTrips(),
    };
    process.send?.(usage);
  });
  process.once("disconnect", () => process.exit());
  process.send?.(ready);
}

import type { ClientEntry } from "../../src/provider/clients.ts";
import { readClients } from "../../src/provider/clients.ts";
import { readText } from "./source.ts";

/** The demo's native app, as config/clients.json has it. */
export const KEEPER: ClientEntry = shippedClient("keeper");

/** One of the demo's clients, as config/clients.json has it. */
export function shippedClient(name: string): ClientEntry {
  const read = readClients({
    path: "config/clients.json",
    production: false,
    files: { read: readText, bytes: () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>') },
  });
  if (!read.ok) throw new Error(read.faults.join("\n"));
  const found = read.clients.find(({ client_id: id }) => id === name);
  if (found === undefined) throw new Error(`config/clients.json has no ${name}`);
  return found;
}

import { type ClientEntry, readClients } from "../../src/provider/clients.ts";

export const SITE = {
  client_id: "site",
  client_name: "A site",
  redirect_uris: ["https://site.example.com/callback"],
  client_secret: "0123456789abcdef0123456789abcdef",
};

interface Given {
  production?: boolean;
  contents?: Record<string, string | Buffer>;
}

function read(content: unknown, { production = true, contents = {} }: Given = {}) {
  const all: Record<string, string | Buffer> = { "/etc/clients.json": JSON.stringify(content), ...contents };
  const bytes = (path: string) => {
    const found = all[path];
    if (found === undefined) throw Object.assign(new Error("not there"), { code: "ENOENT" });
    return Buffer.from(found);
  };
  const files = { bytes, read: (path: string) => bytes(path).toString() };
  return readClients({ path: "/etc/clients.json", production, files });
}

export function clientsOf(content: unknown, given?: Given): ClientEntry[] {
  const clients = read(content, given);
  if (!clients.ok) throw new Error(clients.faults.join("\n"));
  return clients.clients;
}

export function faultsOf(content: unknown, given?: Given): string[] {
  const clients = read(content, given);
  return clients.ok ? [] : clients.faults;
}

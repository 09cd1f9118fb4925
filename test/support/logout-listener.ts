import { createServer } from "node:http";

/** A site's back-channel endpoint on a real port; it answers with these statuses, one after another, and the last for ever. */
export interface LogoutListener extends AsyncDisposable {
  uri: string;
  tokens: string[];
  /** Stops answering: requests hang. */
  hang(): void;
}

export async function logoutListener(...statuses: number[]): Promise<LogoutListener> {
  const tokens: string[] = [];
  let hanging = false;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    tokens.push(new URLSearchParams(body).get("logout_token") ?? "");
    if (!hanging) response.writeHead(statuses[tokens.length - 1] ?? statuses.at(-1) ?? 200).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    uri: `http://127.0.0.1:${address.port}/backchannel-logout?tenant=1`,
    tokens,
    hang() {
      hanging = true;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

import { createServer } from "node:http";

/** Serves a client's key set, or what stands in its place (nothing: it never answers), and counts who asks. */
export async function serveKeys(body: object | string | undefined, headers: Record<string, string> = {}, status = 200) {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    if (body === undefined) return;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    address: `http://127.0.0.1:${address.port}/jwks`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

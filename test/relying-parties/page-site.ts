import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A site that is a page and nothing else: HTML and scripts from its own origin, and no back end that could keep a secret. */
export interface PageSite extends AsyncDisposable {
  /** Ends in a slash. */
  address: string;
}

const require = createRequire(import.meta.url);
/** The package's file for pages without a bundler; beside it lies what Node would load. */
const LIBRARY = readFileSync(join(require.resolve("oidc-client-ts"), "../../browser/oidc-client-ts.min.js"), "utf8");

/** As oidc-client-ts documents it: one UserManager, `signinCallback` at the address that the person comes back to. */
const APP = `
const { authority, clientId, scope } = JSON.parse(document.getElementById("settings").textContent);
const manager = new oidc.UserManager({
  authority,
  client_id: clientId,
  redirect_uri: location.origin + "/callback",
  silent_redirect_uri: location.origin + "/callback",
  popup_redirect_uri: location.origin + "/callback",
  post_logout_redirect_uri: location.origin + "/",
  scope,
  loadUserInfo: true,
  automaticSilentRenew: false,
});
const show = (user) => {
  document.getElementById("who").textContent = user ? "Signed in as " + user.profile.email : "Not signed in";
  document.getElementById("token").textContent = user?.access_token ?? "";
};
const does = (id, work) => document.getElementById(id).addEventListener("click", () =>
  work().then((user) => { if (user) show(user); }, (error) => { document.getElementById("who").textContent = error.name + ": " + error.message; }));
does("in", () => manager.signinRedirect(scope.includes("offline_access") ? { prompt: "consent" } : {}));
does("popup", () => manager.signinPopup());
does("renew", () => manager.signinSilent());
does("revoke", () => manager.revokeTokens().then(() => { document.getElementById("token").textContent = "revoked"; }));
does("out", () => manager.signoutRedirect());
if (location.pathname === "/callback") {
  // In a frame or a popup the library hands over by itself and there is no user here.
  manager.signinCallback().then((user) => { if (user) { history.replaceState({}, "", "/"); show(user); } });
} else manager.getUser().then(show);
`;

export async function servePageSite(
  settings: () => { authority: string; clientId: string; scope: string },
): Promise<PageSite> {
  const page = () => `<!doctype html><title>Page</title>
    <script type="application/json" id="settings">${JSON.stringify(settings())}</script>
    <p id="who"></p><p id="token"></p>
    ${["in", "popup", "renew", "revoke", "out"].map((id) => `<button id="${id}">${id}</button>`).join("")}
    <script src="/oidc-client-ts.js"></script><script src="/app.js"></script>`;
  const files: Record<string, () => string> = {
    "/": page,
    "/callback": page,
    "/oidc-client-ts.js": () => LIBRARY,
    "/app.js": () => APP,
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const file = files[pathname];
    const type = pathname.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
    response.writeHead(file === undefined ? 404 : 200, { "content-type": type }).end(file?.());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    address: `http://localhost:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

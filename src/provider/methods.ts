import type { Middleware } from "koa";
import type Provider from "oidc-provider";
import { Fault } from "../errors.ts";

/** oidc-provider's addresses, by the names that it gives its routes, and the methods that it answers there. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  authorization: ["GET", "POST"],
  backchannel_authentication: ["POST"],
  code_verification: ["GET", "POST"],
  device_authorization: ["POST"],
  discovery: ["GET"],
  end_session: ["GET", "POST"],
  end_session_confirm: ["POST"],
  end_session_success: ["GET"],
  introspection: ["POST"],
  jwks: ["GET"],
  pushed_authorization_request: ["POST"],
  revocation: ["POST"],
  token: ["POST"],
  userinfo: ["GET", "POST"],
};

/** Whoever asks the token endpoint by GET is told 405 and which method it takes; oidc-provider itself says that there is nothing. */
export function otherMethods(provider: Pick<Provider, "pathFor">): Middleware {
  const byPath = new Map(
    Object.entries(METHODS).flatMap(([name, methods]) => pathsOf(provider, name).map((path) => [path, methods])),
  );
  return async (context, next) => {
    await next();
    // A revocation's answer is empty (RFC 7009 section 2.2), and clients take the `text/plain` of nothing for a failure.
    if (context.body === "") context.remove("Content-Type");
    const methods = byPath.get(context.path);
    if (methods === undefined || context.status !== 404 || context.body !== undefined) return;
    const allowed = methods.join(", ");
    context.set("Allow", allowed);
    throw new Fault("method-not-allowed", { detail: `use ${allowed}` });
  };
}

/** Where browsers come to (RFC 6749 section 3.1, RFC 8628 section 3.3, OpenID Connect RP-Initiated Logout section 2). */
const BROWSED = ["authorization", "code_verification", "end_session", "end_session_confirm", "end_session_success"];

/** The others, where programs alone come to. */
export function programPaths(provider: Pick<Provider, "pathFor">): string[] {
  return Object.keys(METHODS)
    .filter((name) => !BROWSED.includes(name))
    .flatMap((name) => pathsOf(provider, name));
}

/** Where oidc-provider answers, with parameters as `:name`. */
export function enginePaths(provider: Pick<Provider, "pathFor">): string[] {
  const resumed = ["authorization", "code_verification"].map((name) => `${provider.pathFor(name)}/:uid`);
  return [...Object.keys(METHODS).flatMap((name) => pathsOf(provider, name)), ...resumed];
}

/** Discovery is at two addresses (OpenID Connect Discovery section 4, RFC 8414 section 3), of which oidc-provider names one. */
function pathsOf(provider: Pick<Provider, "pathFor">, name: string): string[] {
  const path = provider.pathFor(name);
  return name === "discovery" ? [path, "/.well-known/openid-configuration"] : [path];
}

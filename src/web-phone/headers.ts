type Headers = { readonly [name: string]: string };

/** What the page of the web client may do, which is other than what every page may (`src/http/headers.ts`). */
export function phoneHeaders({ development, issuer }: { development: boolean; issuer: string }): {
  page: Headers;
  worker: Headers;
} {
  // Accounts of several providers live in one client; in development these are on this machine, at other ports.
  const providers = development ? "https: http://localhost:* http://127.0.0.1:*" : "https:";
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Logos of sites, which each provider serves itself.
    `img-src 'self' data: blob: ${providers}`,
    `connect-src 'self' ${providers}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    // No form is sent: its fields hold PINs.
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    page: {
      "Content-Security-Policy": policy,
      // For the scanner.
      "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
      "Cross-Origin-Opener-Policy": "same-origin",
      Vary: "Accept-Language, Cookie",
    },
    worker: {
      // The image is a notification's; phones are woken by this provider alone, which is told where.
      "Content-Security-Policy": `default-src 'none'; connect-src 'self' ${issuer}; img-src 'self'; script-src 'self'`,
      // A worker's scope ends with its own folder else, and the page is beside it.
      "Service-Worker-Allowed": "/phone",
    },
  };
}

/** What its constructor does with `jwks`, which @types/oidc-provider does not describe. */
declare module "oidc-provider/lib/helpers/initialize_keystore.js" {
  import type Provider from "oidc-provider";
  import type { JWKS } from "oidc-provider";
  // biome-ignore lint/style/noDefaultExport: it is how the file exports it.
  export default function initializeKeystore(this: Provider, jwks: JWKS): void;
}

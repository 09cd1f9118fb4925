/** Certificates of TLS clients, base64 of their DER, made with openssl; their keys are gone, since it is the proxy that sees them used. */
import { createHash, X509Certificate } from "node:crypto";

/** Of an authority, valid until 2120: C=US, O=Example\, Inc., OU=Zürich, CN=payments bot, with a name of each kind. */
export const BOT =
  "MIIB+jCCAaCgAwIBAgICEAAwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKRXhhbXBsZSBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowTjELMAkGA1UEBhMCVVMxFjAUBgNVBAoMDUV4YW1wbGUsIEluYy4xEDAOBgNVBAsMB1rDvHJpY2gxFTATBgNVBAMMDHBheW1lbnRzIGJvdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABB/AFs0XvQvmKSomIHwLrIA4eUImqMLmiX52auZl3B6z0Nam4/+jvEAQaR4p+bhekrdhyWKyV66C6VZN8yjoKuyjgaQwgaEwXwYDVR0RBFgwVoIPYm90LmV4YW1wbGUuY29tghIqLndpbGQuZXhhbXBsZS5jb22GGHNwaWZmZTovL2V4YW1wbGUuY29tL2JvdIcEwAACB4EPYm90QGV4YW1wbGUuY29tMB0GA1UdDgQWBBRrHafdXFbnpm05T/Kjys3K2tWumjAfBgNVHSMEGDAWgBSvU6HDIq37IxqsjXU9c2dN8u/T5jAKBggqhkjOPQQDAgNIADBFAiBMy6GjcZ/Y0LPJ0QyOhwMu5tIlguKUfOUBkuD3vx2qQgIhAPr+mRNEW5bA0eIw4u8qIpTCjEyTPa8b/bfsy0r0fUHF";

/** Of an authority; its one alternative name is a URI that holds the text of two. */
export const ODD =
  "MIIBlDCCATqgAwIBAgICEAEwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKRXhhbXBsZSBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowDjEMMAoGA1UEAwwDb2RkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEb3gbD6xHwGRMWsl4w4pYGbarJVekXDRfsDlMarcmRqL3mxPExs8xCsL52STOEjFF2UJl/OAj+uGlSaobNWu2vKN/MH0wOwYDVR0RBDQwMoYwaHR0cHM6Ly9hLmV4YW1wbGUvLCBVUkk6c3BpZmZlOi8vZXhhbXBsZS5jb20vYm90MB0GA1UdDgQWBBR6Y8s6DSSjvkbyy1AfxDnlg6wUCTAfBgNVHSMEGDAWgBSvU6HDIq37IxqsjXU9c2dN8u/T5jAKBggqhkjOPQQDAgNIADBFAiAEFo8YLZpEoFgheYuXuU9Yj0TlzV2fCyXHBLR2irqLYwIhAIqSxvgwq58YqRuOm3QPV2nq3g/cpYzEsT71+lleKsp/";

/** As BOT, but run out in 2021. */
export const OLD =
  "MIIB+DCCAZ6gAwIBAgICEAIwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yMDAxMDEwMDAwMDBaFw0yMTAxMDEwMDAwMDBaME4xCzAJBgNVBAYTAlVTMRYwFAYDVQQKDA1FeGFtcGxlLCBJbmMuMRAwDgYDVQQLDAdaw7xyaWNoMRUwEwYDVQQDDAxwYXltZW50cyBib3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQfwBbNF70L5ikqJiB8C6yAOHlCJqjC5ol+dmrmZdwes9DWpuP/o7xAEGkeKfm4XpK3YclisleugulWTfMo6Crso4GkMIGhMF8GA1UdEQRYMFaCD2JvdC5leGFtcGxlLmNvbYISKi53aWxkLmV4YW1wbGUuY29thhhzcGlmZmU6Ly9leGFtcGxlLmNvbS9ib3SHBMAAAgeBD2JvdEBleGFtcGxlLmNvbTAdBgNVHQ4EFgQUax2n3VxW56ZtOU/yo8rNytrVrpowHwYDVR0jBBgwFoAUr1OhwyKt+yMarI11PXNnTfLv0+YwCgYIKoZIzj0EAwIDSAAwRQIgYytdTGlJHVnwV/g8EMnFwM8IlQk/z/D9OsSWgFa7jakCIQC+FGAoZ18ol3eUWLvZRoWq+ZZiiqZ24+WlT/wQ8EB0aQ==";

/** Signed by its own key. */
export const SELF =
  "MIIBfjCCASOgAwIBAgIULh3KBr87p7xbTB48rnw8mTjnttowCgYIKoZIzj0EAwIwEzERMA8GA1UEAwwIc2VsZiBvbmUwIBcNMjYxMTI1MTkyNzE1WhgPMjEyNjExMDExOTI3MTVaMBMxETAPBgNVBAMMCHNlbGYgb25lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZYX3oCh4CUAmCtmf9BSULfaxxS2iY8mbEBv+f35v4nte6BdJ/njD/skE5sWn0qc2IIbHaJ083y/eK4Nem51yHaNTMFEwHQYDVR0OBBYEFIgHdNFaxnx3jPAKKx8e63bWFHY3MB8GA1UdIwQYMBaAFIgHdNFaxnx3jPAKKx8e63bWFHY3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAI80YO/ulFR+rV8t8QG99Z+y35V8zQAR+1QUhnqKss4UAiEA7LsGOCfSYfbBnScrTn2ygiynXhxaUi93uMqwDRSq2Ak=";

/** Signed by its own key. */
export const OTHER_SELF =
  "MIIBfjCCASOgAwIBAgIUOAg9PnTAoRq7k9gzOQu5R/Danc4wCgYIKoZIzj0EAwIwEzERMA8GA1UEAwwIc2VsZiB0d28wIBcNMjYxMTI1MTkyNzE1WhgPMjEyNjExMDExOTI3MTVaMBMxETAPBgNVBAMMCHNlbGYgdHdvMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnR2Wm7EdUG2R6pPKzaIkA3tEQvpvzhZQCLvDpEhO9TIwar2rROJqYLtTi2sqhadwH+k6wthxPvS5uk+JTlG4tqNTMFEwHQYDVR0OBBYEFDSwX0NBrUlT9W40cvw9rXwCVME7MB8GA1UdIwQYMBaAFDSwX0NBrUlT9W40cvw9rXwCVME7MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAKeQr8YQDYuJolYg2dOhEjOm1GlBbs/JMZ658S7Pti7ZAiEA6SEuxmaKVmI+I2XlFdgbVnXI0MyFCrnPHtSlJBLndbM=";

/** `x5t#S256` (RFC 8705 section 3.1). */
export function thumbprintOfCertificate(certificate: string): string {
  return createHash("sha256").update(Buffer.from(certificate, "base64")).digest("base64url");
}

/** As nginx passes one on ($ssl_client_escaped_cert). */
export function escaped(certificate: string): string {
  return encodeURIComponent(new X509Certificate(Buffer.from(certificate, "base64")).toString());
}

/** As RFC 9440 section 2.1 has it. */
export function structured(certificate: string): string {
  return `:${certificate}:`;
}

/** The key set of a client with this certificate (RFC 8705 section 2.2.2). */
export function certifiedKeys(certificate: string) {
  const { publicKey } = new X509Certificate(Buffer.from(certificate, "base64"));
  return { keys: [{ ...publicKey.export({ format: "jwk" }), kty: "EC" as const, x5c: [certificate] }] };
}

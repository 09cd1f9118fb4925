/** A variable of the environment; each may come from a file instead, named by the same variable with `_FILE` behind it. */
export interface Variable {
  name: string;
  /** For the operator: what it says, and in which form. */
  what: string;
  /** In words where it depends on something. */
  default: string;
  /** A line of config/example.env, as production would have it. */
  example: string;
}

/** Every variable there is; config/example.env and docs/configuration.md are tested to be in step with this table. */
export const variables = [
  {
    name: "NODE_ENV",
    what: "production, or development: a server for this machine alone, with an outbox page instead of mail and SMS",
    default: "development",
    example: "NODE_ENV=production",
  },
  {
    name: "ENUM_ID_ISSUER",
    what: "the address that people and sites see: an origin without a path; required in production, and https there",
    default: "http://localhost:3000",
    example: "ENUM_ID_ISSUER=https://id.example.com",
  },
  {
    name: "ENUM_ID_PHONE_ORIGIN",
    what: "an origin of its own for the web client at /phone, which the same proxy leads to this server; recommended in production",
    default: "the issuer's",
    example: "ENUM_ID_PHONE_ORIGIN=https://phone.example.com",
  },
  {
    name: "ENUM_ID_PHONE_FORMER_ORIGINS",
    what: "origins that the web client has left, with commas between, the issuer's among them if it was there: who has it there goes on using it and is led to the one of now",
    default: "none",
    example: "ENUM_ID_PHONE_FORMER_ORIGINS=https://id.example.com,https://app.example.com",
  },
  {
    name: "ENUM_ID_HOST",
    what: "the address to listen on; in development loopback only",
    default: "127.0.0.1",
    example: "ENUM_ID_HOST=127.0.0.1",
  },
  {
    name: "ENUM_ID_PORT",
    what: "the port to listen on; in development it is the issuer's",
    default: "3000",
    example: "ENUM_ID_PORT=3000",
  },
  {
    name: "ENUM_ID_DATABASE_URL",
    what: "sqlite:<path of a file>, or postgres://user:password@host:5432/name; required in production",
    default: "sqlite:var/enum-id.sqlite",
    example: "ENUM_ID_DATABASE_URL=sqlite:/var/lib/enum-id/enum-id.sqlite",
  },
  {
    name: "ENUM_ID_DATABASE_POOL",
    what: "how many connections to PostgreSQL this process opens at most, 1 to 500",
    default: "10",
    example: "ENUM_ID_DATABASE_POOL=10",
  },
  {
    name: "ENUM_ID_SQLITE_SYNCHRONOUS",
    what: "FULL keeps every acknowledged change through a power cut, NORMAL all but the last few",
    default: "FULL",
    example: "ENUM_ID_SQLITE_SYNCHRONOUS=FULL",
  },
  {
    name: "ENUM_ID_MASTER_KEY",
    what: "32 bytes in hex or base64url; of several, with commas between, the first seals and all open; required in production",
    default: "made at the first start, beside the database file",
    example: "ENUM_ID_MASTER_KEY_FILE=/run/secrets/enum-id-master-key",
  },
  {
    name: "ENUM_ID_CLIENTS",
    what: "the file that lists the sites",
    default: "config/clients.json",
    example: "ENUM_ID_CLIENTS=/etc/enum-id/clients.json",
  },
  {
    name: "ENUM_ID_OPERATIONS",
    what: "the folder with a file for each type of operation that can be confirmed",
    default: "config/operations",
    example: "ENUM_ID_OPERATIONS=/etc/enum-id/operations",
  },
  {
    name: "ENUM_ID_POLICY",
    what: "the file with the operator's policy: what each site's operations demand, and limits",
    default: "config/policy.json",
    example: "ENUM_ID_POLICY=/etc/enum-id/policy.json",
  },
  {
    name: "ENUM_ID_TRUST_PROXY",
    what: "true where a proxy of yours sets X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host, else false",
    default: "false",
    example: "ENUM_ID_TRUST_PROXY=true",
  },
  {
    name: "ENUM_ID_COUNTRY_HEADER",
    what: "the header in which your proxy names the country of a request (two letters, ISO 3166-1), for the phone to show; it must not pass on what browsers send in it",
    default: "none",
    example: "ENUM_ID_COUNTRY_HEADER=CF-IPCountry",
  },
  {
    name: "ENUM_ID_BOUND_TOKENS",
    what: "whose access tokens work only together with a key of the site's (DPoP, or a client certificate): clients that ask for it, operations (those of every client that may ask for an operation), or all",
    default: "clients",
    example: "ENUM_ID_BOUND_TOKENS=operations",
  },
  {
    name: "ENUM_ID_CERTIFICATE_HEADER",
    what: "the header in which your proxy passes on the certificate of a TLS client: percent-encoded PEM, or as RFC 9440 has it; it must not pass on what clients send in it",
    default: "none",
    example: "ENUM_ID_CERTIFICATE_HEADER=X-Client-Certificate",
  },
  {
    name: "ENUM_ID_CERTIFICATE_VERIFIED_HEADER",
    what: "the header in which your proxy says SUCCESS where an authority that it trusts has issued that certificate; needed for tls_client_auth",
    default: "none",
    example: "ENUM_ID_CERTIFICATE_VERIFIED_HEADER=X-Client-Verify",
  },
  {
    name: "ENUM_ID_CERTIFICATE_ORIGIN",
    what: "an origin of its own where your proxy asks for client certificates, so that browsers at the issuer's are not asked for any",
    default: "the issuer",
    example: "ENUM_ID_CERTIFICATE_ORIGIN=https://mtls.id.example.com",
  },
  {
    name: "ENUM_ID_CERTIFICATE_SIGN_IN",
    what: "an origin of its own where your proxy asks people for their certificates, so that they sign in by one; needs ENUM_ID_CERTIFICATE_HEADER",
    default: "none: nobody signs in by a certificate",
    example: "ENUM_ID_CERTIFICATE_SIGN_IN=https://cert.id.example.com",
  },
  {
    name: "ENUM_ID_LOG_LEVEL",
    what: "fatal, error, warn, info, debug, trace or silent",
    default: "info",
    example: "ENUM_ID_LOG_LEVEL=info",
  },
  {
    name: "ENUM_ID_SMTP_URL",
    what: "the mail server, smtp://user:password@host:587 or smtps://user:password@host:465",
    default: "no mail; in development the outbox page",
    example: "ENUM_ID_SMTP_URL_FILE=/run/secrets/enum-id-smtp-url",
  },
  {
    name: "ENUM_ID_MAIL_FROM",
    what: "the sender of mail; required with ENUM_ID_SMTP_URL",
    default: "none",
    example: "ENUM_ID_MAIL_FROM=E-num ID <id@example.com>",
  },
  {
    name: "ENUM_ID_SMS_URL",
    what: "the SMS gateway's address: Kannel's sendsms with user and password, or one with places such as {to} and {text}",
    default: "no SMS; in development the outbox page",
    example: "ENUM_ID_SMS_URL=https://sms.example.com/v1/messages",
  },
  {
    name: "ENUM_ID_SMS_PROFILE",
    what: "kannel, or template: a request of your own, by the variables below",
    default: "template",
    example: "ENUM_ID_SMS_PROFILE=template",
  },
  {
    name: "ENUM_ID_SMS_FROM",
    what: "the sender of SMS, the place {from}: a number, or at most 11 letters and digits",
    default: "the gateway's own",
    example: "ENUM_ID_SMS_FROM=E-num",
  },
  {
    name: "ENUM_ID_SMS_METHOD",
    what: "GET, POST or PUT, for a request of your own",
    default: "POST with ENUM_ID_SMS_BODY, else GET",
    example: "ENUM_ID_SMS_METHOD=POST",
  },
  {
    name: "ENUM_ID_SMS_HEADERS",
    what: "headers of a request of your own: a JSON object",
    default: "none",
    example: 'ENUM_ID_SMS_HEADERS={"Authorization":"Bearer secret"}',
  },
  {
    name: "ENUM_ID_SMS_BODY",
    what: "the body of a request of your own, a JSON object or a form, with the places {to}, {text}, {from}, {id}, {report_url}",
    default: "none",
    example: 'ENUM_ID_SMS_BODY={"to":"{to}","text":"{text}","from":"{from}","callback":"{report_url}"}',
  },
  {
    name: "ENUM_ID_SMS_COUNTRIES",
    what: "where codes by SMS are sent to: country codes, or more of a number, each with how many an hour; required with ENUM_ID_SMS_URL in production",
    default: "none; in development everywhere",
    example: "ENUM_ID_SMS_COUNTRIES=+7=300,+44=100,+1=100,+1876=0",
  },
  {
    name: "ENUM_ID_PUSH_HOSTS",
    what: "the push services by which phones are woken: hosts with commas between, `*.` before a name for all below it; or off",
    default: "those of the browsers in production, else off",
    example: "ENUM_ID_PUSH_HOSTS=fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
  },
  {
    name: "ENUM_ID_REGISTRATION",
    what: "open or closed: whether new accounts can be made",
    default: "open in development and where mail and SMS are set, else closed",
    example: "ENUM_ID_REGISTRATION=open",
  },
  {
    name: "ENUM_ID_STORED_WMIDS",
    what: "how many WMIDs' keys one account keeps in E-num Storage, 1 to 100",
    default: "1",
    example: "ENUM_ID_STORED_WMIDS=1",
  },
  {
    name: "ENUM_ID_METRICS",
    what: "the address and port where GET /metrics is answered, apart from the server's own, or off; in development loopback only",
    default: "127.0.0.1:9464 in production, else off",
    example: "ENUM_ID_METRICS=127.0.0.1:9464",
  },
  {
    name: "ENUM_ID_DRAIN",
    what: "for how many seconds /readyz says closing before a server that ends takes no more connections, 0 to 60",
    default: "0",
    example: "ENUM_ID_DRAIN=5",
  },
] as const satisfies readonly Variable[];

export type VariableName = (typeof variables)[number]["name"];

/**
 * `npm run till`: a cashier's till beside the demo. The person has no browser: the till shows a check number, and the person's phone answers.
 *   npm run till -- alice@example.com 10.50 Z123456789012
 * A customer who demands a code for it says it: --code="blue 42"
 * The till is a site's own back end (OpenID Connect CIBA Core), so it has a secret.
 */
import { parseArgs } from "node:util";
import * as oidc from "openid-client";
import { newOperationId } from "./site/confirmation.ts";
import { faultOf } from "./site/fault.ts";
import type { Read } from "./site/form.ts";
import { createProofs, type Operation } from "./site/proof.ts";
import { readAmount, readPurse } from "./site/readers.ts";

const USAGE = `npm run till -- <e-mail, WMID or phone> [<amount> <purse>] [--code=<code>] [--issuer=<address>]
  Asks a customer on the phone, where the demo's provider is running: to sign in, or to pay 10.50 Z123456789012.
  --code    the code for tills and calls that the customer has said, where there is one
  --issuer  the provider, by default http://localhost:3000, where npm run demo has it`;
const CLIENT = { id: "till", secret: "till-secret-for-development-only" };
const MESSAGE = "Book shop, till 3";
/** What the customer has said on the phone; other things end a request as well (docs/integrate.md, 18). */
const NO: Readonly<Record<string, string>> = {
  not_me: "The customer said no: it was not them.",
  wrong_details: "The customer said no: the details are wrong.",
  changed_mind: "The customer said no: they have changed their mind.",
};

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(toCashier(error));
  process.exitCode = 1;
}

async function run(words: string[]): Promise<number> {
  const options = { code: { type: "string" }, issuer: { type: "string" }, help: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const [customer, amount, purse] = positionals;
  if (values.help === true || customer === undefined || (amount === undefined) !== (purse === undefined)) {
    console.log(USAGE);
    return values.help === true ? 0 : 1;
  }
  const issuer = values.issuer ?? "http://localhost:3000";
  // Plain http is for this machine alone.
  const execute = issuer.startsWith("http://localhost:") ? [oidc.allowInsecureRequests] : [];
  const metadata = { client_secret: CLIENT.secret, id_token_signed_response_alg: "ES256" };
  const authentication = oidc.ClientSecretBasic(CLIENT.secret);
  const config = await oidc.discovery(new URL(issuer), CLIENT.id, metadata, authentication, { execute });

  const operation = amount === undefined || purse === undefined ? undefined : paymentOf(amount, purse);
  const answer = await oidc.initiateBackchannelAuthentication(config, {
    scope: "openid",
    login_hint: customer,
    binding_message: MESSAGE,
    ...(values.code === undefined ? {} : { user_code: values.code }),
    ...(operation === undefined ? {} : { authorization_details: JSON.stringify([operation]) }),
  });
  console.log(`Show the customer this check number: ${grouped(String(answer["enum_challenge"]))}`);
  console.log(`It is typed into the request on the phone, within ${Math.round(answer.expires_in / 60)} minutes.`);
  const tokens = await oidc.pollBackchannelAuthenticationGrant(config, answer);
  if (operation === undefined) {
    console.log(`The customer is ${tokens.claims()?.sub}.`);
    return 0;
  }
  const proofs = createProofs({ config, clientId: CLIENT.id });
  const { receipt } = await proofs.ofTokens(tokens, { operation, sub: tokens.claims()?.sub });
  console.log(`Confirmed, and the receipt is genuine: ${receipt.txn}.`);
  return 0;
}

function toCashier(error: unknown): string {
  const { declined, words } = faultOf(error);
  if (!declined) return `That did not work. ${words}`;
  const said = error instanceof oidc.ResponseBodyError ? (error.error_description ?? "") : "";
  return NO[said] ?? `That came to nothing. E-num says: ${said}`;
}

function paymentOf(amount: string, purse: string): Operation {
  const to = theValue(readPurse()(purse));
  return {
    type: "payment",
    operation_id: newOperationId("till"),
    payee: { purse: to, name: "Book shop" },
    amount: { value: theValue(readAmount(amount)), currency: `WM${to.charAt(0)}` },
  };
}

function theValue<Value>(read: Read<Value>): Value {
  if ("error" in read) throw new Error(read.error);
  return read.value;
}

/** As people read it out. */
function grouped(digits: string): string {
  return `${digits.slice(0, 4)} ${digits.slice(4)}`;
}

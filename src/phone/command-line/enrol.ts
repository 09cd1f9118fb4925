import { exportJWK, generateKeyPair } from "jose";
import { parseActivationCode } from "../../e-num/activation-code.ts";
import { ok } from "../../e-num/parsed.ts";
import { type EnrolmentText, isIssuer, parseQrText } from "../../e-num/qr-text.ts";
import { parseText } from "../../e-num/text.ts";
import { sealPad } from "../pad.ts";
import { call, keep, loadContents, sameAccount } from "./accounts.ts";
import { failed, inWords, misused, type Outcome } from "./outcome.ts";
import { choosePin } from "./pin.ts";
import type { Options, PhonePorts } from "./ports.ts";
import { ACTIVATION_CODE, NAME, problemSentence, SCANNED } from "./sentences.ts";
import { deviceKey, type PhoneContents } from "./store.ts";

/** Where the demo runs. */
const ISSUER = "http://localhost:3000";
/** PROTOCOL section 5. */
const NAME_LENGTH = 40;

/** Puts an account on this phone: `activate <e-mail> <code>`, or with a scanned text. */
export async function activate(
  ports: PhonePorts,
  words: readonly string[],
  options: Options,
): Promise<Outcome<undefined>> {
  const [first, ...code] = words;
  if (first === undefined)
    return misused("Give the e-mail and the activation code from the page: activate alice@example.org K7QF2-9XWTA.");
  if (code.length === 0 && first.includes("enum:")) {
    const scanned = inWords(parseQrText(first), SCANNED);
    if (!scanned.ok) return scanned;
    if (scanned.value.kind !== "enrolment") return failed('That code does not add a device: use "scan" for it.');
    return enrol(ports, scanned.value, options);
  }
  const typed = parseTyped(first, code.join(""), options);
  return typed.ok ? enrol(ports, typed.value, options) : typed;
}

function parseTyped(identifier: string, typedCode: string, options: Options): Outcome<EnrolmentText> {
  if (!/^[^\s@]+@[^\s@]+$/.test(identifier))
    return failed(`"${identifier}" is no e-mail: type the e-mail of your E-num account first.`);
  const code = inWords(parseActivationCode(typedCode), ACTIVATION_CODE);
  if (!code.ok) return code;
  const issuer = (options.issuer ?? ISSUER).replace(/\/$/, "");
  if (!isIssuer(issuer))
    return failed("The provider's address must begin with https:// (or http://localhost): give it with --issuer.");
  return ok({ kind: "enrolment", issuer, identifier, code: code.value });
}

/** The PIN comes first: the activation code works only once. */
export async function enrol(ports: PhonePorts, text: EnrolmentText, options: Options): Promise<Outcome<undefined>> {
  const name = deviceName(ports, options);
  if (!name.ok) return name;
  const pin = await choosePin(ports, options);
  if (!pin.ok) return pin;
  const contents = await withoutIt(ports, text);
  if (!contents.ok) return contents;

  const { issuer, identifier, code } = text;
  const pair = await generateKeyPair("ES256", { extractable: true });
  const key = await exportJWK(pair.publicKey);
  const answer = await ports.client.activate(issuer, { identifier, code, name: name.value, platform: "cli", key });
  if (!answer.ok) return failed(problemSentence(answer));
  const { device, emailHint, pad, padVersion, statementKeys } = answer.value;
  const kept = await keep(ports, contents.value, {
    identifier,
    issuer,
    email_hint: emailHint,
    device,
    key: deviceKey.parse(await exportJWK(pair.privateKey)),
    pad: { ...(await sealPad(pad, pin.value)), version: padVersion },
    statement_keys: statementKeys,
    clock_offset: 0,
  });
  if (!kept.ok) return kept;
  ports.terminal.say(`"${device.name}" now belongs to ${identifier} at ${issuer}.`);
  ports.terminal.say("The page shows a check number. Type on the page the response to it, which you get by:");
  ports.terminal.say("");
  ports.terminal.say("  npm run phone -- first <check number>");
  return ok(undefined);
}

/** One that works is not put at risk for one that does not yet: a first response that never comes would leave the account without a device. */
async function withoutIt(ports: PhonePorts, text: EnrolmentText): Promise<Outcome<PhoneContents>> {
  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const before = contents.value.accounts.find((account) => sameAccount(account, text));
  if (before === undefined) return contents;
  const asked = await call(ports, before, (credentials) => ports.client.state(credentials));
  if (asked.ok && asked.value.value.device.status !== "pending")
    return failed(
      `This phone answers for ${text.identifier} already: "renew" changes its PIN; to activate it anew, run "unlink" first.`,
    );
  if (asked.ok) return contents;
  const now = await loadContents(ports);
  return now.ok && now.value.accounts.some((account) => sameAccount(account, text)) ? asked : now;
}

function deviceName({ hostname }: PhonePorts, { name }: Options): Outcome<string> {
  if (name !== undefined) return inWords(parseText(name.trim().normalize("NFC"), NAME_LENGTH), NAME);
  const called = parseText(`${hostname} (command line)`, NAME_LENGTH);
  return ok(called.ok ? called.value : "command line");
}

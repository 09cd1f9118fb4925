import { parseChallenge } from "../../e-num/challenge.ts";
import { signAnswer } from "../answer-signature.ts";
import { openedAsked } from "../asked.ts";
import { respondWith } from "../phone.ts";
import { call, signingKey } from "./accounts.ts";
import { done, inWords, misused, type Outcome } from "./outcome.ts";
import { askPin } from "./pin.ts";
import type { Options, PhonePorts } from "./ports.ts";
import { find, requestLines } from "./requests.ts";
import { give, holderOf, showOperation } from "./respond.ts";
import { ASKED, CHALLENGE } from "./sentences.ts";

/** `answer <request> <check number>`: what is asked is shown, then the PIN is asked for, and only then is anything sent. */
export async function answer(
  ports: PhonePorts,
  words: readonly string[],
  options: Options,
): Promise<Outcome<undefined>> {
  const [which, ...number] = words;
  if (which === undefined || number.length === 0)
    return misused("Give the request and the check number from the page: answer 1 4821 9370.");
  const challenge = inWords(parseChallenge(number.join("")), CHALLENGE);
  if (!challenge.ok) return challenge;
  const found = await find(ports, which);
  if (!found.ok) return found;
  const { account, request } = found.value;
  const { id, origin } = request;

  for (const line of requestLines(request, account.identifier)) ports.terminal.say(line);
  const opened = inWords(await openedAsked(request, holderOf(ports, account)), ASKED);
  if (!opened.ok) return opened;
  const { statement, ...more } = opened.value;
  if (statement.mode === "operation") showOperation(ports, { statement, ...more }, challenge.value);
  if (origin?.known === false) {
    for (const line of WARNING) ports.terminal.say(line);
    return give(ports, options, account, challenge.value, statement);
  }

  const pin = await askPin(ports, options);
  if (!pin.ok) return pin;
  const asked = { challenge: challenge.value, statement };
  const response = await respondWith(account.pad, pin.value, asked);
  const { key, issuer, clock_offset: clockOffset } = account;
  const signed = { issuer, request: id, ...asked, now: ports.now() + clockOffset };
  const signature = await signAnswer({ private: await signingKey(key), x: key.x, y: key.y }, signed);
  const sent = await call(ports, account, (credentials) =>
    ports.client.answer(credentials, id, { challenge: challenge.value, response, signature }),
  );
  if (!sent.ok) return sent;
  ports.terminal.say(origin === undefined ? "Sent. The site hears of it." : "Sent. The page goes on by itself.");
  return done;
}

const WARNING = [
  "",
  "WARNING: that browser never signed this account in. Is it really you, at a page that you opened yourself?",
  'If not, run "decline" with not_me. If it is you, type the response there; this phone does not send it.',
] as const;

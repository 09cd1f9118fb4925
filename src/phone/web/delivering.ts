/** From a response to what becomes of it: sent where the browser is one that the account knows, else shown to be typed. */
import type { Response } from "../../e-num/challenge.ts";
import { signAnswer } from "../answer-signature.ts";
import { isPassing, type Problem } from "../device-client.ts";
import type { Account } from "./account.ts";
import type { App } from "./app.ts";
import { problemText } from "./problems.ts";
import { call } from "./provider.ts";
import type { Asked, Screen } from "./screen.ts";
import { newAnswer } from "./screens/answer.ts";
import { endedRequest } from "./screens/ended.ts";
import { newRequest } from "./screens/request.ts";
import { foreignRequest } from "./screens/warning.ts";

/**
 * The request to which the answer goes by itself. For one that is not listed the provider says whose it is: nothing is judged for a
 * browser that it does not know, and the response is typed there (PROTOCOL section 6).
 */
export function sentTo({ source }: Asked): string | undefined {
  if (source?.at === "unlisted") return source.id;
  return source?.at === "listed" && source.request.origin?.known !== false ? source.request.id : undefined;
}

/** Undefined where another screen has come by itself: the account was wiped. */
export async function deliver(
  app: App,
  account: Account,
  asked: Asked,
  response: Response,
): Promise<Screen | undefined> {
  const request = sentTo(asked);
  if (request === undefined) return newAnswer(app, asked, response);
  const { key, issuer, clockOffset } = account;
  const { challenge, statement } = asked;
  const now = Math.floor(app.ports.clock.now() / 1000) + clockOffset;
  const signature = await signAnswer(key, { issuer, request, challenge, statement, now });
  const answer = await call(app, account, (credentials) =>
    app.ports.client.answer(credentials, request, { challenge, response, signature }),
  );
  const bySite = asked.source?.at === "listed" && asked.source.request.origin === undefined;
  if (answer.ok) return { name: "sent", device: asked.device, bySite };
  if (answer.code === "device-revoked") return undefined;
  // No page waits in which it could be typed.
  if (bySite && isPassing(answer)) return { name: "agree", asked, problem: problemText(answer, app.words) };
  // Typed it is as good; what has arrived all the same is the same answer twice, and goes on.
  if (answer.code === "typed-only" || isPassing(answer)) return newAnswer(app, asked, response);
  if (answer.code === "not-found" && asked.source?.at === "unlisted") return foreignRequest(app, account);
  return refused(app, account, asked, answer);
}

async function refused(app: App, account: Account, asked: Asked, problem: Problem): Promise<Screen> {
  const words = problemText(problem, app.words);
  switch (problem.code) {
    case "wrong-challenge":
      // Another number is typed; it goes to this request alone.
      return asked.source?.at === "listed"
        ? newRequest(app, account, asked.source.request, words)
        : { name: "agree", asked, problem: words };
    case "wrong-response":
      return { name: "agree", asked, problem: words };
    default:
      return endedRequest(app, problem);
  }
}

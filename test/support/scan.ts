import { parseQrText } from "../../src/e-num/qr-text.ts";
import type { OperationStatement } from "../../src/e-num/statement.ts";
import { verifyStatement } from "../../src/e-num/statement-token.ts";
import type { World } from "./world.ts";

/** What a phone reads off the page's code, checked as a phone checks it. */
export async function scanned(world: World, text: string): Promise<OperationStatement> {
  const parsed = parseQrText(text);
  if (!parsed.ok || parsed.value.kind !== "operation" || parsed.value.token === undefined)
    throw new Error(`the page shows no operation: ${text}`);
  const keys = await (await fetch(`${world.issuer}/confirmations/jwks`)).json();
  const { token, challenge } = parsed.value;
  const read = await verifyStatement(token, { keys, issuer: world.issuer, challenge, now: world.now() / 1000 });
  if (!read.ok) throw new Error(`the code is refused: ${read.reason}`);
  return read.value.statement;
}

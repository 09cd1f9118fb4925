import { type Ok, ok, type Parsed } from "../../e-num/parsed.ts";

/** What a verb comes to: done, or one plain sentence that says what was wrong and what to do. */
export type Outcome<Value> = Ok<Value> | Failure;
export type Failure = {
  readonly ok: false;
  readonly sentence: string;
  readonly usage?: true;
  /** It may be otherwise in a moment: there is no network, or the provider restarts. */
  readonly passing?: true;
};

export const done: Ok<undefined> = ok(undefined);

export function failed(sentence: string): Failure {
  return { ok: false, sentence };
}

/** The command itself was wrong. */
export function misused(sentence: string): Failure {
  return { ok: false, sentence, usage: true };
}

/** A parser's reason in words; `sentences` has one for every reason, or it does not compile. */
export function inWords<Value, Reason extends string>(
  parsed: Parsed<Value, Reason>,
  sentences: Readonly<Record<Reason, string>>,
): Outcome<Value> {
  return parsed.ok ? parsed : failed(sentences[parsed.reason]);
}

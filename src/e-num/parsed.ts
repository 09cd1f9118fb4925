/** What every parser of this room returns: the value, or a stable code that says why it is none. */
export type Parsed<Value, Reason extends string> = Ok<Value> | Refused<Reason>;

export type Ok<Value> = { readonly ok: true; readonly value: Value };
export type Refused<Reason extends string> = { readonly ok: false; readonly reason: Reason };

declare const brandOf: unique symbol;

/** A base type that only a parser of this room hands out. */
export type Brand<Base, Name extends string> = Base & { readonly [brandOf]: Name };

export function ok<Value>(value: Value): Ok<Value> {
  return { ok: true, value };
}

export function refused<Reason extends string>(reason: Reason): Refused<Reason> {
  return { ok: false, reason };
}

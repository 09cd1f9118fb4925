/** Every way in which a well-formed request is spoiled; the parts are cut by where in the request they bite. */
import { bodyMutators } from "./bodies.ts";
import { cookieMutators } from "./cookies.ts";
import type { Dice } from "./dice.ts";
import type { Draft } from "./draft.ts";
import { fieldMutators } from "./fields.ts";
import { headerMutators } from "./headers.ts";
import type { State } from "./states.ts";
import { targetMutators } from "./targets.ts";

/** Changes the draft in place; asked again it changes it otherwise. */
export type Mutator = (draft: Draft, dice: Dice, state: State) => void;

/** The control: what people, phones and sites send. */
const asItStands: Mutator = () => undefined;

export const mutators: ReadonlyMap<string, Mutator> = new Map(
  Object.entries({
    asItStands,
    ...fieldMutators,
    ...bodyMutators,
    ...targetMutators,
    ...headerMutators,
    ...cookieMutators,
  }),
);

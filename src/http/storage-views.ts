/** The page on which a person sees the keys that are kept in E-num Storage, and has them deleted. */
import type { AccountTold } from "./device-views.ts";

export interface KeptKeysShown {
  readonly wmid: string;
  /** The newest first; `by` is a site or a program. */
  readonly versions: readonly { readonly version: number; readonly at: Date; readonly by: string }[];
  /** When it was had last, and by what. */
  readonly read?: { readonly at: Date; readonly by: string };
  /** It was moved out, and is gone then. */
  readonly until?: Date;
}

export interface StorageViews {
  /** Posts `delete` and a WMID, which a phone confirms. */
  readonly "storage/keys": {
    readonly action: string;
    readonly told?: AccountTold;
    readonly kept: readonly KeptKeysShown[];
    readonly accountHref: string;
  };
}

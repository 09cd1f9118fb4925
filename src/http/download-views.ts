/** The pages of the file of all that is kept about the own account. */
import type { AccountTold } from "./device-views.ts";

export interface DownloadViews {
  /** What is in it, and what is not. Posts `download`, which a phone confirms. */
  readonly "download/own": { readonly action: string; readonly told?: AccountTold; readonly accountHref: string };
  /** It is confirmed. Posts `save`, with `operation`, and is answered by the file. */
  readonly "download/ready": { readonly action: string; readonly operation: string; readonly ownHref: string };
}

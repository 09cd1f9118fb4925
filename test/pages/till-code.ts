/** The pages of the code for tills and calls. */
import { plain, type Sample, sample } from "./sample.ts";

const path = "/account/till-code";
const around = { ...plain, path, signedIn: { email: "alice@example.com" } };

export const tillCodes: readonly Sample[] = [
  sample(
    "till-code",
    "till-code/own",
    { action: path, setAt: new Date("2026-11-23T14:18:00Z"), told: "till-code-set", accountHref: "/account" },
    around,
  ),
  sample(
    "till-code-new",
    "till-code/new",
    {
      action: `${path}/new/till_code.AAAAAA`,
      errors: [{ field: "till_code", code: "too-easy" }],
      values: { till_code: "1234" },
      ownHref: path,
    },
    around,
  ),
];

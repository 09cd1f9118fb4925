/** The pages of the file of all that is kept. */
import { plain, type Sample, sample } from "./sample.ts";

const path = "/account/data";
const around = { ...plain, path, signedIn: { email: "alice@example.com" } };

export const downloads: readonly Sample[] = [
  sample("data", "download/own", { action: path, accountHref: "/account", told: "data-spent" }, around),
  sample(
    "data-ready",
    "download/ready",
    { action: `${path}/file`, operation: "download_data.AAAAAA", ownHref: path },
    around,
  ),
];

import { parseText } from "../e-num/text.ts";

/** As long as a list of devices shows whole on a phone (PROTOCOL 5). */
const NAME_LENGTH = 40;

export type DeviceNameReason = "empty" | "too-long" | "malformed";

/** What a person calls a device: one line of 1 to 40 visible characters, at its activation and ever after; blanks around it are dropped. */
export function parseDeviceName(typed: string): { ok: true; value: string } | { ok: false; reason: DeviceNameReason } {
  const name = typed.normalize("NFC").trim();
  if (name === "") return { ok: false, reason: "empty" };
  const line = parseText(name, NAME_LENGTH);
  if (line.ok) return line;
  return { ok: false, reason: line.reason === "too-long" ? "too-long" : "malformed" };
}

import { SEALED_DETAILS } from "../challenge/rules.ts";
import { SEALED_REQUESTS } from "../ciba/ciba.ts";
import { SEALED_NEXT_PADS, SEALED_PADS } from "../device/device.ts";
import { SEALED_CODES } from "../enrolment/enrolment.ts";
import { SEALED_KEYS } from "../keys/making.ts";
import { SEALED_CONTENTS } from "../messaging/messaging.ts";
import { SEALED_RECORDS } from "../provider/store.ts";
import { SEALED_SUBSCRIPTIONS } from "../push/store.ts";
import type { SealedColumn } from "../secrecy.ts";
import { SEALED_ENVELOPES } from "../storage/storage.ts";

/** All that is sealed under the master key. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  SEALED_KEYS,
  SEALED_NEXT_PADS,
  SEALED_PADS,
  SEALED_SUBSCRIPTIONS,
  SEALED_ENVELOPES,
  SEALED_RECORDS,
  SEALED_CODES,
  SEALED_DETAILS,
  SEALED_REQUESTS,
  SEALED_CONTENTS,
];

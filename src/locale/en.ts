/** English: the messages from which every other language takes its shape. */
import { account } from "./en/account.ts";
import { certificate } from "./en/certificate.ts";
import { common, consent, home, outbox, phone, returning, signingOut } from "./en/common.ts";
import { confirmation } from "./en/confirmation.ts";
import { contact, contactMessages } from "./en/contact.ts";
import { deletion, deletionMessages } from "./en/deletion.ts";
import { device } from "./en/device.ts";
import { enrolment } from "./en/enrolment.ts";
import { errorPage, fields, pages } from "./en/errors.ts";
import { history } from "./en/history.ts";
import { login } from "./en/login.ts";
import { mail, sms } from "./en/messaging.ts";
import { notice, noticeMessages } from "./en/notice.ts";
import { ownData, ownDataMessages } from "./en/own-data.ts";
import { passkey } from "./en/passkey.ts";
import { recovery, recoveryCodes } from "./en/recovery.ts";
import { recoveryMessages } from "./en/recovery-mail.ts";
import { registration } from "./en/registration.ts";
import { request } from "./en/request.ts";
import { screens } from "./en/screens.ts";
import { stop } from "./en/stop.ts";
import { storage } from "./en/storage.ts";
import { tillCode, tillCodeMessages } from "./en/till-code.ts";
import { userCode } from "./en/user-code.ts";

export const en = {
  common,
  account,
  contact,
  contactMessages,
  recovery,
  recoveryCodes,
  recoveryMessages,
  ownData,
  ownDataMessages,
  deletion,
  deletionMessages,
  stop,
  history,
  screens,
  login,
  registration,
  device,
  certificate,
  storage,
  passkey,
  notice,
  noticeMessages,
  enrolment,
  confirmation,
  request,
  consent,
  tillCode,
  tillCodeMessages,
  userCode,
  returning,
  signingOut,
  home,
  phone,
  outbox,
  fields,
  pages,
  errorPage,
  mail,
  sms,
};

/** A language is complete or does not compile. */
export type Messages = typeof en;

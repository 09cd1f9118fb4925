import type { Messages } from "./en.ts";
import { account } from "./ru/account.ts";
import { certificate } from "./ru/certificate.ts";
import { common, consent, home, outbox, phone, returning, signingOut } from "./ru/common.ts";
import { confirmation } from "./ru/confirmation.ts";
import { contact, contactMessages } from "./ru/contact.ts";
import { deletion, deletionMessages } from "./ru/deletion.ts";
import { device } from "./ru/device.ts";
import { enrolment } from "./ru/enrolment.ts";
import { errorPage, fields, pages } from "./ru/errors.ts";
import { history } from "./ru/history.ts";
import { login } from "./ru/login.ts";
import { mail, sms } from "./ru/messaging.ts";
import { notice, noticeMessages } from "./ru/notice.ts";
import { ownData, ownDataMessages } from "./ru/own-data.ts";
import { passkey } from "./ru/passkey.ts";
import { recovery, recoveryCodes } from "./ru/recovery.ts";
import { recoveryMessages } from "./ru/recovery-mail.ts";
import { registration } from "./ru/registration.ts";
import { request } from "./ru/request.ts";
import { screens } from "./ru/screens.ts";
import { stop } from "./ru/stop.ts";
import { storage } from "./ru/storage.ts";
import { tillCode, tillCodeMessages } from "./ru/till-code.ts";
import { userCode } from "./ru/user-code.ts";

export const ru: Messages = {
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

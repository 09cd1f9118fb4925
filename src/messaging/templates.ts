import { type Locale, languageTag, messagesFor } from "../locale/locale.ts";
import { browserName } from "../phone/browser-name.ts";
import { isGsm, segmentsOf } from "./gsm.ts";
import { htmlOf } from "./html.ts";
import type { Setting, Unaddressed, Written } from "./messages.ts";

/** Writes a message in its reader's language, a mail in HTML as well. */
export function createWriter({ issuer }: { issuer: string }): (message: Unaddressed) => Written {
  const write = createWords({ issuer });
  return (message) => {
    const { subject, text } = write(message);
    if (subject === undefined) return { text };
    return { subject, text, html: htmlOf({ subject, text, language: languageTag(message.locale), issuer }) };
  };
}

/** The issuer's host is the name by which people know us. */
function createWords({ issuer }: { issuer: string }): (message: Unaddressed) => Omit<Written, "html"> {
  const { host, hostname } = new URL(issuer);
  return (message) => {
    const {
      mail,
      sms,
      account,
      contactMessages,
      recoveryMessages,
      ownDataMessages,
      deletionMessages,
      notice,
      noticeMessages,
      tillCodeMessages,
    } = messagesFor(message.locale);
    const nameOf = (setting: Setting) => {
      if (setting.demands === "notice") return notice.kinds[setting.notice].name;
      return setting.demands === "login"
        ? account.everySignIn(setting.site ?? "")
        : account.settings[setting.demands].name;
    };
    switch (message.template) {
      case "email-code":
        return mail.emailCode(message.params);
      case "registration-code":
        return mail.registrationCode({ ...message.params, issuer });
      case "email-already-registered":
        return mail.alreadyRegistered({ issuer });
      case "device-activated": {
        const { device, at } = message.params;
        return mail.deviceActivated({ issuer, device, time: moment(message.locale, at) });
      }
      case "phone-device-activated":
        return { text: sms.deviceActivated({ device: message.params.device, host }) };
      case "device-removed": {
        const { device, by, last, at } = message.params;
        return mail.deviceRemoved({ issuer, device, by, last, time: moment(message.locale, at) });
      }
      case "phone-device-removed":
        return { text: sms.deviceRemoved({ device: message.params.device, last: message.params.last, host }) };
      case "device-removal-code":
        return mail.deviceRemovalCode({ ...message.params, issuer });
      case "locked":
        return mail.locked({ until: moment(message.locale, message.params.until) });
      case "device-locked": {
        const { device, until } = message.params;
        return mail.deviceLocked({ device, until: moment(message.locale, until), issuer });
      }
      case "pad-renewed": {
        const { device, at } = message.params;
        return mail.padRenewed({ issuer, device, time: moment(message.locale, at) });
      }
      case "phone-pad-renewed":
        return { text: sms.padRenewed({ device: message.params.device, host }) };
      case "not-me": {
        const { site, at } = message.params;
        return mail.notMe({ site, time: moment(message.locale, at), issuer });
      }
      case "not-me-on-device": {
        const { site, at, device } = message.params;
        return mail.notMeOnDevice({ site, time: moment(message.locale, at), issuer, device });
      }
      case "setting": {
        const { on, at } = message.params;
        return mail.setting({ setting: nameOf(message.params), on, time: moment(message.locale, at), issuer });
      }
      case "certificate-issued": {
        const { wmid, serial, until, at } = message.params;
        const [time, end] = [moment(message.locale, at), moment(message.locale, until)];
        return mail.certificateIssued({ wmid, serial: serial.toUpperCase(), time, until: end, issuer });
      }
      case "certificate-expiring": {
        const { wmid, serial, until } = message.params;
        const end = moment(message.locale, until);
        return mail.certificateExpiring({ wmid, serial: serial.toUpperCase(), until: end, issuer });
      }
      case "certificate-revoked": {
        const { wmid, serial, by, at } = message.params;
        const time = moment(message.locale, at);
        return mail.certificateRevoked({ wmid, serial: serial.toUpperCase(), by, time, issuer });
      }
      case "kept-keys": {
        const { event, wmid, site, at } = message.params;
        return mail.keptKeys({ event, wmid: inFours(wmid), site, time: moment(message.locale, at), issuer });
      }
      case "new-browser": {
        const { userAgent, country, at, ...params } = message.params;
        const time = moment(message.locale, at);
        return noticeMessages.newBrowser({ ...params, country, browser: knownName(userAgent), time, issuer });
      }
      case "wmid-added": {
        const { wmid, site, at } = message.params;
        return mail.wmidAdded({ wmid: inFours(wmid), site, time: moment(message.locale, at), issuer });
      }
      case "wmid-removed": {
        const { wmid, certificates, keysUntil, at } = message.params;
        const until = keysUntil === undefined ? undefined : moment(message.locale, keysUntil);
        const time = moment(message.locale, at);
        return mail.wmidRemoved({ wmid: inFours(wmid), certificates: certificates > 0, until, time, issuer });
      }
      case "till-code-set":
        return tillCodeMessages.set({ time: moment(message.locale, message.params.at), issuer });
      case "till-code-removed":
        return tillCodeMessages.removed({ time: moment(message.locale, message.params.at), issuer });
      case "passkey-added":
      case "passkey-removed": {
        const { name, at } = message.params;
        const told = { name, time: moment(message.locale, at), issuer };
        return message.template === "passkey-added" ? mail.passkeyAdded(told) : mail.passkeyRemoved(told);
      }
      case "test":
        return noticeMessages.test({ issuer, time: moment(message.locale, message.params.at) });
      case "phone-test":
        return { text: noticeMessages.smsTest({ host, time: moment(message.locale, message.params.at) }) };
      case "phone-not-me":
        return { text: sms.notMe({ site: message.params.site, host }) };
      case "phone-code":
        return { text: bound(sms.phoneCode({ code: message.params.code, host }), hostname, message.params.code) };
      case "sign-in-code": {
        const { code, site } = message.params;
        return { text: fitting((cut) => bound(sms.signInCode({ code, site: cut(site) }), hostname, code)) };
      }
      case "operation-code": {
        const { code, site, noun, amount, payee } = message.params;
        return {
          text: fitting((cut) => {
            const name = payee?.name === undefined ? undefined : cut(payee.name);
            const to = payee === undefined ? undefined : [name, payee.account].filter((part) => part).join(" ");
            return bound(sms.operationCode({ code, site: cut(site), noun, amount, payee: to }), hostname, code);
          }),
        };
      }
      case "recovery-email-code":
        return recoveryMessages.emailCode({ ...message.params, issuer });
      case "recovery-codes-made":
        return recoveryMessages.codesMade({ issuer, time: moment(message.locale, message.params.at) });
      case "data-given":
        return ownDataMessages.given({ issuer, time: moment(message.locale, message.params.at) });
      case "recovered": {
        const { left, at } = message.params;
        return recoveryMessages.recovered({ issuer, left, time: moment(message.locale, at) });
      }
      case "phone-recovered":
        return { text: recoveryMessages.smsRecovered({ host }) };
      case "phone-recovery-code": {
        const { code } = message.params;
        return { text: bound(recoveryMessages.smsCode({ code, host }), hostname, code) };
      }
      case "recovery-wait": {
        const { event, way, stop, at, due, until } = message.params;
        const when = (time: Date) => moment(message.locale, time);
        return recoveryMessages.wait[event]({ way, stop, issuer, at: when(at), due: when(due), until: when(until) });
      }
      case "phone-recovery-wait": {
        const { event, stop } = message.params;
        return { text: recoveryMessages.smsWait[event]({ stop, host }) };
      }
      case "recovery-done": {
        const { way, at } = message.params;
        return recoveryMessages.done({ way, issuer, time: moment(message.locale, at) });
      }
      case "phone-recovery-done":
        return { text: recoveryMessages.smsDone({ host }) };
      case "contact-code":
        return contactMessages.code({ ...message.params, issuer });
      case "phone-contact-code": {
        const { code } = message.params;
        return { text: bound(contactMessages.smsCode({ code, host }), hostname, code) };
      }
      case "contact-taken":
        return contactMessages.taken({ issuer });
      case "phone-contact-taken":
        return { text: contactMessages.smsTaken({ host }) };
      case "contact-change": {
        const { at, until, ...params } = message.params;
        const told = { ...params, issuer, time: moment(message.locale, at) };
        return contactMessages.change[params.event]({ ...told, until: until ? moment(message.locale, until) : "" });
      }
      case "phone-contact-change": {
        const { event, kind, stop } = message.params;
        return { text: contactMessages.smsChange[event]({ kind, stop, host }) };
      }
      case "account-deletion": {
        const { event, at, until, stop, by } = message.params;
        const end = until === undefined ? "" : moment(message.locale, until);
        return deletionMessages.mail[event]({ time: moment(message.locale, at), until: end, stop, by, issuer });
      }
      case "phone-account-deletion": {
        const { event, stop } = message.params;
        return { text: deletionMessages.sms[event]({ stop, host }) };
      }
      case "phone-already-registered":
        return { text: sms.alreadyRegistered({ host }) };
      default:
        return message satisfies never;
    }
  };
}

/**
 * Ends a text that carries a code with the line by which a phone's browser fills the code in, on this host's pages alone and on no copy of
 * them ("Origin-bound one-time codes delivered via SMS", WICG): the last line, without a scheme and without a port.
 */
function bound(text: string, hostname: string, code: string): string {
  return `${text}\n\n@${hostname} #${code}`;
}

/** One SMS of the GSM alphabet, or two of UCS-2, which holds less than half: each part is paid for, and phones fill in from few at once. */
const SEGMENTS = { gsm: 1, ucs2: 2 };
/** Shorter says nothing; where the host's own name is very long, the text is then one part longer. */
const LEAST_NAME = 4;
const LONGEST_NAME = 60;

/** Shortens names, which are anybody's choice, until the text fits; amounts, accounts and codes are never cut. */
function fitting(write: (cut: (name: string) => string) => string): string {
  for (let most = LONGEST_NAME; ; most -= 1) {
    const text = write((name) => shortened(name, most));
    if (most <= LEAST_NAME || segmentsOf(text) <= (isGsm(text) ? SEGMENTS.gsm : SEGMENTS.ucs2)) return text;
  }
}

function shortened(name: string, most: number): string {
  const signs = Array.from(name);
  return signs.length <= most ? name : `${signs.slice(0, most - 2).join("")}..`;
}

/** Empty where it is none that we know: whoever signs in writes it, and must not write into this letter. */
function knownName(userAgent: string): string {
  const name = browserName(userAgent);
  return name === userAgent ? "" : name;
}

/** As people read and compare a WMID. */
function inFours(wmid: string): string {
  return wmid.replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** Date and time by UTC, and saying so: the reader's zone is not known. */
function moment(locale: Locale, time: Date): string {
  const format = new Intl.DateTimeFormat(languageTag(locale), {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return `${format.format(time)} UTC`;
}

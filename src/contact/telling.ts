import type { Account } from "../account/account.ts";
import { type Contact, contactHint } from "../account/identifier.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Sql } from "../database.ts";
import type { ContactChange, Message } from "../messaging/messages.ts";
import type { Messaging } from "../messaging/messaging.ts";

/** What has become of a change, and what everybody whom it reaches is told of it. */
export interface Telling {
  account: Account;
  contact: Contact;
  former: string;
  event: ContactChange["event"];
  /** For `waiting`: when it is made, and where it is stopped. */
  until?: Millis;
  stop?: string;
}

/** On the old contact, on the new one, and on the account's other. */
export function createTell(ports: { messaging: Pick<Messaging, "enqueue">; clock: Clock }) {
  return async (sql: Sql, { account, contact, former, event, until, stop }: Telling): Promise<void> => {
    const { locale } = account;
    const params: ContactChange = {
      event,
      kind: contact.kind,
      to: contactHint(contact),
      at: new Date(ports.clock()),
      ...(until === undefined ? {} : { until: new Date(until) }),
      ...(stop === undefined ? {} : { stop }),
    };
    const mail = (to: string): Message => ({ channel: "mail", to, locale, template: "contact-change", params });
    const sms = (to: string): Message => ({ channel: "sms", to, locale, template: "phone-contact-change", params });
    // Of what has come to nothing because it is another's, the other is not told.
    const to = event === "refused" ? [former] : [former, contact.value];
    const messages =
      contact.kind === "email" ? [...to.map(mail), sms(account.phone)] : [...to.map(sms), mail(account.email)];
    for (const message of messages) await ports.messaging.enqueue(sql, message);
  };
}

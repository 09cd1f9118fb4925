/** The part of the composition in which an account's e-mail and phone are changed, and the links of messages that stop what waits. */
import type Router from "@koa/router";
import type { Logger } from "pino";
import { createVisits } from "../account/visits.ts";
import { createContacts } from "../contact/contact.ts";
import { createProving } from "../contact/proving.ts";
import { CONTACT, createContactRoutes } from "../contact/routes.ts";
import type { MailAllowance } from "../limits/mail-allowance.ts";
import { LOGIN, SMS } from "../provider/assurance.ts";
import { OWN_CLIENT, OWN_TYPE } from "../provider/own-client.ts";
import { createSessions } from "../provider/sessions.ts";
import { createSignedIn } from "../provider/signed-in.ts";
import { STOP, type Waiting } from "../stop/stop.ts";
import type { Worker } from "../worker.ts";
import type { AccountPagePorts } from "./account.ts";
import { createConfirmed } from "./confirmed.ts";

export interface ContactPagesPorts extends AccountPagePorts {
  mails: MailAllowance;
  logger: Pick<Logger, "error">;
}

export function createContactPages(ports: ContactPagesPorts): { routes: Router; worker: Worker; links: Waiting } {
  const { issuer, devices, logger, random } = ports;
  const sessions = createSessions(ports);
  const proving = createProving(ports);
  const contacts = createContacts({
    ...ports,
    proving,
    hold: devices.hold,
    confirmed: createConfirmed(ports),
    goesOn: sessions.goesOn,
    endSessions: (sql, accountId, but) => sessions.endWithin(sql, accountId, "provider", but),
    async endSessionsAgain(accountId, but) {
      await ports.settled();
      await ports.database.transaction((sql) => sessions.endWithin(sql, accountId, "provider", but));
    },
    changed: ports.waits.contactsChanged,
    stopAddress: (key) => `${issuer}${STOP}/${key}`,
    type: OWN_TYPE,
    onAway: (error) =>
      logger.error(
        { reason: error instanceof Error ? error.name : "unknown" },
        "the changes of contacts that are due cannot be made",
      ),
  });
  const visits = createVisits({
    ...ports,
    prefer: ports.pages.prefer,
    signedIn: createSignedIn(ports.provider, SMS),
    asker: { clientId: OWN_CLIENT, redirectUri: `${issuer}${CONTACT}/callback`, random },
    acr: `${LOGIN} ${SMS}`,
  });
  const { worker, links } = contacts;
  return { routes: createContactRoutes({ ...ports, contacts, proving, visits }), worker, links };
}

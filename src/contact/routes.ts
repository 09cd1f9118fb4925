import Router from "@koa/router";
import type { Context } from "koa";
import { type Contact, parseEmail, parsePhone, phoneHint } from "../account/identifier.ts";
import { pathOf as accountPage } from "../account/sections.ts";
import { ACCOUNT, type Present, type Visits } from "../account/visits.ts";
import { type Clock, MINUTE, type Millis } from "../clock.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { ContactTold } from "../http/contact-views.ts";
import type { Cookies } from "../http/cookies.ts";
import { codeErrors, statusOf } from "../http/field-errors.ts";
import { networkOf } from "../http/network.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { FieldError } from "../http/views.ts";
import { type Contacts, changesContact } from "./contact.ts";
import type { Proving } from "./proving.ts";

export interface ContactRoutesPorts {
  contacts: Contacts;
  proving: Proving;
  /** With a code by SMS as well: who has lost the phone client changes here what is left. */
  visits: Visits;
  pages: Pages;
  cookies: Cookies;
  clock: Clock;
}

export const CONTACT = accountPage("contact");
const KINDS = ["email", "phone"] as const;
const TOLD: readonly ContactTold[] = ["changed", "waiting", "stopped", "unchanged", "other-waits", "taken"];
/** Without a phone's word, the sign-in itself is the proof, and is to be one of now (ASVS 5.0, 7.5.1). */
const RECENT: Millis = 10 * MINUTE;

export function createContactRoutes(ports: ContactRoutesPorts): Router {
  const { contacts, proving, visits, pages, cookies } = ports;
  const router = new Router({ prefix: CONTACT });
  const pathOf = (kind: Contact["kind"], page = "") => `${CONTACT}/${kind}${page}`;
  const frame = ({ account }: Present, errors: readonly FieldError[] = []) => ({
    signedIn: { email: account.email },
    status: statusOf(errors),
  });
  const tell = (context: Context, told: ContactTold) => {
    cookies.set(context, "contact", told);
    seeOther(context, CONTACT);
  };
  const toldNow = (context: Context): ContactTold | undefined => {
    const cookie = cookies.get(context, "contact");
    const told = TOLD.find((one) => one === cookie);
    if (told !== undefined) cookies.clear(context, "contact");
    return told;
  };

  type Handler = (context: Context, here: Present) => Promise<void> | void;
  const signedIn = (handler: Handler) => async (context: Context) => {
    const here = await visits.present(context);
    return here === undefined ? visits.toSignIn(context) : handler(context, here);
  };
  const asking = (context: Context, { account, session }: Present) => ({
    account,
    session,
    network: networkOf(context.ip),
    locale: pages.locale(context),
  });

  router.get(
    "/",
    signedIn(async (context, here) => {
      const { email, phone, id } = here.account;
      const told = toldNow(context);
      const waiting = (await contacts.waiting(id)).map(({ kind, to, due }) => ({ kind, to, due: new Date(due) }));
      const data = {
        action: CONTACT,
        email,
        phone: phoneHint(phone),
        changeHref: { email: pathOf("email"), phone: pathOf("phone") },
        waiting,
        ...(told === undefined ? {} : { told }),
        accountHref: ACCOUNT,
      };
      pages.show(context, "contact/contact", data, frame(here));
    }),
  );
  router.post(
    "/",
    signedIn(async (context, here) => {
      const action = (await readForm(context)).get("action");
      const kind = KINDS.find((one) => action === `stop ${one}`);
      if (kind === undefined) throw noSuchButton();
      tell(context, await contacts.stop(here.account.id, kind));
    }),
  );

  router.get("/callback", async (context) => {
    const here = await visits.present(context);
    const { state, error } = context.query;
    // Another tab has asked since, or the person did not sign in: the page shows how things are, or asks again.
    if (here === undefined || !visits.isAnswer(context, state)) return seeOther(context, CONTACT);
    if (!changesContact(state)) {
      const found = await Promise.all(
        KINDS.map(async (kind) => ({ kind, proof: await proving.current(here.account.id, here.session, kind) })),
      );
      // Signed in once more for the change that is about to be asked for.
      const proven = found.find(({ proof }) => proof?.proven);
      return seeOther(context, proven === undefined ? CONTACT : pathOf(proven.kind, "/confirm"));
    }
    if (error !== undefined) return tell(context, "unchanged");
    tell(context, await contacts.confirm(here.account, here.session, state));
  });

  for (const kind of KINDS) {
    const showNew = (context: Context, here: Present, typed: string, errors: readonly FieldError[]) => {
      const data = { action: pathOf(kind), errors, values: { [kind]: typed }, kind, backHref: CONTACT };
      pages.show(context, "contact/new", data, frame(here, errors));
    };
    router.get(
      `/${kind}`,
      signedIn((context, here) => showNew(context, here, "", [])),
    );
    router.post(
      `/${kind}`,
      signedIn(async (context, here) => {
        const typed = (await readForm(context)).get(kind).slice(0, 254);
        const contact = parse(kind, typed);
        if (contact === undefined)
          return showNew(context, here, typed, [{ field: kind, code: typed.trim() === "" ? "empty" : "unrecognised" }]);
        if (contact.value === here.account[kind]) return showNew(context, here, typed, [{ field: kind, code: "same" }]);
        if (!proving.serves(contact))
          return showNew(context, here, typed, [{ field: "phone", code: "unserved-country" }]);
        if (await proving.send(asking(context, here), contact)) return seeOther(context, pathOf(kind, "/code"));
        showNew(context, here, typed, [{ field: kind, code: "too-many" }]);
      }),
    );

    /** In its turn: without a contact to prove, the first page; once it is proven, the last. */
    const inTurn =
      (proven: boolean, handler: (context: Context, here: Present, contact: Contact) => Promise<void> | void) =>
      (context: Context) =>
        signedIn(async (_context, here) => {
          const proof = await proving.current(here.account.id, here.session, kind);
          if (proof === undefined) return seeOther(context, pathOf(kind));
          if (proof.proven !== proven) return seeOther(context, pathOf(kind, proof.proven ? "/confirm" : "/code"));
          return handler(context, here, proof.contact);
        })(context);
    const showCode = (
      context: Context,
      here: Present,
      contact: Contact,
      errors: readonly FieldError[],
      resent = false,
    ) => {
      const data = {
        action: pathOf(kind, "/code"),
        errors,
        values: {},
        kind,
        to: contact.value,
        newHref: pathOf(kind),
        ...(resent ? { resent } : {}),
      };
      pages.show(context, "contact/code", data, frame(here, errors));
    };
    router.get(
      `/${kind}/code`,
      inTurn(false, (context, here, contact) => showCode(context, here, contact, [])),
    );
    router.post(
      `/${kind}/code`,
      inTurn(false, async (context, here, contact) => {
        const form = await readForm(context);
        if (form.get("action") === "resend") {
          const sent = await proving.resend(asking(context, here), kind);
          return showCode(context, here, contact, sent ? [] : [{ field: "code", code: "too-many" }], sent);
        }
        const typed = form.get("code").trim().slice(0, 40);
        if (typed === "") return showCode(context, here, contact, [{ field: "code", code: "empty" }]);
        const errors = codeErrors(await proving.answer(here.account.id, here.session, kind, typed));
        if (errors.length > 0) return showCode(context, here, contact, errors);
        seeOther(context, pathOf(kind, "/confirm"));
      }),
    );

    router.get(
      `/${kind}/confirm`,
      inTurn(true, (context, here, contact) => {
        const from = kind === "email" ? here.account.email : phoneHint(here.account.phone);
        const data = { action: pathOf(kind, "/confirm"), kind, from, to: contact.value, backHref: CONTACT };
        pages.show(context, "contact/confirm", data, frame(here));
      }),
    );
    router.post(
      `/${kind}/confirm`,
      inTurn(true, async (context, here) => {
        switch ((await readForm(context)).get("action")) {
          case "confirm": {
            const operation = await contacts.operation(here.account, here.session, kind, pages.locale(context));
            if (operation === undefined) return seeOther(context, pathOf(kind));
            return visits.toConfirm(context, here.account.id, operation);
          }
          case "wait": {
            if (here.since === undefined || here.since <= ports.clock() - RECENT)
              return visits.toSignIn(context, { prompt: "login" });
            return tell(context, await contacts.wait(here.account, here.session, kind));
          }
          default:
            throw noSuchButton();
        }
      }),
    );
  }
  return router;
}

function parse(kind: Contact["kind"], typed: string): Contact | undefined {
  if (kind === "email") {
    const value = parseEmail(typed);
    return value === undefined ? undefined : { kind, value };
  }
  const value = parsePhone(typed);
  return value === undefined ? undefined : { kind, value };
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}

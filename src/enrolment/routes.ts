import Router from "@koa/router";
import type { Context } from "koa";
import type { ChallengeView, Verdict } from "../challenge/challenge.ts";
import type { Clock } from "../clock.ts";
import { formatActivationCode } from "../e-num/activation-code.ts";
import { parseResponse } from "../e-num/challenge.ts";
import { printQrText } from "../e-num/qr-text.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import { drawQr } from "../http/qr.ts";
import { seeOther } from "../http/redirect.ts";
import type { FieldError } from "../http/views.ts";
import type { Enrolments, EnrolmentView } from "./enrolment.ts";
import { createSameBrowserApi } from "./same-browser.ts";

export interface EnrolmentRoutesPorts {
  enrolments: Enrolments;
  pages: Pages;
  clock: Clock;
  issuer: string;
  /** The web client has the pages' own origin: then it answers for the first time by itself (`same-browser.ts`). */
  clientIsHere: boolean;
  development: boolean;
  /** In development only: the response that the pending phone would give. */
  peek: ((challenge: ChallengeView, mode: "activate", deviceId: string) => Promise<string | undefined>) | undefined;
}

const PAGE = {
  waiting: "/enrolment/activate",
  pending: "/enrolment/first-response",
  done: "/enrolment/done",
  ended: "/enrolment/ended",
} as const;

const PHONE = "/phone";

/** The pages of an enrolment; each is reached only in its turn, and otherwise leads to the one whose turn it is. */
export function createEnrolmentRoutes(ports: EnrolmentRoutesPorts): Router {
  const { enrolments, pages, clock } = ports;
  const router = new Router();
  // The command-line phone takes the demo's address where it is told none.
  const elsewhere = ports.issuer === "http://localhost:3000" ? "" : ` --issuer ${ports.issuer}`;
  const secondsLeft = (until: number) => Math.max(0, Math.ceil((until - clock()) / 1000));
  const around = (enrolment: EnrolmentView) => ({ site: enrolment.returnTo?.site });

  type Handler = (context: Context, enrolment: EnrolmentView) => Promise<void> | void;
  const inTurn = (status: EnrolmentView["status"], handler: Handler) => async (context: Context) => {
    const enrolment = await enrolments.current(context);
    if (enrolment === undefined) throw new Fault("session-lost", { detail: "no enrolment goes on in this browser" });
    if (enrolment.status === status) return handler(context, enrolment);
    return seeOther(context, PAGE[enrolment.status]);
  };

  /** Another code; where there is but one, the page on which another device allows another. */
  const again = async (context: Context, enrolment: EnrolmentView) => {
    await enrolments.newCode(enrolment);
    seeOther(context, enrolment.returnTo?.again ?? PAGE.waiting);
  };

  const showActivate = (context: Context, enrolment: EnrolmentView, notYet: boolean) => {
    const { code, account } = enrolment;
    const expiresInSeconds = secondsLeft(enrolment.codeExpiresAt);
    const text = printQrText({ kind: "enrolment", issuer: ports.issuer, identifier: account.email, code });
    const waiting = expiresInSeconds > 0;
    // Begun in the client, which is on this phone and goes on in this very tab.
    const fromClient = ports.clientIsHere && enrolment.returnTo?.path === PHONE;
    pages.show(
      context,
      "enrolment/activate",
      {
        action: PAGE.waiting,
        code,
        state: waiting ? "waiting" : "expired",
        expiresInSeconds,
        email: account.email,
        phoneHref: PHONE,
        ...(enrolment.returnTo?.again === undefined ? {} : { once: true }),
        ...(enrolment.returnTo?.recovers === true ? { recovers: true } : {}),
        ...(waiting
          ? {
              ...(fromClient ? { fromClient } : { qr: drawQr(`${ports.issuer}${PHONE}#${text}`) }),
              hereHref: `${PHONE}#${text}`,
              statusHref: "/enrolment/status",
            }
          : {}),
        ...(ports.development
          ? { command: `npm run phone -- activate ${account.email} ${formatActivationCode(code)}${elsewhere}` }
          : {}),
        ...(notYet ? { notYet } : {}),
      },
      around(enrolment),
    );
  };
  router.get(
    PAGE.waiting,
    inTurn("waiting", (context, enrolment) => showActivate(context, enrolment, false)),
  );
  router.post(
    PAGE.waiting,
    inTurn("waiting", async (context, enrolment) => {
      const form = await readForm(context);
      return form.get("action") === "new-challenge"
        ? again(context, enrolment)
        : showActivate(context, enrolment, true);
    }),
  );

  interface FirstResponse {
    errors?: readonly FieldError[];
    typed?: string;
    shownResponse?: string;
  }
  const showFirst = (
    context: Context,
    enrolment: EnrolmentView,
    challenge: ChallengeView,
    filled: FirstResponse = {},
  ) => {
    const { state } = challenge;
    const { errors = [], typed = "", shownResponse } = filled;
    pages.show(
      context,
      "enrolment/first-response",
      {
        action: PAGE.pending,
        errors,
        values: { response: typed },
        number: challenge.digits,
        state: state === "open" || state === "exhausted" ? state : "expired",
        expiresInSeconds: secondsLeft(challenge.expiresAt),
        device: enrolment.device?.name ?? "",
        watchHref: "/enrolment/status?for=first-response",
        ...(ports.development ? { command: `npm run phone -- first ${challenge.digits}` } : {}),
        ...(shownResponse === undefined ? {} : { shownResponse }),
      },
      { ...around(enrolment), status: errors.length > 0 ? 422 : 200 },
    );
  };
  router.get(
    PAGE.pending,
    inTurn("pending", async (context, enrolment) => {
      const challenge = await enrolments.challenge(enrolment, { renew: false });
      if (challenge === undefined) throw new Fault("session-lost", { detail: "the enrolment has no device" });
      showFirst(context, enrolment, challenge);
    }),
  );
  router.post(
    PAGE.pending,
    inTurn("pending", async (context, enrolment) => {
      const form = await readForm(context);
      if (form.get("action") === "decline") {
        await enrolments.refuse(enrolment);
        return seeOther(context, PAGE.ended);
      }
      const current = await enrolments.challenge(enrolment, { renew: form.get("action") === "new-challenge" });
      if (current === undefined) throw new Fault("session-lost", { detail: "the enrolment has no device" });
      if (form.get("action") === "new-challenge") return seeOther(context, PAGE.pending);
      if (form.get("action") === "show-response" && ports.peek !== undefined) {
        const shownResponse = (await ports.peek(current, "activate", enrolment.device?.id ?? "")) ?? "—";
        return showFirst(context, enrolment, current, { shownResponse });
      }
      const typed = form.get("response").slice(0, 40);
      const parsed = parseResponse(typed);
      if (!parsed.ok) {
        const code =
          parsed.reason === "empty" ? "empty" : parsed.reason === "is-a-challenge" ? "check-number" : "malformed";
        return showFirst(context, enrolment, current, { errors: [{ field: "response", code }], typed });
      }
      const error = toError(await enrolments.answer(context, enrolment, parsed.value));
      return error === undefined
        ? seeOther(context, PAGE.pending)
        : showFirst(context, enrolment, current, { errors: [error], typed });
    }),
  );

  router.get(
    PAGE.done,
    inTurn("done", (context, enrolment) => {
      pages.show(
        context,
        "enrolment/done",
        {
          action: PAGE.done,
          device: enrolment.device?.name ?? "",
          ...(enrolment.returnTo?.confirms === true ? { confirms: true } : {}),
          ...(enrolment.returnTo?.recovers === true ? { recovers: true } : {}),
        },
        around(enrolment),
      );
    }),
  );
  router.post(
    PAGE.done,
    inTurn("done", (context, enrolment) => seeOther(context, enrolment.returnTo?.path ?? "/")),
  );

  router.get(
    PAGE.ended,
    inTurn("ended", (context, enrolment) =>
      pages.show(
        context,
        "enrolment/ended",
        { action: PAGE.ended, ...(enrolment.returnTo?.again === undefined ? {} : { once: true }) },
        around(enrolment),
      ),
    ),
  );
  router.post(PAGE.ended, inTurn("ended", again));

  router.get("/enrolment/status", async (context) => {
    const enrolment = await enrolments.current(context);
    const page = context.query["for"] === "first-response" ? "pending" : "waiting";
    const waiting = enrolment?.status === page && (page === "pending" || enrolment.codeExpiresAt > clock());
    context.body = {
      state: waiting ? "waiting" : enrolment === undefined || enrolment.status === "waiting" ? "over" : "moved",
    };
  });
  router.use(createSameBrowserApi({ enrolments }).routes());
  return router;
}

/** Every other verdict is seen on the page whose turn it then is. */
function toError(verdict: Verdict): FieldError | undefined {
  if (verdict.kind !== "wrong-response") return undefined;
  const { triesLeft, otherMode } = verdict;
  return otherMode === undefined
    ? { field: "response", code: "wrong", triesLeft, screen: "activate" }
    : otherMode === "confirm" || otherMode === "login"
      ? { field: "response", code: "other-screen", triesLeft, used: otherMode, wanted: "activate" }
      : undefined;
}

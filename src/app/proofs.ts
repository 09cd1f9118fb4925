/** The part of the composition that is about how people come to be proven: enrolling, registering, and what their answers are worth. */
import { createAuthentication } from "../authentication/authentication.ts";
import { createByCode } from "../authentication/by-code.ts";
import { createEmailProof } from "../authentication/email-proof.ts";
import { createSafeguards } from "../authentication/safeguards.ts";
import { createCodes } from "../code/code.ts";
import { createRevocation } from "../device/revocation.ts";
import { createEnrolments } from "../enrolment/enrolment.ts";
import { countCodes } from "../health/counted.ts";
import { createMailAllowance } from "../limits/mail-allowance.ts";
import { createSmsAllowance } from "../limits/sms-allowance.ts";
import { createPolicy } from "../policy/policy.ts";
import { OWN_CLIENT } from "../provider/own-client.ts";
import { createRegistrations } from "../registration/registration.ts";
import { createRegistrationRoutes } from "../registration/routes.ts";
import { createGuard } from "../request/guard.ts";
import type { Ground } from "./ground.ts";
import type { AppPorts } from "./ports.ts";

export function createProofs(ports: AppPorts, ground: Ground) {
  const { config, clock, operationTypes } = ports;
  const {
    kernel,
    shared,
    metrics,
    pages,
    cookies,
    limits,
    throttle,
    originOf,
    browsers,
    side,
    challenges,
    registrationOpen,
  } = ground;
  const { accounts, devices, messaging } = shared;
  const enrolments = createEnrolments({ ...shared, cookies, challenges, rememberBrowser: browsers.remember });
  const revoke = createRevocation({ ...shared, challenges, endEnrolments: enrolments.endAll, changed: side.changed });
  const allowance = createSmsAllowance({ throttle, digest: kernel.digest, countries: config.smsCountries });
  const mails = createMailAllowance({ throttle, digest: kernel.digest });
  const registrations = createRegistrations({
    ...shared,
    cookies,
    mails,
    allowance,
    everActive: devices.everActive,
    startEnrolment: enrolments.start,
  });
  const registration = createRegistrationRoutes({ registrations, pages, cookies, open: registrationOpen });

  const emailProof = createEmailProof({ ...kernel, accounts, messaging, throttle });
  const safeguards = createSafeguards({ ...shared, browsers, limits, emailProof });
  const proving = { ...shared, challenges, emailProof, limits, safeguards, throttle };
  const authentication = createAuthentication({ ...proving, browsers, originOf });
  const policy = createPolicy({ clock, file: ports.policy, types: operationTypes, own: OWN_CLIENT });
  const codes = createCodes({
    ...shared,
    limits,
    allowance,
    guarded: createGuard(kernel).isUp,
    taken: policy.takesSms,
  });
  const byCode = createByCode({ ...proving, codes: countCodes(codes, metrics), taken: policy.takesSms });
  return { enrolments, revoke, allowance, mails, registration, emailProof, proving, authentication, policy, byCode };
}

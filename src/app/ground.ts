/** The part of the composition that all other parts stand on: database, pages, accounts, messages, phones that wait, challenges. */
import { createAccounts } from "../account/account.ts";
import { createAudit } from "../audit/audit.ts";
import { createBrowsers } from "../authentication/browsers.ts";
import { createOriginOf } from "../authentication/origin.ts";
import { createChallenges } from "../challenge/challenge.ts";
import { createDevices } from "../device/device.ts";
import { endedSince } from "../device/store.ts";
import { countAnswers, countSms, measureDatabase } from "../health/counted.ts";
import { createMetrics } from "../health/metrics.ts";
import { createCookies, createFollowingSigner } from "../http/cookies.ts";
import { createHolding } from "../http/holding.ts";
import { createPages } from "../http/page.ts";
import { createRenderer } from "../http/render.ts";
import { readTemplates } from "../http/templates.ts";
import { createKeyRing } from "../keys/ring.ts";
import { createLimits } from "../limits/limits.ts";
import { createThrottle } from "../limits/throttle.ts";
import { createMessaging } from "../messaging/messaging.ts";
import { createWriter } from "../messaging/templates.ts";
import { createNotices } from "../notice/notice.ts";
import { ownClient } from "../provider/own-client.ts";
import { createRequests } from "../provider/request.ts";
import { createDeviceSide } from "../request/online.ts";
import { createDigester } from "../secrecy.ts";
import { createSlowDigest } from "../till-code/slow-digest.ts";
import type { AppPorts } from "./ports.ts";
import { createPushParts } from "./push.ts";
import { withStorage } from "./storage.ts";

export type Ground = ReturnType<typeof createGround>;

export function createGround(ports: AppPorts) {
  const { config, sealer, keys, clock, random, logger } = ports;
  const metrics = createMetrics({ database: ports.database });
  const database = measureDatabase(ports.database, metrics);
  const { issuer, phoneOrigin, formerPhoneOrigins } = config;
  const clients = [...withStorage(ports.clients, issuer), ownClient(issuer)];
  const development = !config.production;
  const registrationOpen = config.registration === "open";
  const digest = createDigester(keys.digest);
  const requests = createRequests();
  const kernel = { database, clock, random, digest, sealer, request: requests.current };

  const renderer = createRenderer({ issuer, templates: ports.templates ?? readTemplates() });
  const keyRing = createKeyRing({ ...kernel, keys, logger });
  const cookieSigner = createFollowingSigner(() => keyRing.current().cookies);
  const cookies = createCookies({ secure: issuer.startsWith("https:") });
  const pages = createPages({ renderer, cookies, development });
  const holding = createHolding();

  const audit = createAudit(kernel);
  const accounts = createAccounts(kernel);
  const devices = createDevices(kernel);
  const limits = createLimits(kernel);
  const throttle = createThrottle(kernel);
  const originOf = createOriginOf({ countryHeader: config.countryHeader });
  const browsers = createBrowsers({ ...kernel, cookies, originOf });
  const write = createWriter({ issuer });
  const messaging = createMessaging({ ...kernel, transports: countSms(ports.transports, metrics), write, logger });
  const notices = createNotices({ clock, accounts, messaging });
  const slow = ports.slow ?? createSlowDigest({ random });
  const shared = { ...kernel, slow, accounts, devices, audit, messaging, notices };
  const side = createDeviceSide({ ...shared, limits, logger, endedSince });
  metrics.watchPhones(() => side.feed.size);
  const waking = createPushParts({ ...ports, ...kernel, throttle, metrics, side, browsers });
  const issuing = { ...kernel, ...side, ...waking, limits, padsOf: devices.padsOf, padsAlong: devices.padsAlong };
  const challenges = countAnswers(createChallenges(issuing), metrics);
  return {
    issuer,
    phoneOrigin,
    formerPhoneOrigins,
    clients,
    development,
    registrationOpen,
    metrics,
    requests,
    kernel,
    renderer,
    keyRing,
    cookieSigner,
    cookies,
    pages,
    holding,
    limits,
    throttle,
    originOf,
    browsers,
    shared,
    side,
    waking,
    challenges,
  };
}

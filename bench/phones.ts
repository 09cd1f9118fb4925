import { importJWK } from "jose";
import { authorization, type DeviceCredentials } from "../src/phone/device-proof.ts";
import type { Usage } from "./child.ts";
import { type Browser, openBrowser } from "./client.ts";
import { rounded } from "./figures.ts";
import { addressOf } from "./logins.ts";
import type { Variant } from "./variants.ts";

/** Phones that wait: first while nothing happens, then while each asks anew whenever it is answered, with nothing new to tell. */
export interface Waiting {
  phones: number;
  /** Of the server before the first has come, and the highest of all seconds with them. */
  rss_before_mb: number;
  rss_mb: number;
  kb_per_phone: number;
  /** Of one core, while all are held and none asks; null where the machine took too long to take all of them. */
  idle_cpu_percent: number | null;
  /** How often the database is waited for, meanwhile. */
  idle_round_trips_per_second: number | null;
  /** Of one core, while all ask anew, each as soon as it is answered. */
  asking_cpu_percent: number;
  asks_per_second: number;
}

const PATH = "/device/v1/requests";
/** Sent and not yet held, so that the server is busy with them and not buried. */
const ARRIVING = 200;
const LOOK_MS = 1_000;
/** A server that has no time for those who come has none for those who ask anew, and would never have all of them. */
const PATIENCE_MS = 120_000;
/** With less between the last who came and the first who is answered, nothing can be said of idle phones. */
const LEAST_IDLE_MS = 3_000;

/** `seconds`: how long each request is held; the server holds none longer than 25. */
export async function runPhones(variant: Variant, count: number, seconds: number): Promise<Waiting> {
  const crowd = await createCrowd(variant, seconds);
  const before = await variant.usage();
  try {
    await crowd.arrive(count);
    const idle = await watch(variant, () => crowd.answered() > 0);
    const isIdle = idle.milliseconds >= LEAST_IDLE_MS;
    const asked = crowd.answered();
    const until = performance.now() + seconds * 1_000;
    const asking = await watch(variant, () => performance.now() >= until);
    const highest = Math.max(idle.rssMb, asking.rssMb);
    return {
      phones: count,
      rss_before_mb: rounded(before.rssMb, 0),
      rss_mb: rounded(highest, 0),
      kb_per_phone: rounded(((highest - before.rssMb) * 1024) / count, 1),
      idle_cpu_percent: isIdle ? rounded(idle.cpuPercent, 1) : null,
      idle_round_trips_per_second: isIdle ? rounded(idle.roundTripsPerSecond, 1) : null,
      asking_cpu_percent: rounded(asking.cpuPercent, 1),
      asks_per_second: rounded((crowd.answered() - asked) / (asking.milliseconds / 1_000), 1),
    };
  } finally {
    crowd.leave();
  }
}

interface Crowd {
  /** Ends when each has asked, and the server has taken what it was asked. */
  arrive(count: number): Promise<void>;
  answered(): number;
  leave(): void;
}

async function createCrowd(variant: Variant, seconds: number): Promise<Crowd> {
  const issuer = `http://localhost:${variant.port}`;
  const key = await importJWK(variant.key ?? {}, "ES256");
  if (key instanceof Uint8Array) throw new Error("the phones have no key");
  const call = { method: "GET", url: new URL(PATH, issuer), body: "" };
  const browsers: Browser[] = [];
  let over = false;
  let answered = 0;
  let failure: unknown;

  const ask = async (browser: Browser, credentials: DeviceCredentials, query: string): Promise<string> => {
    const proof = await authorization(credentials, call, Math.floor(Date.now() / 1_000));
    const { status, body } = await browser.get(`${PATH}${query}`, `Authorization: ${proof}\r\n`);
    if (status !== 200) throw new Error(`${status} for a phone that waits: ${body}`);
    return body;
  };
  const phone = async (turn: number): Promise<{ browser: Browser; credentials: DeviceCredentials }> => {
    const deviceId = variant.people[turn]?.device;
    if (deviceId === undefined) throw new Error("there are fewer accounts than phones");
    const browser = await openBrowser(variant.port);
    browser.begin(addressOf(turn));
    browsers.push(browser);
    return { browser, credentials: { issuer, deviceId, key, clockOffset: 0 } };
  };
  const wait = async (turn: number, query: string) => {
    const { browser, credentials } = await phone(turn);
    while (!over) {
      await ask(browser, credentials, query);
      answered += 1;
    }
  };

  return {
    async arrive(count) {
      // Nobody has a request, so all lists are the same.
      const first = await phone(0);
      const cursor = /"cursor":"([^"]+)"/.exec(await ask(first.browser, first.credentials, ""))?.[1];
      const until = performance.now() + PATIENCE_MS;
      let turn = 0;
      let held = 0;
      // On a slow machine those who came first ask anew before the last has come.
      while (turn < count || (held < count && answered === 0)) {
        for (; turn < Math.min(count, held + ARRIVING); turn += 1)
          wait(turn, `?after=${cursor}&wait=${seconds}`).catch((error: unknown) => {
            if (!over) failure ??= error;
          });
        if (failure !== undefined) throw failure;
        if (performance.now() > until) throw new Error(`${count} phones are too many for this machine now`);
        held = await variant.figure("enum_id_phones_waiting");
      }
    },
    answered() {
      if (failure !== undefined) throw failure;
      return answered;
    },
    leave() {
      over = true;
      for (const browser of browsers) browser.close();
    },
  };
}

interface Watched {
  milliseconds: number;
  rssMb: number;
  cpuPercent: number;
  roundTripsPerSecond: number;
}

/** Looks once a second, up to the last look before `until` is true. */
async function watch(variant: Variant, until: () => boolean): Promise<Watched> {
  const begun = await variant.usage();
  const started = performance.now();
  let rssMb = begun.rssMb;
  let last: { usage: Usage; at: number } = { usage: begun, at: started };
  for (;;) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const usage = await variant.usage();
    if (until()) break;
    last = { usage, at: performance.now() };
    rssMb = Math.max(rssMb, usage.rssMb);
  }
  const milliseconds = last.at - started;
  return {
    milliseconds,
    rssMb,
    cpuPercent: ((last.usage.cpuMs - begun.cpuMs) / milliseconds) * 100,
    roundTripsPerSecond: (last.usage.roundTrips - begun.roundTrips) / (milliseconds / 1_000),
  };
}

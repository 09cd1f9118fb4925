#!/usr/bin/env node
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { createDeviceClient } from "../device-client.ts";
import { runPhone } from "./command-line.ts";
import { createPhoneStore } from "./store.ts";
import { createTerminal } from "./terminal.ts";

const { ENUM_PHONE_FILE: file, ENUM_PHONE_PIN: pin } = process.env;
const now = () => Math.floor(Date.now() / 1000);
const ports = {
  store: createPhoneStore(file ?? "var/phone.json"),
  client: createDeviceClient({ fetch, now }),
  now,
  pause: (milliseconds: number) => pause(milliseconds),
  terminal: createTerminal({ input: process.stdin, output: process.stdout, questions: process.stderr }),
  hostname: hostname(),
  ...(pin === undefined ? {} : { pin }),
};

try {
  process.exitCode = await runPhone(process.argv.slice(2), ports, console.error);
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  console.error(`Something went wrong that should not (${why}): please report it.`);
  process.exitCode = 1;
}

import { createTransport } from "nodemailer";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { isOwnNetwork } from "../config/messages.ts";
import { isLoopback } from "../config/values.ts";
import { DeliveryError } from "./delivery-error.ts";
import { createSmsGateway, type Sms } from "./sms-gateway.ts";

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** Beside the text (multipart/alternative, RFC 2046 section 5.1.4): the mailbox shows one of them. */
  html?: string | undefined;
  /** The same for every attempt at one message, so that a mailbox can drop the second copy. */
  messageId: string;
}

/** How messages leave; a channel that is not there fails. Each call throws DeliveryError, or anything else, when it has failed; what it gives is for whoever asks what the server said. */
export interface Transports {
  mail?: (mail: Mail) => Promise<unknown>;
  sms?: (sms: Sms) => Promise<unknown>;
}

export interface SentMessage {
  channel: "mail" | "sms";
  to: string;
  subject: string | undefined;
  text: string;
  at: Millis;
}

/** The development server's: nothing leaves, everything can be read on the outbox page. */
export interface OutboxPage extends Required<Transports> {
  /** The last 50, the newest first. */
  recent(): SentMessage[];
}

/** Mail servers that say nothing for so long are given up on; all of it stays below the minute for which a message is claimed. */
const TIMEOUT: Millis = 10 * SECOND;
const RECENT = 50;

export function createSmtpTransport({
  smtpUrl,
  from,
  patience = TIMEOUT,
}: {
  smtpUrl: string;
  from: string;
  patience?: Millis;
}): { mail: (mail: Mail) => Promise<string> } {
  const timeouts = {
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    dnsTimeout: patience,
  };
  const { password, hostname } = new URL(smtpUrl);
  // A password never leaves this machine in the clear, nor a code one's own network, whatever the server or somebody on the way offers (STARTTLS, RFC 3207 section 6).
  const requireTLS = !isLoopback(hostname) && (password !== "" || !isOwnNetwork(hostname));
  const transport = createTransport({ url: smtpUrl, requireTLS, ...timeouts }, { from });
  const domain = from.replace(/^.*@/, "").replace(/>$/, "");
  return {
    async mail({ to, subject, text, html, messageId }) {
      try {
        // As an object the address is taken as it stands: no list, no display name, no second recipient.
        const recipient = { name: "", address: to };
        const headers = { "Auto-Submitted": "auto-generated" };
        const taken = await transport.sendMail({
          to: recipient,
          subject,
          text,
          ...(html === undefined ? {} : { html }),
          messageId: `<${messageId}@${domain}>`,
          headers,
        });
        return taken.response;
      } catch (error) {
        throw new DeliveryError(`the mail server: ${smtpReason(error)}`, {
          permanent: isRefused(error),
          certain: isUnsent(error),
          said: saidBy(error),
        });
      }
    },
  };
}

/**
 * Whether this letter or its recipient was refused for good (RFC 5321 section 4.2.1: 5yz is not to be repeated). A refusal before that, of
 * the greeting or the password, is about the server, and may pass.
 */
function isRefused(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || !("responseCode" in error)) return false;
  const { code, responseCode } = error;
  return (code === "EENVELOPE" || code === "EMESSAGE") && Number(responseCode) >= 500;
}

/**
 * Whether the server surely has no copy: it has said so by its three digits, as one that greylists, or was never reached. Where a connection
 * ends or falls silent in the middle, the letter may have been taken.
 */
function isUnsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("responseCode" in error && Number(error.responseCode) >= 400) return true;
  return "syscall" in error && (error.syscall === "connect" || error.syscall === "getaddrinfo");
}

/** nodemailer's `code` (ECONNECTION, EENVELOPE, EAUTH) and the server's three digits; its message may repeat the address. */
function smtpReason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const reply = "responseCode" in error && typeof error.responseCode === "number" ? ` ${error.responseCode}` : "";
  return `${code}${reply}`;
}

/** The server's own words, or those of the connection. */
function saidBy(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return "response" in error && typeof error.response === "string" ? error.response : error.message;
}

/** `print` gets one line for each message, for the log. */
export function createOutboxPageTransport({
  clock,
  print,
}: {
  clock: Clock;
  print: (line: string) => void;
}): OutboxPage {
  const sent: SentMessage[] = [];
  const keep = async (message: SentMessage) => {
    sent.unshift(message);
    sent.length = Math.min(sent.length, RECENT);
    print(`${message.channel} to ${message.to}: ${message.subject ?? message.text.replace(/\s+/g, " ")}`);
  };
  return {
    mail: ({ to, subject, text }) => keep({ channel: "mail", to, subject, text, at: clock() }),
    sms: ({ to, text }) => keep({ channel: "sms", to, subject: undefined, text, at: clock() }),
    recent: () => [...sent],
  };
}

export interface TransportChoice {
  config: Pick<Config, "mail" | "sms" | "issuer" | "production">;
  clock: Clock;
  print: (line: string) => void;
}

/** What the operator has set, and nothing else. */
export function operatorsTransports(config: TransportChoice["config"]): Transports {
  return {
    ...(config.mail !== undefined && createSmtpTransport(config.mail)),
    ...(config.sms !== undefined && createSmsGateway(config.sms, config)),
  };
}

/** What the operator has set; in development the outbox page takes the place of what is not. */
export function chooseTransports({ config, clock, print }: TransportChoice): {
  transports: Transports;
  outbox: OutboxPage | undefined;
} {
  const set = operatorsTransports(config);
  if (config.production || (set.mail !== undefined && set.sms !== undefined))
    return { transports: set, outbox: undefined };
  const outbox = createOutboxPageTransport({ clock, print });
  return { transports: { mail: outbox.mail, sms: outbox.sms, ...set }, outbox };
}

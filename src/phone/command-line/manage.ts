import { call, currentAccount, forget, keep, loadContents, saveContents } from "./accounts.ts";
import { aligned } from "./lines.ts";
import { done, failed, misused, type Outcome } from "./outcome.ts";
import type { Options, PhonePorts } from "./ports.ts";
import { problemSentence } from "./sentences.ts";

export async function accounts(ports: PhonePorts): Promise<Outcome<undefined>> {
  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const { accounts, current } = contents.value;
  if (accounts.length === 0) ports.terminal.say("There is no account on this phone yet.");
  for (const { identifier, issuer, device } of accounts) {
    const mark = device.id === current || accounts.length === 1 ? "*" : " ";
    ports.terminal.say(`${mark} ${identifier}  ${issuer}  "${device.name}"`);
  }
  return done;
}

export async function use(
  ports: PhonePorts,
  [email]: readonly string[],
  options: Options,
): Promise<Outcome<undefined>> {
  if (email === undefined) return misused("Give the e-mail of the account to use: use alice@example.org.");
  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const found = contents.value.accounts.filter(
    ({ identifier, issuer }) =>
      identifier.toLowerCase() === email.toLowerCase() &&
      (options.issuer === undefined || issuer === options.issuer.replace(/\/$/, "")),
  );
  const [account, another] = found;
  if (account === undefined)
    return failed(`There is no account ${email} on this phone: run "accounts" to see which there are.`);
  if (another !== undefined)
    return failed(`${email} has accounts at several providers: say which with --issuer ${account.issuer}.`);
  const saved = await saveContents(ports, { ...contents.value, current: account.device.id });
  if (saved.ok) ports.terminal.say(`Now using ${account.identifier} at ${account.issuer}.`);
  return saved;
}

/** Asks the provider about this device, and takes its keys for operations. */
export async function status(ports: PhonePorts): Promise<Outcome<undefined>> {
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  const asked = await call(ports, account.value, (credentials) => ports.client.state(credentials));
  if (!asked.ok) return asked;
  const { device, account: person, issuer, statement_keys: statementKeys } = asked.value.value;
  if (issuer !== account.value.issuer) return failed(problemSentence({ ok: false, code: "other-issuer" }));

  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const saved = await keep(ports, contents.value, {
    ...asked.value.account,
    email_hint: person.email_hint,
    device: { id: device.id, name: device.name },
    statement_keys: statementKeys,
  });
  if (!saved.ok) return saved;
  const lines = aligned([
    ["device", `${device.name}: ${device.status}`],
    ["account", `${account.value.identifier} (${person.email_hint})`],
    ["provider", issuer],
    ["keys", `${statementKeys.keys.length} for signed operations`],
  ]);
  for (const line of lines) ports.terminal.say(line);
  return done;
}

/** After too many wrong responses in browsers that the account does not know: lets them try again for a while. */
export async function admit(ports: PhonePorts): Promise<Outcome<undefined>> {
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  const asked = await call(ports, account.value, (credentials) => ports.client.admit(credentials));
  if (!asked.ok) return asked;
  const until = new Date(asked.value.value).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  ports.terminal.say(`New browsers may sign ${account.value.identifier} in until ${until}.`);
  return done;
}

export async function unlink(ports: PhonePorts): Promise<Outcome<undefined>> {
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  const asked = await call(ports, account.value, (credentials) => ports.client.unlink(credentials));
  if (!asked.ok) return asked;
  const forgotten = await forget(ports, account.value);
  if (forgotten.ok)
    ports.terminal.say(
      `"${account.value.device.name}" no longer belongs to ${account.value.identifier}; its pad is erased.`,
    );
  return forgotten;
}

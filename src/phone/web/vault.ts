import { type Account, isSame } from "./account.ts";

/** What this client keeps, in IndexedDB: accounts with their keys, and three choices of the person's that are no secret. */
export type Vault = {
  /** In the order in which they were added. */
  accounts(): Promise<readonly Account[]>;
  /** Adds it, in the place of those of the same e-mail and provider. */
  add(account: Account): Promise<void>;
  /** Changes what is there at this moment; nothing where the account has gone meanwhile. Written through to the disk. */
  change(deviceId: string, how: (account: Account) => Account): Promise<void>;
  remove(deviceId: string): Promise<void>;
  choice(name: Choice): Promise<string | undefined>;
  choose(name: Choice, value: string): Promise<void>;
};

/** `account`: the device whose account answers. `account-language`: chosen for that account, on the provider's pages. */
type Choice = "language" | "account" | "account-language";

const NAME = "enum-phone";
/** Of the layout below: a change of it comes with its own step in `upgrade`, which keeps every pad. */
const VERSION = 1;
const ACCOUNTS = "accounts";
const CHOICES = "choices";

/** Kept with its place, since a store gives its records by their keys. */
type Kept = { readonly id: string; readonly at: number; readonly account: Account };

export async function openVault(factory: IDBFactory): Promise<Vault> {
  let database = await open(factory);

  type Run<Value> = (transaction: IDBTransaction) => Promise<Value> | Value;
  async function once<Value>(mode: IDBTransactionMode, run: Run<Value>): Promise<Value> {
    const transaction = database.transaction([ACCOUNTS, CHOICES], mode, { durability: "strict" });
    const [value] = await Promise.all([run(transaction), completed(transaction)]);
    return value;
  }
  /** A browser may have let the database go meanwhile: iOS does while the page is out of sight, and any when what is kept here is erased. */
  async function within<Value>(mode: IDBTransactionMode, run: Run<Value>): Promise<Value> {
    try {
      return await once(mode, run);
    } catch {
      database.close();
      database = await open(factory);
      return once(mode, run);
    }
  }
  const all = async (transaction: IDBTransaction): Promise<readonly Kept[]> => {
    const kept: readonly Kept[] = await answered(transaction.objectStore(ACCOUNTS).getAll());
    return kept.toSorted((one, other) => one.at - other.at);
  };

  return {
    accounts: () => within("readonly", async (transaction) => (await all(transaction)).map(({ account }) => account)),
    add: (account) =>
      within("readwrite", async (transaction) => {
        const kept = await all(transaction);
        const store = transaction.objectStore(ACCOUNTS);
        for (const { id } of kept.filter((other) => isSame(other.account, account))) store.delete(id);
        const at = Math.max(0, ...kept.map((other) => other.at)) + 1;
        store.put({ id: account.device.id, at, account } satisfies Kept);
      }),
    change: (deviceId, how) =>
      within("readwrite", async (transaction) => {
        const store = transaction.objectStore(ACCOUNTS);
        const kept: Kept | undefined = await answered(store.get(deviceId));
        if (kept !== undefined) store.put({ ...kept, account: how(kept.account) } satisfies Kept);
      }),
    remove: (deviceId) => within("readwrite", (transaction) => void transaction.objectStore(ACCOUNTS).delete(deviceId)),
    choice: (name) => within("readonly", (transaction) => answered(transaction.objectStore(CHOICES).get(name))),
    choose: (name, value) =>
      within("readwrite", (transaction) => void transaction.objectStore(CHOICES).put(value, name)),
  };
}

function open(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ACCOUNTS, { keyPath: "id" });
      request.result.createObjectStore(CHOICES);
    };
    request.onsuccess = () => {
      // A newer client in another tab wants to change the layout: it must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

/** What the browser hands out was put in by this file alone, whose types say what it is. */
function answered<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

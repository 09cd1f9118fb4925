/** Keys that were made in this browser and wait for their certificate; a key leaves IndexedDB in no other way than by this page. */

const DATABASE = "enum-certificates";
const STORE = "keys";
/** As long as somebody may need to save it: it can be exported here, and so by whoever gets hold of the browser. */
const KEPT_MS = 24 * 3_600_000;

interface Kept {
  key: CryptoKey;
  at: number;
}

export async function keepKey(id: string, key: CryptoKey): Promise<void> {
  const kept: Kept = { key, at: Date.now() };
  await inStore("readwrite", (store) => store.put(kept, id));
}

export async function keptKey(id: string): Promise<CryptoKey | undefined> {
  await forgetOld();
  const kept: Kept | undefined = await inStore("readonly", (store) => store.get(id));
  return kept?.key;
}

export async function forgetKey(id: string): Promise<void> {
  await inStore("readwrite", (store) => store.delete(id));
}

async function forgetOld(): Promise<void> {
  const ids = await inStore("readonly", (store) => store.getAllKeys());
  const all: Kept[] = await inStore("readonly", (store) => store.getAll());
  for (const [place, id] of ids.entries())
    if ((all[place]?.at ?? 0) < Date.now() - KEPT_MS) await inStore("readwrite", (store) => store.delete(id));
}

async function inStore<Result>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const database = await opened();
  try {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    return await new Promise((done, fail) => {
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  return new Promise((done, fail) => {
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

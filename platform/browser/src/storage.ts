// What this browser keeps: one IndexedDB database, 'keys' for key objects that cannot be exported, 'values' for the rest.
// Browsers refuse it in some private modes, empty it under pressure, and run out; each has a code that a page can explain.

import { err, ok, type Result } from '@mortise/base/result.ts';

export type StoreName = 'keys' | 'values';

/** One change; a value of undefined removes the name. Values are what structured cloning takes. */
export type StorageChange = { readonly store: StoreName; readonly name: string; readonly value: unknown };

export type StorageError =
  /** The browser keeps nothing for this page, or no key objects: private window, storage switched off, or no IndexedDB. */
  | { readonly code: 'storage-refused' }
  /** Disk or quota is full; nothing was changed. */
  | { readonly code: 'storage-full' }
  /** Another tab holds an older form of the database open; close it. */
  | { readonly code: 'storage-blocked' }
  /** Anything else that the browser reports; `name` is the DOMException's. */
  | { readonly code: 'storage-failed'; readonly name: string };

export type BrowserStorage = {
  /** Undefined when there is nothing under the name. What comes back is parsed by the caller. */
  readonly read: (store: StoreName, name: string) => Promise<Result<unknown, StorageError>>;
  /** The names under which something is kept. */
  readonly names: (store: StoreName) => Promise<Result<readonly string[], StorageError>>;
  /** All changes or none, on disk when it resolves. */
  readonly write: (changes: readonly StorageChange[]) => Promise<Result<void, StorageError>>;
  readonly close: () => void;
};

const DATABASE = 'mortise';
const VERSION = 1;
const STORES: readonly StoreName[] = ['keys', 'values'];
const REFUSED = new Set(['SecurityError', 'InvalidStateError', 'NotAllowedError', 'UnknownError']);

const nameOf = (error: unknown): string => (error instanceof DOMException || error instanceof Error ? error.name : typeof error);

// A private window may take values but no key objects, and says that a key cannot be cloned; our values always can.
const failure = (error: unknown): Result<never, StorageError> => {
  const name = nameOf(error);
  if (name === 'DataCloneError') return err({ code: 'storage-refused' });
  return err(name === 'QuotaExceededError' ? { code: 'storage-full' } : { code: 'storage-failed', name });
};

const openFailure = (error: unknown): Result<never, StorageError> =>
  REFUSED.has(nameOf(error)) ? err({ code: 'storage-refused' }) : failure(error);

const createStores = (database: IDBDatabase): void => {
  for (const store of STORES) if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
};

const openDatabase = (factory: IDBFactory): Promise<Result<IDBDatabase, StorageError>> =>
  new Promise((resolve) => {
    const request = factory.open(DATABASE, VERSION);
    request.addEventListener('upgradeneeded', () => createStores(request.result));
    request.addEventListener('blocked', () => resolve(err({ code: 'storage-blocked' })));
    request.addEventListener('error', () => resolve(openFailure(request.error)));
    request.addEventListener('success', () => resolve(ok(request.result)));
  });

const answered = <T>(request: IDBRequest<T>): Promise<Result<T, StorageError>> =>
  new Promise((resolve) => {
    request.addEventListener('error', () => resolve(failure(request.error)));
    request.addEventListener('success', () => resolve(ok(request.result)));
  });

const read = (database: IDBDatabase, store: StoreName, name: string): Promise<Result<unknown, StorageError>> =>
  answered<unknown>(database.transaction(store, 'readonly').objectStore(store).get(name));

const names = async (database: IDBDatabase, store: StoreName): Promise<Result<readonly string[], StorageError>> => {
  const keys = await answered(database.transaction(store, 'readonly').objectStore(store).getAllKeys());
  return keys.ok ? ok(keys.value.filter((key) => typeof key === 'string')) : keys;
};

const apply = (transaction: IDBTransaction, { store, name, value }: StorageChange): IDBRequest =>
  value === undefined ? transaction.objectStore(store).delete(name) : transaction.objectStore(store).put(value, name);

const write = (database: IDBDatabase, changes: readonly StorageChange[]): Promise<Result<void, StorageError>> =>
  new Promise((resolve) => {
    const transaction = database.transaction([...STORES], 'readwrite', { durability: 'strict' });
    transaction.addEventListener('abort', () => resolve(failure(transaction.error)));
    transaction.addEventListener('complete', () => resolve(ok(undefined)));
    applyAll(transaction, changes);
  });

// A value that cannot be cloned throws on the spot, and what was put before it would still be committed.
const applyAll = (transaction: IDBTransaction, changes: readonly StorageChange[]): void => {
  try {
    for (const change of changes) apply(transaction, change);
  } catch (error) {
    transaction.abort();
    throw error;
  }
};

// What IndexedDB throws on the spot: the database was closed under us, or a value cannot be cloned.
const guarded = async <T>(run: () => Promise<Result<T, StorageError>>): Promise<Result<T, StorageError>> => {
  try {
    return await run();
  } catch (error) {
    return failure(error);
  }
};

const storageOf = (database: IDBDatabase): BrowserStorage => {
  // Another tab wants a newer form: give way, or it waits for ever.
  database.addEventListener('versionchange', () => database.close());
  return {
    read: (store, name) => guarded(() => read(database, store, name)),
    names: (store) => guarded(() => names(database, store)),
    write: (changes) => guarded(() => write(database, changes)),
    close: () => database.close(),
  };
};

/** Opens this browser's storage, making it when it is not there. */
export const openStorage = async (factory: IDBFactory | undefined = globalThis.indexedDB): Promise<Result<BrowserStorage, StorageError>> => {
  if (factory === undefined) return err({ code: 'storage-refused' });
  try {
    const database = await openDatabase(factory);
    return database.ok ? ok(storageOf(database.value)) : database;
  } catch (error) {
    return openFailure(error);
  }
};

/** Asks the browser not to empty this page's storage under pressure; true when it promises. */
export const askToKeep = async (): Promise<boolean> => (await globalThis.navigator.storage?.persist?.()) ?? false;

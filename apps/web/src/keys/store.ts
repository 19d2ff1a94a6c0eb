// This browser's storage for keys, opened once; a storage that failed is opened anew at the next try. What cannot be kept or read is
// told, never worked around: a key that is gone at the next visit would be a surprise at the door, and one that only could not be read
// is not gone.

import { askToKeep, openStorage, type BrowserStorage, type StorageChange, type StorageError, type StoreName } from '@mortise/browser/storage.ts';
import type { Result } from '@mortise/base/result.ts';

export type KeyStore = {
  /** Undefined when there is nothing under the name. */
  readonly read: (store: StoreName, name: string) => Promise<Result<unknown, StorageError>>;
  /** The names under which something is kept. */
  readonly names: (store: StoreName) => Promise<Result<readonly string[], StorageError>>;
  /** All changes or none. */
  readonly write: (changes: readonly StorageChange[]) => Promise<Result<void, StorageError>>;
};

/** A store over whatever `open` gives. */
export const keyStoreOver = (open: () => Promise<Result<BrowserStorage, StorageError>>): KeyStore => {
  let opened: Promise<Result<BrowserStorage, StorageError>> | undefined;
  const using = async <T>(work: (storage: BrowserStorage) => Promise<Result<T, StorageError>>): Promise<Result<T, StorageError>> => {
    const mine = (opened ??= open());
    const storage = await mine;
    const done = storage.ok ? await work(storage.value) : storage;
    if (!done.ok && opened === mine) opened = undefined;
    if (!done.ok && storage.ok) storage.value.close();
    return done;
  };
  return {
    read: (store, name) => using((storage) => storage.read(store, name)),
    names: (store) => using((storage) => storage.names(store)),
    write: (changes) => using((storage) => storage.write(changes)),
  };
};

const store = keyStoreOver(openStorage);

/** Undefined when there is nothing under the name. */
export const readStored = store.read;
export const storedNames = store.names;

/** What can be lost without harm: all changes or none, and nobody is asked to keep them. */
export const writeLosable = store.write;

/** All changes or none. Asks the browser to keep them under pressure, which it may decline. */
export const writeStored = (changes: readonly StorageChange[]): Promise<Result<void, StorageError>> => {
  void askToKeep();
  return store.write(changes);
};

export const storageSentence = (error: StorageError): string => {
  if (error.code === 'storage-refused') return 'This browser keeps nothing for this page (a private window, perhaps). Open it in an ordinary window.';
  if (error.code === 'storage-full') return 'This browser has no room left to keep a key. Free some space and try again.';
  if (error.code === 'storage-blocked') return 'Another tab holds an older version of this page. Close it and try again.';
  return `This browser’s storage failed (${error.name}). Try again.`;
};

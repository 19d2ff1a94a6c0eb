// This browser's storage for keys, opened once. What cannot be kept is told, never worked around: a key that is gone at the next
// visit would be a surprise at the door.

import { askToKeep, openStorage, type BrowserStorage, type StorageChange, type StorageError, type StoreName } from '@mortise/browser/storage.ts';
import { err, type Result } from '@mortise/base/result.ts';

let opened: Promise<Result<BrowserStorage, StorageError>> | undefined;

const storage = (): Promise<Result<BrowserStorage, StorageError>> => {
  opened ??= openStorage();
  return opened;
};

export const readStored = async (store: StoreName, name: string): Promise<unknown> => {
  const open = await storage();
  const read = open.ok ? await open.value.read(store, name) : open;
  return read.ok ? read.value : undefined;
};

/** All changes or none. Asks the browser to keep them under pressure, which it may decline. */
export const writeStored = async (changes: readonly StorageChange[]): Promise<Result<void, StorageError>> => {
  const open = await storage();
  if (!open.ok) return err(open.error);
  void askToKeep();
  return open.value.write(changes);
};

export const storageSentence = (error: StorageError): string => {
  if (error.code === 'storage-refused') return 'This browser keeps nothing for this page (a private window, perhaps). Open it in an ordinary window.';
  if (error.code === 'storage-full') return 'This browser has no room left to keep a key. Free some space and try again.';
  if (error.code === 'storage-blocked') return 'Another tab holds an older version of this page. Close it and try again.';
  return `This browser could not keep the key (${error.name}).`;
};

// The factory reset of a device: forgets its store and renews its keys. Begun, it is finished, if need be by the next start: a mark says so
// until the new keys are in place.

import { EMPTY } from '@mortise/base/bytes.ts';
import { err, type Result } from '@mortise/base/result.ts';
import { removeDurably, writeDurably, type FileError } from '@mortise/node/durable-file.ts';
import type { Log } from './log.ts';

/** Erases the SQLite file at `store`, which must be closed, and then renews the keys; `mark` stands while this goes on. */
export const eraseDevice = (store: string, mark: string, renewKeys: () => Result<undefined, FileError>): Result<undefined, FileError> => {
  const marked = writeDurably(mark, EMPTY);
  if (!marked.ok) return marked;
  for (const path of [`${store}-wal`, `${store}-shm`, `${store}-journal`, store]) {
    const removed = removeDurably(path);
    if (!removed.ok) return removed;
  }
  const renewed = renewKeys();
  return renewed.ok ? removeDurably(mark) : renewed;
};

/** `erased`: how the erasure went. A device that is erased begins anew; `said` puts what kept it from that into its own words. */
export const beginErased = <Error, Fault>(
  log: Log, erased: Result<undefined, Error>, begin: () => Result<undefined, Fault>, said: (error: Error) => Fault,
): Result<undefined, Fault> => {
  log('factory-reset', { done: erased.ok });
  return erased.ok ? begin() : err(said(erased.error));
};

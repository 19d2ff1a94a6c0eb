// One life of the key: from its store to a machine that runs. A key that finds its directory empty is born; one that finds half a reset finishes
// it; one that finds anything it cannot believe refuses to live, and touches nothing.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyFileError } from '@mortise/device/key-file.ts';
import { eraseDevice } from '@mortise/device/erase.ts';
import { birth, restore } from '@mortise/ekey/birth.ts';
import type { Context } from '@mortise/ekey/events.ts';
import type { EkeyState } from '@mortise/ekey/state.ts';
import type { FileError } from '@mortise/node/durable-file.ts';
import { createSecrets, keysOf, readSecrets, writeSecrets, type EkeySecrets } from './keys.ts';
import { openStore, type Store, type StoreError } from './store.ts';

/** `keys-missing`: there is a store, but not the keys of its key; `store-refused`: the key does not believe what the store holds. */
export type LifeError = KeyFileError | StoreError | { readonly code: 'keys-missing' | 'store-refused' };

export type Life = { readonly secrets: EkeySecrets; readonly store: Store; readonly state: EkeyState };

export const lifePaths = (data: string) => ({ keys: join(data, 'keys.json'), store: join(data, 'ekey.sqlite'), body: join(data, 'body.json'), reset: join(data, 'reset-begun') });
export type LifePaths = ReturnType<typeof lifePaths>;

/** Brings the key to life from its directory. Close `store` at its end. */
export const beginLife = (context: Context, paths: LifePaths): Result<Life, LifeError> => {
  if (existsSync(paths.reset)) {
    const erased = eraseMemory(paths);
    if (!erased.ok) return erased;
  }
  const secrets = ownSecrets(paths);
  if (!secrets.ok) return secrets;
  const store = openStore(paths.store, secrets.value.keyId);
  if (!store.ok) return store;
  const state = remember(context, secrets.value, store.value);
  if (!state.ok) store.value.close();
  return state.ok ? ok({ secrets: secrets.value, store: store.value, state: state.value }) : state;
};

/** Forgets everything and makes another key; the store must be closed. The body is not touched. */
export const eraseMemory = (paths: LifePaths): Result<undefined, FileError> => eraseDevice(paths.store, paths.reset, () => writeSecrets(paths.keys, createSecrets()));

const ownSecrets = (paths: LifePaths): Result<EkeySecrets, LifeError> => {
  const kept = readSecrets(paths.keys);
  if (kept.ok || kept.error.code !== 'file-missing') return kept;
  // New keys beside an old store would be a new key that has lost its journal.
  if (existsSync(paths.store)) return err({ code: 'keys-missing' });
  const secrets = createSecrets();
  const written = writeSecrets(paths.keys, secrets);
  return written.ok ? ok(secrets) : written;
};

const remember = (context: Context, secrets: EkeySecrets, store: Store): Result<EkeyState, LifeError> => {
  const stored = store.read();
  if (!stored.ok) return stored;
  const { values, entries } = stored.value;
  if (values.size === 0 && entries.length === 0) return ok(birth(context, keysOf(secrets)));
  const restored = restore(context, keysOf(secrets), stored.value);
  return restored.ok ? restored : err({ code: 'store-refused' });
};

const UNBELIEVABLE = 'The key opens nothing. Put a whole copy back, or move the directory away for a new key; nothing was changed.';

/** What a person should do about an error, in one sentence or two. */
export const lifeErrorMessage = (error: LifeError, paths: LifePaths): string => {
  if ('system' in error) return `The key's directory cannot be used (${error.system}). Give this user access to it, or give another --data.`;
  const messages: { readonly [C in Exclude<LifeError, FileError>['code']]: string } = {
    'keys-malformed': `${paths.keys} is not what this key wrote. Put it back from a copy; nothing was changed.`,
    'keys-missing': `${paths.store} is there, but ${paths.keys} is not. Put the keys back, or move the store away for a new key; nothing was changed.`,
    'database-busy': 'Another process runs on this directory. Stop it first, or give another --data.',
    'database-corrupt': `${paths.store} is damaged. ${UNBELIEVABLE}`,
    'database-unreadable': `${paths.store} cannot be read. ${UNBELIEVABLE}`,
    'store-corrupt': `${paths.store} holds rows that contradict each other. ${UNBELIEVABLE}`,
    'store-refused': `${paths.store} holds what the key does not believe. ${UNBELIEVABLE}`,
    'store-other-key': `${paths.store} belongs to another key. Keys and store go together: put the right ones back; nothing was changed.`,
    'store-version': `${paths.store} was written by a newer version. Run that version; nothing was changed.`,
  };
  return messages[error.code];
};

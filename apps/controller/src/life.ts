// One life of the lock: from its store to a running shell, and its end. A lock that finds its directory empty is born; one that finds
// half a reset finishes it; one that finds anything it cannot believe refuses to live, and touches nothing.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { MechanismName } from '@mortise/courier/built.ts';
import { eraseDevice } from '@mortise/device/erase.ts';
import { birth, restore } from '@mortise/lock/birth.ts';
import type { Context } from '@mortise/lock/events.ts';
import { MECHANISMS, type Mechanism } from '@mortise/lock/mechanism.ts';
import type { Profile } from '@mortise/lock/profile.ts';
import type { LockKeys, LockState } from '@mortise/lock/state.ts';
import type { FileError } from '@mortise/node/durable-file.ts';
import { createSecrets, readSecrets, writeSecrets, type KeysError, type LockSecrets } from './keys.ts';
import { openStore, type Store, type StoreError } from './store.ts';

/**
 * `keys-missing`: there is a store, but not the keys of its lock; `store-missing`: keys of a lock that had an owner, but a store that
 * knows of none; `store-refused`: the lock does not believe what the store holds.
 */
export type LifeError = KeysError | StoreError | { readonly code: 'keys-missing' | 'store-missing' | 'store-refused' };

export type Life = { readonly secrets: LockSecrets; readonly store: Store; readonly state: LockState };

export const lifePaths = (data: string) => ({
  keys: join(data, 'keys.json'),
  store: join(data, 'lock.sqlite'),
  body: join(data, 'body.json'),
  fingers: join(data, 'fingers.json'),
  cards: join(data, 'cards.json'),
  reset: join(data, 'reset-begun'),
});
export type LifePaths = ReturnType<typeof lifePaths>;

/** What the lock says that it is. */
export const modelOf = ({ name }: Mechanism): string => `Mortise virtual ${WORDS[name]}`;

const WORDS: { readonly [N in MechanismName]: string } = {
  deadbolt: 'deadbolt', mortise: 'mortise lock', strike: 'strike', magnet: 'magnetic lock', gate: 'gate', hand: 'cylinder',
};

export const FIRMWARE = '0.1.0';

/**
 * The store is damaged, and nothing else is wrong: the lock is whose it was, and can be again once a whole copy is put back. It is no reason to be gone from the door;
 * everything else that keeps a lock from living is a matter for whoever set it up.
 */
export const isDamage = ({ code }: LifeError): boolean => DAMAGES.some((each) => each === code);

const DAMAGES = ['database-corrupt', 'database-unreadable', 'store-corrupt', 'store-refused'] as const satisfies readonly LifeError['code'][];

/** Who the lock is and whether it has an owner, by its keys alone: that is known without its store. Undefined: the keys do not say either. */
export const ownIdentity = (paths: LifePaths): { readonly lockId: LockId; readonly isOwned: boolean } | undefined => {
  const kept = readSecrets(paths.keys);
  return kept.ok ? { lockId: kept.value.lockId, isOwned: kept.value.setupSecret === undefined } : undefined;
};

/** Brings the lock to life from its directory. Close `store` at its end. `profile`, `mechanism`: what it is built as. */
export const beginLife = (
  context: Context, paths: LifePaths, profile: Profile = 'powered', mechanism: Mechanism = MECHANISMS[profile === 'powered' ? 'deadbolt' : 'hand'],
): Result<Life, LifeError> => {
  if (existsSync(paths.reset)) {
    const erased = eraseMemory(paths);
    if (!erased.ok) return erased;
  }
  const secrets = ownSecrets(paths);
  if (!secrets.ok) return secrets;
  const store = openStore(paths.store, secrets.value.lockId, profile);
  if (!store.ok) return store;
  const state = remember(context, secrets.value, store.value, profile, mechanism);
  if (!state.ok) store.value.close();
  return state.ok ? ok({ secrets: secrets.value, store: store.value, state: state.value }) : state;
};

/**
 * Forgets everything the lock knew and renews its identity and setup secret; the store must be closed. Begun, it is finished, if
 * need be by the next start: a mark says so until the new secrets are in place. The body is not touched.
 */
export const eraseMemory = (paths: LifePaths): Result<undefined, FileError> => eraseDevice(paths.store, paths.reset, () => writeSecrets(paths.keys, createSecrets()));

/**
 * Erases the setup secret of a lock whose adoption is durable: its label, read later by anybody, opens nothing. The file is replaced
 * whole, so that a power cut leaves it with the secret or without, and the next start asks again. Nothing to erase is fine.
 */
export const forgetSetupSecret = (paths: LifePaths, secrets: LockSecrets): Result<undefined, FileError> =>
  secrets.setupSecret === undefined ? ok(undefined) : writeSecrets(paths.keys, { ...secrets, setupSecret: undefined });

const ownSecrets = (paths: LifePaths): Result<LockSecrets, LifeError> => {
  const kept = readSecrets(paths.keys);
  // A new store would be a lock that has forgotten its owner.
  if (kept.ok && kept.value.setupSecret === undefined && !existsSync(paths.store)) return err({ code: 'store-missing' });
  if (kept.ok || kept.error.code !== 'file-missing') return kept;
  // New keys beside an old store would be a new lock that has lost its journal.
  if (existsSync(paths.store)) return err({ code: 'keys-missing' });
  const secrets = createSecrets();
  const written = writeSecrets(paths.keys, secrets);
  return written.ok ? ok(secrets) : written;
};

/** The lock as its open store remembers it: every life of a passive lock begins so. */
export const remember = (
  context: Context, secrets: LockSecrets, store: Store, profile: Profile = 'powered', mechanism: Mechanism = MECHANISMS[profile === 'powered' ? 'deadbolt' : 'hand'],
): Result<LockState, LifeError> => {
  const stored = store.read();
  if (!stored.ok) return stored;
  const { configuration, memory, entries, acknowledged } = stored.value;
  const keys = keysOf(secrets, mechanism);
  if (configuration === undefined) {
    if (entries.length > 0 || Object.keys(memory).length > 0) return err({ code: 'store-corrupt' });
    return secrets.setupSecret === undefined ? err({ code: 'store-missing' }) : ok(birth(context, keys, secrets.setupSecret, profile, mechanism));
  }
  const restored = restore(context, keys, secrets.setupSecret, { configuration, memory, entries, acknowledged }, profile, mechanism);
  if (restored.ok) return restored;
  return err({ code: restored.error.code === 'setup-secret-missing' ? 'store-missing' : 'store-refused' });
};

const keysOf = ({ identity, reader, link, seal }: LockSecrets, mechanism: Mechanism): LockKeys => ({
  identityKey: identity.publicKey, readerKey: reader.publicKey, linkKey: link.publicKey, seal, model: modelOf(mechanism), firmware: FIRMWARE,
});

const UNBELIEVABLE = 'The lock does not move its bolt. Put a whole copy back, or reset the lock; nothing was changed.';

/** What a person should do about an error, in one sentence or two. */
export const lifeErrorMessage = (error: LifeError, paths: LifePaths): string => {
  if ('system' in error) return `The lock's directory cannot be used (${error.system}). Give this user access to it, or give another --data.`;
  const messages: { readonly [C in Exclude<LifeError, FileError>['code']]: string } = {
    'keys-malformed': `${paths.keys} is not what this lock wrote. Put it back from a copy; nothing was changed.`,
    'keys-missing': `${paths.store} is there, but ${paths.keys} is not. Put the keys back, or move the store away for a new lock; nothing was changed.`,
    'store-missing': `${paths.keys} is that of a lock with an owner, but ${paths.store} knows of none. Put the store back, or reset the lock; nothing was changed.`,
    'database-busy': 'Another controller runs on this directory. Stop it first, or give another --data.',
    'database-corrupt': `${paths.store} is damaged. ${UNBELIEVABLE}`,
    'database-unreadable': `${paths.store} cannot be read. ${UNBELIEVABLE}`,
    'store-corrupt': `${paths.store} holds rows that contradict each other. ${UNBELIEVABLE}`,
    'store-refused': `${paths.store} holds what the lock does not believe. ${UNBELIEVABLE}`,
    'store-other-lock': `${paths.store} belongs to another lock. Keys and store go together: put the right ones back; nothing was changed.`,
    'store-version': `${paths.store} was written by a newer version. Run that version; nothing was changed.`,
  };
  return messages[error.code];
};

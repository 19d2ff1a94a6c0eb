// Persistent keys (SPEC §4.4, §4.6), kept by a reader under the credential and by a user device under reader and credential.
// A value, newest use first: a reader tries them in this order, and when a 65th comes the least recently used one goes. Its
// owner then opens by a standard transaction once and is back.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Secret } from '@mortise/base/secret.ts';

/** `owner`: for a reader the credential key (65 bytes); for a user device reader identifier(32) ‖ credential key(65). */
export type PersistentEntry = { readonly owner: Bytes; readonly key: Secret };

/** At most `MAX_PERSISTENT_KEYS` entries, one an owner, the last used first. */
export type PersistentCache = readonly PersistentEntry[];

export const MAX_PERSISTENT_KEYS = 64;
const KEY_BYTES = 32;

/** Without the owner's key: when the credential is removed or revoked (SPEC §4.6). */
export const forgetKey = (cache: PersistentCache, owner: Bytes): PersistentCache => cache.filter((entry) => !equalBytes(entry.owner, owner));

/** A new key, or the use of the one that is there: it comes to the front; the least recently used goes when there are too many. */
export const rememberKey = (cache: PersistentCache, owner: Bytes, key: Secret): PersistentCache => {
  assert(key.reveal().length === KEY_BYTES, 'a persistent key has 32 bytes');
  return [{ owner, key }, ...forgetKey(cache, owner)].slice(0, MAX_PERSISTENT_KEYS);
};

export const findKey = (cache: PersistentCache, owner: Bytes): Secret | undefined => cache.find((entry) => equalBytes(entry.owner, owner))?.key;

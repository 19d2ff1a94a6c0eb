// What comes into an electronic key and what goes out of it. The shell (a virtual key, the simulator, one day a device) reports events and
// carries out effects in the order given; it decides nothing. Times are readings that come in with each input.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { Entry } from '@mortise/journal/chain.ts';

export type Context = { readonly crypto: Crypto };

/**
 * `monotonicMs` runs since the key started and never jumps. `rtcMs`: the key's own real-time clock (ms since 1970, by no zone), which runs on
 * while it is off; undefined: it has been without power since it was last read, or is not there. Whole numbers.
 */
export type Reading = { readonly monotonicMs: number; readonly rtcMs: number | undefined };

/** `entropy`: 32 fresh random bytes for each input, never used twice. */
export type EkeyInput = { readonly now: Reading; readonly entropy: Bytes; readonly event: EkeyEvent };

/** How a lock is reached: `contact`, the touch of a passive lock (F0), or `near`, the near link of a powered one (C3). */
export type TouchVia = 'contact' | 'near';

/**
 * `started` comes once after birth or restore. The shell sends `tick` no later than `EkeyState.nextWakeMs` (monotonic). `touched`: a lock is
 * there; `frame`: one near frame from it, any bytes; `lifted`: it is gone. `linked`: somebody who updates the key is there; `message`: one
 * link message from there (courier's key-message.ts), any bytes; `unlinked`: gone. `pin`, `pinChosen`: digits as they were typed.
 */
export type EkeyEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'tick' }
  | { readonly kind: 'battery'; readonly mv: number }
  | { readonly kind: 'touched'; readonly via: TouchVia; readonly verb: 'unlock' | 'lock' | 'syncOnly' }
  | { readonly kind: 'frame'; readonly bytes: Bytes }
  | { readonly kind: 'lifted' }
  | { readonly kind: 'linked' }
  | { readonly kind: 'message'; readonly bytes: Bytes }
  | { readonly kind: 'unlinked' }
  | { readonly kind: 'pin'; readonly digits: string }
  | { readonly kind: 'pinChosen'; readonly digits: string }
  | { readonly kind: 'signed'; readonly id: number; readonly signature: Bytes }
  | { readonly kind: 'stored'; readonly id: number };

/** What a key keeps besides its journal is a table of values by name (stored-values.ts): at most 65,600 bytes each, opaque to the shell; null takes one away. */
export type Put = readonly [name: string, value: Bytes | null];

/**
 * One atomic, durable write. `append`: the next journal entries. `acknowledged`: entries up to it are safe at the hub. `keepFrom`: entries before
 * this number may be dropped, but for the one just before it, and none from it on.
 */
export type StoreWrite = {
  readonly put?: readonly Put[];
  readonly append?: readonly Entry[];
  readonly acknowledged?: number;
  readonly keepFrom?: number;
};

/**
 * `store`: answer `stored` with its id once the write is durable; writes are made in the order given. When it fails, say nothing: then
 * nothing opens. `sign`: answer `signed` with a raw 64-byte ECDSA-SHA256 signature over `message` by the named key. `touchSend`, `touchClose`:
 * a near frame to the lock, the end of the contact; `updateSend`, `updateClose`: the same to whoever updates the key.
 */
export type EkeyEffect =
  | { readonly kind: 'store'; readonly id: number; readonly write: StoreWrite }
  | { readonly kind: 'sign'; readonly id: number; readonly key: 'identity' | 'credential'; readonly message: Bytes }
  | { readonly kind: 'touchSend'; readonly frame: Bytes }
  | { readonly kind: 'touchClose' }
  | { readonly kind: 'updateSend'; readonly message: Bytes }
  | { readonly kind: 'updateClose' };

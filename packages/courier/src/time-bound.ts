// An instant that has passed, by the hub's word: COSE_Sign1 of type `mortise-time-bound` by its time key over CBOR [instant]. Carried to a
// lock it raises the floor of its clock and never sets it: nobody asked for it, so it may be as old as its courier likes (DESIGN §3.7).

import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { ToSign } from '@mortise/documents/cose.ts';
import type { DocumentError } from '@mortise/documents/document-error.ts';
import type { TimeAuthority } from '@mortise/documents/time.ts';
import { hubWordToSign, openHubWord } from './hub-word.ts';

export const TIME_BOUND_TYPE = 'mortise-time-bound';

/** What the hub's time key (65 bytes) signs to say that `instant` has passed. */
export const timeBoundToSign = (crypto: Crypto, timeKey: Bytes, instant: Instant): ToSign =>
  hubWordToSign(crypto, timeKey, TIME_BOUND_TYPE, encodeCbor([instant]));

/** The instant that has passed. Takes any bytes. Errors: those of `openHubWord`. */
export const openTimeBound = (crypto: Crypto, bytes: Bytes, authority: TimeAuthority): Result<Instant, DocumentError> => {
  const bound = openHubWord(crypto, bytes, { type: TIME_BOUND_TYPE, decode: decodeBound }, authority);
  return bound.ok ? ok(bound.value.instant) : bound;
};

const decodeBound = (payload: Bytes): { readonly instant: Instant } | undefined => {
  const [instant, ...more] = asArray(decodeCbor(payload, 16), 1) ?? [];
  return isInstant(instant) && more.length === 0 ? { instant } : undefined;
};

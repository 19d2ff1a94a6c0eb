// What the hub says to locks by its time key, whoever carries it: COSE_Sign1 over CBOR that holds an instant. It counts while an owner's
// certificate in the roster says that the key is a hub's and may attest that instant. A key of another kind has no such word.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from '@mortise/documents/cose.ts';
import { refuseDocument, type DocumentError } from '@mortise/documents/document-error.ts';
import { openTimeKeys, type TimeAuthority } from '@mortise/documents/time.ts';

/** A word has about 170 bytes; what is longer is none. */
export const MAX_HUB_WORD_BYTES = 512;

/** What a kind of word is: its COSE type and the reader of its payload, which takes any bytes. */
export type HubWord<Said extends { readonly instant: Instant }> = {
  readonly type: string;
  readonly decode: (payload: Bytes) => Said | undefined;
  /** Of the whole word; left out: MAX_HUB_WORD_BYTES. */
  readonly maxBytes?: number;
};

/** What the time key (65 bytes) signs. */
export const hubWordToSign = (crypto: Crypto, timeKey: Bytes, type: string, payload: Bytes): ToSign => toSign(type, VERSION, timeKey, payload, crypto);

/**
 * Takes any bytes. Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown` (no certificate of a present owner for a
 * hub of this key), `signature-invalid`, `expired` (the key may not attest this instant).
 */
export const openHubWord = <Said extends { readonly instant: Instant }>(
  crypto: Crypto, bytes: Bytes, { type, decode, maxBytes = MAX_HUB_WORD_BYTES }: HubWord<Said>, authority: TimeAuthority,
): Result<Said, DocumentError> => {
  if (bytes.length > maxBytes) return refuseDocument('too-long');
  const hubs = openTimeKeys(crypto, authority).filter(({ kind }) => kind === 'hub');
  const signed = openSigned(crypto, bytes, type, hubs.map(({ key }) => key));
  if (!signed.ok) return signed;
  if (signed.value.version !== VERSION) return refuseDocument('version-unknown');
  const said = decode(signed.value.payload);
  if (said === undefined) return refuseDocument('malformed');
  // One key may have been certified twice: any certificate that still holds will do.
  const may = hubs.some(({ key, until }) => equalBytes(key, signed.value.signer) && said.instant <= until);
  return may ? ok(said) : refuseDocument('expired');
};

const VERSION = 1;

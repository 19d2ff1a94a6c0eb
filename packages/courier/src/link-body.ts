// The bodies of link messages that have no form of their own elsewhere: adoption steps, acknowledgements, answers to rosters,
// time questions. CBOR; each decoder takes any bytes and answers or refuses.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, asText, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';

/** One message of the adoption handshake: its step (0 to 15) and bytes (documents' adoption.ts). */
export type AdoptBody = { readonly step: number; readonly bytes: Bytes };
/** What the lock made of a roster: `accepted` or why not, in kebab case; `version` is the one it holds now (0: none). */
export type RosterAnswerBody = { readonly version: number; readonly code: string };
export const NONCE_BYTES = 16;

export const encodeAdoptBody = (body: AdoptBody): Bytes => encodeCbor([body.step, body.bytes]);
export const decodeAdoptBody = (bytes: Bytes): AdoptBody | undefined => {
  const items = exactly(2, bytes);
  const step = asNumber(items?.[0], 0, 15);
  const message = asBytes(items?.[1]);
  return step === undefined || message === undefined ? undefined : { step, bytes: message };
};

/** The number of the last journal entry that is durable at the hub. */
export const encodeJournalAck = (seq: number): Bytes => encodeCbor(seq);
export const decodeJournalAck = (bytes: Bytes): number | undefined => asNumber(decodeCbor(bytes, 16));

export const encodeRosterAnswer = (body: RosterAnswerBody): Bytes => encodeCbor([body.version, body.code]);
export const decodeRosterAnswer = (bytes: Bytes): RosterAnswerBody | undefined => {
  const items = exactly(2, bytes);
  const version = asNumber(items?.[0]);
  const code = asText(items?.[1], 64);
  return version === undefined || code === undefined || !/^[a-z][a-z0-9-]*$/.test(code) ? undefined : { version, code };
};

/** The nonce (16 bytes) that the time answer must name. */
export const encodeTimeAsk = (nonce: Bytes): Bytes => {
  assert(nonce.length === NONCE_BYTES, 'a time nonce has 16 bytes');
  return encodeCbor(nonce);
};
export const decodeTimeAsk = (bytes: Bytes): Bytes | undefined => asBytes(decodeCbor(bytes, 32), NONCE_BYTES);

const exactly = (count: number, bytes: Bytes): readonly Cbor[] | undefined => {
  const items = asArray(decodeCbor(bytes), count);
  return items?.length === count ? items : undefined;
};

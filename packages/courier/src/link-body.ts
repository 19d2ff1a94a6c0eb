// The bodies of link messages that have no form of their own elsewhere: adoption steps, answers to rosters and owner sets, time
// questions and certified answers. CBOR; each decoder takes any bytes and answers or refuses.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, asText, decodeCbor, decodeCborInPlace, encodeBriefly, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { MAX_TIME_ANSWER_BYTES, MAX_TIME_KEY_BYTES } from '@mortise/documents/time.ts';

/** One message of the adoption handshake: its step (0 to 15) and bytes (documents' adoption.ts). */
export type AdoptBody = { readonly step: number; readonly bytes: Bytes };
/** What the lock made of a roster: `accepted` or why not, in kebab case; `version` is the one it holds now (0: none). */
export type RosterAnswerBody = { readonly version: number; readonly code: string };
/** The same of an owner set; `sequence` is the one that it holds now. `roster-void`: the lock's roster would have no present signer. */
export type OwnerSetAnswerBody = { readonly sequence: number; readonly code: string };
/** The same of network settings; `version` is of those that it holds now (0: none). */
export type NetworkAnswerBody = RosterAnswerBody;
/** What the lock made of an order to forget its owners: `accepted`, and then it does; else why not. */
export type ResetAnswerBody = { readonly code: string };
/** A time key's answer to a lock's question with the owners' certificate of that key, both as signed (documents' time.ts). */
export type CertifiedTimeBody = { readonly certificate: Bytes; readonly answer: Bytes };
export const NONCE_BYTES = 16;

export const encodeAdoptBody = (body: AdoptBody): Bytes => encodeCbor([body.step, body.bytes]);
export const decodeAdoptBody = (bytes: Bytes): AdoptBody | undefined => {
  const items = exactly(2, bytes);
  const step = asNumber(items?.[0], 0, 15);
  const message = asBytes(items?.[1]);
  return step === undefined || message === undefined ? undefined : { step, bytes: message };
};

export const encodeRosterAnswer = ({ version, code }: RosterAnswerBody): Bytes => encodeCbor([version, code]);
export const decodeRosterAnswer = (bytes: Bytes): RosterAnswerBody | undefined => {
  const answer = readAnswer(bytes);
  return answer && { version: answer.held, code: answer.code };
};

export const encodeOwnerSetAnswer = ({ sequence, code }: OwnerSetAnswerBody): Bytes => encodeCbor([sequence, code]);
export const decodeOwnerSetAnswer = (bytes: Bytes): OwnerSetAnswerBody | undefined => {
  const answer = readAnswer(bytes);
  return answer && { sequence: answer.held, code: answer.code };
};

export const encodeNetworkAnswer = encodeRosterAnswer;
export const decodeNetworkAnswer = decodeRosterAnswer;

export const encodeResetAnswer = ({ code }: ResetAnswerBody): Bytes => encodeCbor(code);
export const decodeResetAnswer = (bytes: Bytes): ResetAnswerBody | undefined => {
  const code = asCode(decodeCbor(bytes, MAX_CODE_LENGTH + 2));
  return code === undefined ? undefined : { code };
};

/** The nonce (16 bytes) that the time answer must name. */
export const encodeTimeAsk = (nonce: Bytes): Bytes => {
  assert(nonce.length === NONCE_BYTES, 'a time nonce has 16 bytes');
  return encodeCbor(nonce);
};
export const decodeTimeAsk = (bytes: Bytes): Bytes | undefined => asBytes(decodeCbor(bytes, 32), NONCE_BYTES);

/** Parts past their bounds are our bug. */
export const encodeCertifiedTime = ({ certificate, answer }: CertifiedTimeBody): Bytes => {
  assert(isCertifiedTime(certificate, answer), 'certificate and answer are bounded');
  return encodeBriefly([certificate, answer]);
};
export const decodeCertifiedTime = (bytes: Bytes): CertifiedTimeBody | undefined => {
  const items = bytes.length > MAX_CERTIFIED_TIME_BYTES ? undefined : exactly(2, bytes);
  const [certificate, answer] = [asBytes(items?.[0]), asBytes(items?.[1])];
  if (certificate === undefined || answer === undefined) return undefined;
  return isCertifiedTime(certificate, answer) ? { certificate, answer } : undefined;
};

const isCertifiedTime = (certificate: Bytes, answer: Bytes): boolean => certificate.length <= MAX_TIME_KEY_BYTES && answer.length <= MAX_TIME_ANSWER_BYTES;

const MAX_CERTIFIED_TIME_BYTES = MAX_TIME_KEY_BYTES + MAX_TIME_ANSWER_BYTES + 16;

const readAnswer = (bytes: Bytes): { readonly held: number; readonly code: string } | undefined => {
  const items = exactly(2, bytes);
  const held = asNumber(items?.[0]);
  const code = asCode(items?.[1]);
  return held === undefined || code === undefined ? undefined : { held, code };
};

const MAX_CODE_LENGTH = 64;

const asCode = (value: Cbor | undefined): string | undefined => {
  const code = asText(value, MAX_CODE_LENGTH);
  return code !== undefined && /^[a-z][a-z0-9-]*$/.test(code) ? code : undefined;
};

const exactly = (count: number, bytes: Bytes): readonly Cbor[] | undefined => {
  const items = asArray(decodeCborInPlace(bytes), count);
  return items?.length === count ? items : undefined;
};

// Revocation Documents in the key: the newest of each issuer, from wherever they came, carried to every lock. A key takes them from owners and from
// delegates whose delegation its orders name, for what it cannot check it cannot tell apart from noise. One document of an issuer
// says all that this issuer took back (wallet's take-back.ts), so that the newest will do.

import { decodeDocument } from '@mortise/aliro/device-response.ts';
import { readIssuerAuth } from '@mortise/aliro/issuer-auth.ts';
import { applyRevocation } from '@mortise/access/revocation-document.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { openStanding } from '@mortise/documents/signed-delegation.ts';
import { changed, type Change, type Moment } from './change.ts';
import { signedOf } from './holdings.ts';
import { hasRoomForRequest, store } from './journal-keeper.ts';
import { hasTime, stampOf } from './stamping.ts';
import { valueNames } from './stored-values.ts';
import type { AfterStored, Enrolled, EkeyState, HeldRevocation } from './state.ts';

/** More issuers than owners and delegates that a roster names at once would need (20) have no place; the oldest document goes. */
export const MAX_REVOCATIONS = 20;
/** One document: as much as a link message carries. */
export const MAX_REVOCATION_BYTES = 61_440;

/** `code`: what became of it. */
export type ShelfChange = Change & { readonly code: 'accepted' | 'stale' | 'busy' | 'too-long' | 'refused' };

/** Takes any bytes. `after` waits for the write. */
export const takeRevocation = (moment: Moment, state: EkeyState, enrolled: Enrolled, bytes: Bytes, after?: AfterStored): ShelfChange => {
  if (bytes.length > MAX_REVOCATION_BYTES) return { ...changed(state), code: 'too-long' };
  const known = state.revocations.find((held) => hex(held.bytes) === hex(bytes));
  if (known !== undefined) return { ...changed(state), code: 'stale' };
  const read = readRevocation(moment, state, enrolled, bytes);
  if (read === undefined) return { ...changed(state), code: 'refused' };
  if (state.revocations.some(({ issuer, signed }) => issuer === read.issuer && signed >= read.signed)) return { ...changed(state), code: 'stale' };
  if (!hasRoomForRequest(state)) return { ...changed(state), code: 'busy' };
  return { ...shelve(state, read, after), code: 'accepted' };
};

const shelve = (state: EkeyState, read: HeldRevocation, after: AfterStored | undefined): Change => {
  const others = state.revocations.filter(({ issuer }) => issuer !== read.issuer);
  const [oldest] = others.length < MAX_REVOCATIONS ? [] : others.toSorted((a, b) => a.signed - b.signed);
  const revocations = [...others.filter((each) => each !== oldest), read].toSorted((a, b) => b.signed - a.signed);
  const gone = oldest === undefined ? [] : [[valueNames.revocation(oldest.issuer), null] as const];
  return store({ ...state, revocations }, { put: [[valueNames.revocation(read.issuer), read.bytes], ...gone] }, after);
};

/** One as it was stored; undefined: it is none. Nothing is verified. */
export const storedRevocation = (bytes: Bytes): HeldRevocation | undefined => {
  const received = decodeDocument(bytes);
  const auth = received && readIssuerAuth(received.issuerAuth);
  const signed = received && signedOf(received);
  if (auth?.ok !== true || auth.value.keyIdentifier === undefined || signed === undefined) return undefined;
  return { issuer: hex(auth.value.keyIdentifier), signed, bytes };
};

const readRevocation = (moment: Moment, state: EkeyState, { ownerSet }: Enrolled, bytes: Bytes): HeldRevocation | undefined => {
  const authority = { owners: ownerSet, delegations: openStanding(moment.crypto, state.holdings.delegations, ownerSet) };
  const now = hasTime(state, moment.now) ? { now: stampOf(state, moment.now).instant } : {};
  return applyRevocation(moment.crypto, bytes, { authority, ...now }, new Map()).error === undefined ? storedRevocation(bytes.slice()) : undefined;
};

// What a user device's session is made of: its phases as a union, and the three ways in which a step can end: an answer, a
// refusal that drops the transaction (SPEC §3.8), the close. An ephemeral key serves one transaction, so an ended session stays so.

import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { encodeResponseApdu, partBytes, servePart, type ExtendedLength, type PartialCommand } from './apdu.ts';
import type { KeyRequest } from './auth1.ts';
import type { AliroError } from './errors.ts';
import type { KeyContext, StandardKeys } from './key-schedule.ts';
import type { Channel } from './secure-channel.ts';
import { offeredLength } from './select.ts';

/** One site: its identifier (16), its group identifier key (65; the issuer's where certificates are used), our credential (65). */
export type DeviceGroup = {
  readonly groupIdentifier: Bytes;
  readonly groupIdentifierKey: Bytes;
  readonly credentialKey: Bytes;
};

export type DeviceConfig = {
  /** Expedited versions offered, e.g. 0x0100; 1 to 16. */
  readonly versions: readonly number[];
  /** SPEC §4.3 and `INTERFACES` of vendor.ts. */
  readonly interfaceByte: number;
  /** Bytes of a whole APDU, 261 to 65535. Offered (7F66) when given, and by default (4096) on Bluetooth, contact and relay. */
  readonly maxCommand?: number;
  readonly maxResponse?: number;
  readonly groups: readonly DeviceGroup[];
  /** The value of B2 (encodeCommand), at most 127 bytes. */
  readonly command?: Bytes;
  /** SPEC §3.4; 0 by default: no documents, no mailbox. */
  readonly signaling?: number;
  /** The common name that the reader's certificate must bear; when it answers one, a certificate is required. */
  readonly expectSubject?: (subIdentifier: Bytes) => string | undefined;
  /** A trusted clock; the reader certificate's dates are checked when given. */
  readonly now?: Instant;
};

/** What the shell must do. After `finished` the session refuses everything; a new SELECT belongs to a new session. */
export type DeviceEffect =
  | { readonly kind: 'respond'; readonly apdu: Bytes }
  | { readonly kind: 'sign'; readonly message: Bytes; readonly credentialKey: Bytes; readonly authenticationPolicy: number }
  | { readonly kind: 'finished'; readonly outcome: DeviceOutcome };

export type DeviceOutcome =
  | { readonly kind: 'completed'; readonly readerStatus: number }
  | { readonly kind: 'failed'; readonly error: AliroError };

/** From AUTH0 on. `certificate`: as LOAD CERT brought it, unread. */
export type DeviceTransaction = {
  readonly group: DeviceGroup;
  readonly context: KeyContext;
  readonly certificate?: Bytes;
};

export type DevicePhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'selected'; readonly proprietary: Bytes }
  | { readonly kind: 'begun'; readonly transaction: DeviceTransaction }
  | { readonly kind: 'signing'; readonly transaction: DeviceTransaction; readonly keyRequest: KeyRequest; readonly extended: boolean }
  | { readonly kind: 'secured'; readonly keys: StandardKeys; readonly channel: Channel; readonly ranged: boolean }
  | { readonly kind: 'ended' };

export type DeviceSession = {
  readonly config: DeviceConfig;
  readonly ephemeralPrivateKey: Secret;
  readonly cryptogram?: Bytes;
  readonly phase: DevicePhase;
  /** A chained command that is not complete. */
  readonly partial?: PartialCommand;
  /** The rest of a response, fetched by GET RESPONSE, and the bytes per part. */
  readonly held?: { readonly rest: Bytes; readonly limit: number };
};

export type DeviceStep = { readonly session: DeviceSession; readonly effects: readonly DeviceEffect[] };

export const offerOf = (config: DeviceConfig): ExtendedLength | undefined =>
  offeredLength(config.interfaceByte, config.maxCommand, config.maxResponse);

/** The session in another phase, with nothing half received or half sent. */
const inPhase = (session: DeviceSession, phase: DevicePhase): DeviceSession => {
  const { partial: _partial, held: _held, ...rest } = session;
  return { ...rest, phase };
};

const part = (session: DeviceSession, data: Bytes, limit: number): DeviceStep => {
  const { apdu, rest } = servePart(data, limit);
  return {
    session: rest.length > 0 ? { ...session, held: { rest, limit } } : session,
    effects: [{ kind: 'respond', apdu }],
  };
};

/** Answers `data` with 9000, in as many parts as it needs, and goes on in `phase`. */
export const answer = (session: DeviceSession, phase: DevicePhase, data: Bytes, extended: boolean): DeviceStep =>
  part(inPhase(session, phase), data, partBytes(extended, offerOf(session.config)));

/** Answers GET RESPONSE; undefined: nothing is held. */
export const answerRest = (session: DeviceSession): DeviceStep | undefined =>
  session.held && part(inPhase(session, session.phase), session.held.rest, session.held.limit);

export const acknowledgePiece = (session: DeviceSession, partial: PartialCommand): DeviceStep => ({
  session: { ...inPhase(session, session.phase), partial },
  effects: [{ kind: 'respond', apdu: encodeResponseApdu(EMPTY, 0x9000) }],
});

const ended = (session: DeviceSession): DeviceSession => inPhase(session, { kind: 'ended' });

/** Answers and closes. The error's own answer carries no data; `data` is for refusals inside the secure channel (SPEC §7). */
export const finish = (session: DeviceSession, outcome: DeviceOutcome, data: Bytes): DeviceStep => ({
  session: ended(session),
  effects: [{ kind: 'respond', apdu: encodeResponseApdu(data, 0x9000) }, { kind: 'finished', outcome }],
});

/** Answers the error's status word and drops the transaction. */
export const refuseCommand = (session: DeviceSession, error: AliroError): DeviceStep => {
  const respond: DeviceEffect = { kind: 'respond', apdu: encodeResponseApdu(EMPTY, error.statusWord) };
  if (session.phase.kind === 'ended') return { session, effects: [respond] };
  return { session: ended(session), effects: [respond, { kind: 'finished', outcome: { kind: 'failed', error } }] };
};

/** Another application was asked for before a transaction began: said so, and nothing is lost. */
export const passOver = (session: DeviceSession, error: AliroError): DeviceStep => ({
  session: inPhase(session, { kind: 'idle' }),
  effects: [{ kind: 'respond', apdu: encodeResponseApdu(EMPTY, error.statusWord) }],
});

// What a user device's session is made of: its phases as a union, and the three ways in which a step can end: an answer, a
// refusal that drops the transaction (SPEC §3.8), the close. An ephemeral key serves one transaction, so an ended session stays so.

import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { encodeResponseApdu, partBytes, servePart, type ExtendedLength, type PartialCommand } from '../protocol/apdu.ts';
import type { KeyRequest } from '../protocol/auth1.ts';
import type { AliroError } from '../protocol/errors.ts';
import type { ItemsRequest } from '../documents/device-request.ts';
import type { StoredDocument } from '../documents/device-response.ts';
import { signals, withSignals, type DeviceSignals, type Signal } from '../protocol/device-signals.ts';
import type { Closing } from '../protocol/exchange.ts';
import type { FastKeys, KeyContext, SessionKeys } from '../protocol/key-schedule.ts';
import type { Mailbox } from '../protocol/mailbox.ts';
import type { PersistentCache } from '../protocol/persistent-cache.ts';
import { openChannel, type Channel } from '../protocol/secure-channel.ts';
import { offeredLength } from '../protocol/select.ts';
import { newestSigned } from './signed-time.ts';

/** One site: its identifier (16), its group identifier key (65; the issuer's where certificates are used), our credential (65). */
export type DeviceGroup = {
  readonly groupIdentifier: Bytes;
  readonly groupIdentifierKey: Bytes;
  readonly credentialKey: Bytes;
  /** Given in step-up to whoever asks under this credential's keys. */
  readonly documents?: readonly StoredDocument[];
  /** Which of many documents are given to a reader that asks for these; left out: all that hold an element that is asked for. */
  readonly choose?: (requests: readonly ItemsRequest[]) => readonly StoredDocument[];
  /** At most `MAX_MAILBOX_BYTES`; absent: no mailbox. */
  readonly mailbox?: Bytes;
};

export type DeviceConfig = {
  /** Expedited versions offered, e.g. 0x0100; 1 to 16. */
  readonly versions: readonly number[];
  /** SPEC §4.3 and `INTERFACES` of vendor.ts. */
  readonly interfaceByte: number;
  /** As `ClosingConfig` says; the same on both sides. */
  readonly closing?: Closing;
  /** Bytes of a whole APDU, 261 to 65535. Offered (7F66) when given, and by default (4096) on Bluetooth, contact and relay. */
  readonly maxCommand?: number;
  readonly maxResponse?: number;
  readonly groups: readonly DeviceGroup[];
  /** The value of B2 (encodeCommand), at most 127 bytes. */
  readonly command?: Bytes;
  /** Bits of SPEC §3.4 to be set besides those that documents, mailbox and `stepUpSelect` set. */
  readonly signaling?: number;
  /** Whether the step-up application must be selected before its documents are given. */
  readonly stepUpSelect?: boolean;
  /** Under reader identifier ‖ credential key. A user who must be verified (policy 03) is never passed by the fast phase. */
  readonly persistentKeys?: PersistentCache;
  /** Whether the persistent key of a standard phase is derived, to be remembered. */
  readonly remembers?: boolean;
  /** The common name that the reader's certificate must bear; when it answers one, a certificate is required. */
  readonly expectSubject?: (subIdentifier: Bytes) => string | undefined;
  /** A trusted clock; the reader certificate's dates are checked when given. */
  readonly now?: Instant;
};

/** What the shell must do. After `finished` the session refuses everything; a new SELECT belongs to a new session. */
export type DeviceEffect =
  | { readonly kind: 'respond'; readonly apdu: Bytes }
  | { readonly kind: 'sign'; readonly message: Bytes; readonly credentialKey: Bytes; readonly authenticationPolicy: number }
  /** Kpersistent of this reader and credential (SPEC §4.4): `rememberKey` under `owner`, for a later fast phase. */
  | { readonly kind: 'remember'; readonly owner: Bytes; readonly key: Secret }
  /** The mailbox's new content, to be stored before the answer goes out. */
  | { readonly kind: 'storeMailbox'; readonly groupIdentifier: Bytes; readonly content: Bytes }
  | { readonly kind: 'finished'; readonly outcome: DeviceOutcome };

export type DeviceOutcome =
  | { readonly kind: 'completed'; readonly readerStatus: number }
  | { readonly kind: 'failed'; readonly error: AliroError };

/** From AUTH0 on. `certificate`: as LOAD CERT brought it, unread. `fast`: the keys of our cryptogram, until AUTH1 comes. */
export type DeviceTransaction = {
  readonly group: DeviceGroup;
  readonly context: KeyContext;
  readonly certificate?: Bytes;
  readonly fast?: FastKeys;
};

/** Where the step-up stands: not to be had (fast phase), to be had (`selected`: its application was), begun. */
export type StepUp =
  | { readonly kind: 'none' }
  | { readonly kind: 'offered'; readonly key: Secret; readonly selected: boolean }
  | { readonly kind: 'begun' };

/** The reader has proved itself; `channel` is the expedited phase's, then the step-up's. */
export type Secured = {
  readonly kind: 'secured';
  readonly group: DeviceGroup;
  readonly keys: SessionKeys;
  readonly channel: Channel;
  readonly stepUp: StepUp;
  readonly ranged: boolean;
  readonly mailbox: Mailbox | undefined;
};

export type DevicePhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'selected'; readonly proprietary: Bytes }
  | { readonly kind: 'begun'; readonly transaction: DeviceTransaction }
  | { readonly kind: 'signing'; readonly transaction: DeviceTransaction; readonly keyRequest: KeyRequest; readonly extended: boolean }
  | Secured
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

const documentTimes = (group: DeviceGroup): Pick<DeviceSignals, 'accessSigned' | 'revocationSigned'> => {
  const [accessSigned, revocationSigned] = [newestSigned(group.documents ?? [], 'aliro-a'), newestSigned(group.documents ?? [], 'aliro-r')];
  return { ...(accessSigned !== undefined && { accessSigned }), ...(revocationSigned !== undefined && { revocationSigned }) };
};

/** Documents, mailbox and the configured bits. */
const signalingOf = (config: DeviceConfig, group: DeviceGroup): number => {
  const { documents = [], mailbox } = group;
  const set: readonly (Signal | false)[] = [
    documents.some(({ docType }) => docType === 'aliro-a') && 'accessDocument',
    documents.some(({ docType }) => docType === 'aliro-r') && 'revocationDocument',
    config.stepUpSelect === true && 'stepUpSelect',
    mailbox !== undefined && 'mailboxReadable',
    mailbox !== undefined && 'mailboxWritable',
    mailbox !== undefined && 'mailboxInStepUp',
    mailbox?.some((byte) => byte !== 0) === true && 'mailboxNotEmpty',
  ];
  return withSignals(config.signaling ?? 0, ...set.filter((signal) => signal !== false));
};

/** What we say of ourselves in AUTH1 and in the cryptogram (SPEC §3.4): the bits, and when the newest documents were signed. */
export const signalsOf = (config: DeviceConfig, group: DeviceGroup): DeviceSignals => ({
  signaling: signalingOf(config, group),
  ...documentTimes(group),
});

/** Whether the step-up application must be selected first, as our signals say. */
export const needsStepUpSelect = (config: DeviceConfig, group: DeviceGroup): boolean => signals(signalingOf(config, group), 'stepUpSelect');

/** The phase once keys are agreed; the mailbox is the group's. */
export const securedBy = (group: DeviceGroup, keys: SessionKeys, stepUp: StepUp): Secured => ({
  kind: 'secured',
  group,
  keys,
  channel: openChannel(keys.expedited),
  stepUp,
  ranged: false,
  mailbox: group.mailbox && { stored: group.mailbox },
});

/** The session in another phase, with nothing half received or half sent. */
export const inPhase = (session: DeviceSession, phase: DevicePhase): DeviceSession => {
  const { config, ephemeralPrivateKey, cryptogram } = session;
  return cryptogram === undefined ? { config, ephemeralPrivateKey, phase } : { config, ephemeralPrivateKey, cryptogram, phase };
};

const part = (session: DeviceSession, data: Bytes, limit: number, before: readonly DeviceEffect[] = []): DeviceStep => {
  const { apdu, rest } = servePart(data, limit);
  return {
    session: rest.length > 0 ? { ...session, held: { rest, limit } } : session,
    effects: [...before, { kind: 'respond', apdu }],
  };
};

/** Answers `data` with 9000, in as many parts as it needs, and goes on in `phase`; the effects `before` come first. */
export const answer = (
  session: DeviceSession, phase: DevicePhase, data: Bytes, extended: boolean, before: readonly DeviceEffect[] = [],
): DeviceStep => part(inPhase(session, phase), data, partBytes(extended, offerOf(session.config)), before);

/** Answers GET RESPONSE; undefined: nothing is held. */
export const answerRest = (session: DeviceSession): DeviceStep | undefined =>
  session.held && part(inPhase(session, session.phase), session.held.rest, session.held.limit);

export const acknowledgePiece = (session: DeviceSession, partial: PartialCommand): DeviceStep => ({
  session: { ...inPhase(session, session.phase), partial },
  effects: [{ kind: 'respond', apdu: encodeResponseApdu(EMPTY, 0x9000) }],
});

/** Answers and closes; what does not fit into one part can still be fetched. `data` is for what stands inside the secure channel. */
export const finish = (
  session: DeviceSession, outcome: DeviceOutcome, data: Bytes, extended: boolean, before: readonly DeviceEffect[] = [],
): DeviceStep => {
  const { session: closed, effects } = answer(session, { kind: 'ended' }, data, extended, before);
  return { session: closed, effects: [...effects, { kind: 'finished', outcome }] };
};

/** Answers the error's status word and drops the transaction. */
export const refuseCommand = (session: DeviceSession, error: AliroError): DeviceStep => {
  const respond: DeviceEffect = { kind: 'respond', apdu: encodeResponseApdu(EMPTY, error.statusWord) };
  if (session.phase.kind === 'ended') return { session, effects: [respond] };
  return { session: inPhase(session, { kind: 'ended' }), effects: [respond, { kind: 'finished', outcome: { kind: 'failed', error } }] };
};

/** Another application was asked for before a transaction began: said so, and nothing is lost. */
export const passOver = (session: DeviceSession, error: AliroError): DeviceStep => ({
  session: inPhase(session, { kind: 'idle' }),
  effects: [{ kind: 'respond', apdu: encodeResponseApdu(EMPTY, error.statusWord) }],
});

// The whole state of a lock: one value, replaced by each step. Lists are bounded where they grow (the bound stands beside
// what grows them). Times that end in Ms and have no other word are monotonic.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Authenticated, ReaderSession } from '@mortise/aliro/reader.ts';
import type { CardSession } from '@mortise/cards/card-session.ts';
import type { ProductName } from '@mortise/cards/product.ts';
import type { Clock } from '@mortise/access/clock.ts';
import type { DocumentMemory } from '@mortise/access/document-memory.ts';
import type { NetworkAnswerBody, OwnerSetAnswerBody, RosterAnswerBody } from '@mortise/courier/link-body.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { LockKeyed, LockOpened } from '@mortise/documents/adoption.ts';
import type { CheckedOffer, Offer } from '@mortise/documents/adoption-offer.ts';
import type { ChainPoint, Entry } from '@mortise/journal/chain.ts';
import type { Status } from '@mortise/courier/status.ts';
import type { JournalRecord, Sensed } from '@mortise/journal/record.ts';
import type { CardEntry } from '@mortise/documents/card-entry.ts';
import type { FingerEntry } from '@mortise/documents/finger-entry.ts';
import type { BatteryLevel, BatteryPart } from './battery.ts';
import type { Ask, BoltState } from './bolt.ts';
import type { Door } from './door.ts';
import type { EntrySignal, EntryVerb, Position } from './events.ts';
import type { LockEntries } from './entry-memory.ts';
import type { Carrier, Peer } from './peer.ts';
import type { Hold, HoldKey } from './hold.ts';
import type { KeptRevocation } from './kept-revocations.ts';
import type { Mechanism } from './mechanism.ts';
import type { Profile } from './profile.ts';
import type { Power } from './roster-authority.ts';
import type { Relock } from './relock.ts';
import type { TemperatureBand } from './temperature.ts';

/** The public halves (65 bytes each) of the keys that the shell holds, and the seal key, which the lock itself uses. */
export type LockKeys = {
  readonly identityKey: Bytes;
  readonly readerKey: Bytes;
  readonly linkKey: Bytes;
  readonly seal: KeyPair;
  /** At most 64 characters each. */
  readonly model: string;
  readonly firmware: string;
};

export type LockState = {
  readonly profile: Profile;
  readonly mechanism: Mechanism;
  readonly keys: LockKeys;
  readonly lockId: LockId;
  readonly membership: Factory | Adopted;
  readonly sensors: Sensors;
  readonly relock: Relock;
  readonly hold: Hold;
  /** From the record of a reset to the end of this lock. */
  readonly resetting: Resetting | undefined;
  /** Granted and on their way: the motor works for them. At most MAX_OPERATIONS. */
  readonly operations: readonly Operation[];
  /** At most MAX_SESSIONS over the relay, and one for each near connection. */
  readonly sessions: readonly Session[];
  /** At most as many as the profile says. */
  readonly near: readonly NearConnection[];
  /** In hex, the newest last; at most MAX_REQUEST_IDS. */
  readonly requestIds: readonly string[];
  /** Of access documents: as the last decision left it, which may not be durable yet; then that decision has not moved anything either. */
  readonly documents: DocumentMemory;
  /** Of PINs, codes, cards and fingers, likewise. */
  readonly entries: LockEntries;
  /** Slots of the finger sensor that hold a finger, undefined without a sensor; and the one that it was told to fill last, which is waited for until `untilMs`. */
  readonly fingers: { readonly slots: readonly number[] | undefined; readonly enrolling: (Pick<FingerEntry, 'slot' | 'pseudonym'> & { readonly untilMs: number }) | undefined };
  /** The card that lies on the reader and is being asked. */
  readonly card: CardVisit | undefined;
  /** Names of Revocation Documents (access' revocation-document.ts) that the journal tells of, the newest last; at most MAX_SEEN_REVOCATIONS. */
  readonly seenRevocations: readonly string[];
  /** The newest Revocation Document of each issuer, of a lock that hands them on; at most MAX_KEPT_ISSUERS. */
  readonly keptRevocations: readonly KeptRevocation[];
  readonly journal: JournalState;
  /** What waits for `stored`; at most MAX_PENDING_STORES. */
  readonly stores: readonly PendingStore[];
  /** What waits for `signed`; at most MAX_PENDING_SIGNATURES. */
  readonly signatures: readonly PendingSignature[];
  readonly outbox: Outbox;
  readonly status: StatusDesk;
  readonly clock: Clock;
  readonly question: TimeQuestionState;
  readonly link: { readonly isUp: boolean; readonly seq: number };
  /** Whether `started` came: what is sensed before is how the lock was found, not a change. */
  readonly isStarted: boolean;
  /** For each allowed decision that the last run left without an operation. At most MAX_OPERATIONS. */
  readonly unfinished: readonly Actor[];
  /** How the last record that is durable says that the bolt stood; undefined: there is none. */
  readonly leftBolt: Sensed['bolt'] | undefined;
  readonly nextId: number;
  /** When the shell must send a `tick` at the latest; undefined: nothing waits. */
  readonly nextWakeMs: number | undefined;
};

/** `seq`: of the record of the reset; `untilMs`: monotonic; `isOrdered`: the shell was told to erase. */
export type Resetting = { readonly seq: number; readonly untilMs: number; readonly isOrdered: boolean };

/** In factory state, or waiting for an owner. `blockedUntilMs`: too many wrong codes; it does not listen before. */
export type Factory = {
  readonly kind: 'factory';
  readonly setupSecret: Secret;
  /** Wrong codes in a row; survives a restart. */
  readonly wrongOffers: number;
  readonly blockedUntilMs: number;
  /** One over the relay, the newest, and one for each near connection. */
  readonly handshakes: readonly Handshake[];
};

/** One adoption under way, tied to one browser socket or near connection; one offer may follow until `deadlineMs`. */
export type Handshake = { readonly peer: Peer; readonly keyed: LockKeyed; readonly deadlineMs: number };

/**
 * Owned. Whose documents count, and the PINs, are opened once for this owner set and roster. `papers` are the documents as they were
 * received; `rosterBytes` the newest roster; `statement` the lock's signed word that it was adopted, undefined until it is signed.
 * There is only ever one, and it is said only once it is durable.
 */
export type Adopted = CheckedOffer & Power & {
  readonly kind: 'adopted';
  readonly papers: Omit<Offer, 'roster'>;
  readonly rosterBytes: Bytes;
  readonly statement: Bytes | undefined;
};

/** The owner who still waits for the lock's word on an offer. */
export type WaitingOwner = { readonly peer: Peer; readonly opened: LockOpened };

/**
 * What the sensors said last, and since when (monotonic) the bolt is said to be so. `position`: as its sensor put it, undefined before it spoke; `movedMs`: when it moved last
 * though nobody inside and no command moved it; `drivenBy`: why it is driven though nobody asked, until it is there. `batteryMv` undefined: not measured; `levels`: of
 * each part that speaks; `reserveSpent`: openings made since the main battery is in reserve. `fireAgainMs`: when the fire release is tried again; `toldUnlockedMs`: of
 * which stay, by when it began, was told that the door was left unlocked.
 */
export type Sensors = {
  readonly bolt: BoltState;
  readonly boltSinceMs: number;
  readonly position: Position | undefined;
  readonly movedMs: number | undefined;
  readonly drivenBy: JournalRecord['reason'] | undefined;
  readonly door: Door;
  readonly batteryMv: number | undefined;
  readonly levels: { readonly [P in BatteryPart]?: BatteryLevel };
  readonly reserveSpent: number;
  readonly exit: boolean;
  readonly fire: boolean;
  readonly fireAgainMs: number | undefined;
  readonly tamper: boolean;
  readonly hasPower: boolean;
  readonly celsius: number | undefined;
  readonly band: TemperatureBand;
  readonly toldUnlockedMs: number | undefined;
};

/** Who and what a record is about; the same in a decision and in the operation that follows it. */
export type Actor = Pick<JournalRecord, 'verb' | 'interface' | 'credential' | 'pseudonym' | 'grant' | 'rule' | 'transactionId' | 'requestId'>;

/** `entry`: which of the roster's entries the card is asked for now; `others`: that it may be as well, tried after it. Past `deadlineMs` it is not waited for. */
export type CardVisit = {
  readonly product: ProductName;
  readonly session: CardSession;
  readonly entry: CardEntry;
  readonly others: readonly CardEntry[];
  readonly verb: EntryVerb;
  readonly deadlineMs: number;
};

/**
 * A granted movement. Past `validUntilMs` it is not begun any more. `peer`: who waits for the receipt; without one it is the lock's own, and `own` says whose. `holdUntil`: of
 * one that is to stay unlocked, until when; `holdBy`: by which lent key.
 */
export type Operation = {
  readonly ask: Ask;
  readonly own?: 'relock' | 'hours';
  readonly holdUntil?: Instant;
  readonly holdBy?: HoldKey;
  readonly actor: Actor;
  readonly reason: JournalRecord['reason'];
  readonly peer: Peer | undefined;
  readonly validUntilMs: number;
  /** Of an entry: whether it says who stands there, so that the sensor may learn their finger. Not under duress. */
  readonly vouches?: boolean;
};

/**
 * `opened`: before the lock's AUTH0; `authenticating`: after it, 5 s over the relay and 2 s near; `steppingUp`: the credential has proven
 * itself and is asked for its documents, within the same time; `deciding`: the decision is being stored;
 * `told`: the credential knows, its receipt is to come; `ending`: it knows, and gets none. Past `deadlineMs` the session goes.
 */
export type SessionStage = 'opened' | 'authenticating' | 'steppingUp' | 'deciding' | 'told' | 'ending';
export type Session = {
  readonly peer: Peer;
  readonly reader: ReaderSession;
  readonly stage: SessionStage;
  readonly deadlineMs: number;
  /** Whether AUTH0 was answered: an attempt then, to be recorded if it leads to nothing. */
  readonly wasAnswered: boolean;
  /** From `steppingUp` on: who is asked for documents. */
  readonly proven?: Authenticated;
};

/** A phone at the door. `isProven`: a key of the roster, or one that a decision allowed, has shown itself: it may carry. */
export type NearConnection = {
  readonly connection: number;
  readonly touchedMs: number;
  /** Begun here; at most MAX_NEAR_TRANSACTIONS. */
  readonly transactions: number;
  /** Spoiled frames that came over its wire; at most MAX_NEAR_NOISE. */
  readonly noise: number;
  /** Adoption messages that came from it; at most MAX_NEAR_ADOPTION_MESSAGES. */
  readonly adoptionMessages: number;
  readonly isProven: boolean;
  /** From the end of the first transaction of a proven one on; where the time is asked for first, from the beginning. */
  readonly carrying: Carrying | undefined;
  /** Whose opening it was that this contact saw last: the bolt's return is theirs. Only where the hand moves it. */
  readonly opened: Actor | undefined;
};

/**
 * `seq`: of the next link message to the phone; `taken`: how many came from it, at most MAX_CARRIED; `isStatementWanted`: its word of
 * its adoption is still to be said; `areRevocationsWanted`: those that the lock keeps are still to be handed on; `told`: what the last status to it said that the lock holds; `question`: the lock's own to the time keys, by
 * this phone; `from`: entries up to it the phone holds; `batch`: the one on its way, until the phone says that it took it.
 */
export type Carrying = {
  readonly seq: number;
  readonly taken: number;
  /** Of the status that it was told last. */
  readonly told: Pick<Status, 'rosterVersion' | 'ownerSequence' | 'bolt'> | undefined;
  readonly isStatementWanted: boolean;
  readonly areRevocationsWanted: boolean;
  readonly question: Pick<TimeQuestionState, 'nonce' | 'askedAtMs'>;
  readonly from: ChainPoint;
  readonly batch: { readonly kind: 'idle' } | { readonly kind: 'signing' } | { readonly kind: 'sent'; readonly seq: number; readonly to: ChainPoint };
};

/**
 * `held`: entries that are not acknowledged, at most as many as the profile says, the first one after `from`; `durable`: the last entry that
 * is stored with all before it; `sentUpTo`: the last one that this run has sent, or that an earlier one may have; `kept`: the last entries up to `from`,
 * bounded likewise, for a hub that turns out to have lost them; `noise`: which of the held are of what proves nothing, by their numbers; `missed`: attempts that were not recorded and of which no record tells yet; `acknowledgedAt`: when the hub said the newest acknowledgement that this
 * run took, an older one being of no account.
 */
export type JournalState = {
  readonly last: ChainPoint;
  readonly durable: number;
  readonly acknowledged: number;
  readonly from: ChainPoint;
  readonly held: readonly Entry[];
  readonly sentUpTo: number;
  readonly kept: readonly Entry[];
  readonly acknowledgedAt: Instant | undefined;
  readonly noise: readonly number[];
  readonly missed: number;
  readonly unproven: UnprovenWindow;
};

/** Records of what proves no credential, counted by the minute. `suppressed`: not recorded for their number. */
export type UnprovenWindow = { readonly startMs: number; readonly count: number; readonly suppressed: number };

/** `seq`: the last journal entry of the write, 0 without one. */
export type PendingStore = { readonly id: number; readonly seq: number; readonly after: AfterStored };
export type AfterStored =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'granted'; readonly operation: Operation }
  | { readonly kind: 'refused'; readonly peer: Peer; readonly status: number; readonly receipt: ReceiptParts | undefined }
  | { readonly kind: 'turnedAway'; readonly signal: EntrySignal }
  | { readonly kind: 'synced'; readonly peer: Peer; readonly receipt: ReceiptParts }
  | { readonly kind: 'holdEnded'; readonly peer: Peer; readonly receipt: ReceiptParts }
  | { readonly kind: 'operated' | 'returned'; readonly peer: Peer; readonly receipt: ReceiptParts }
  | { readonly kind: 'adoptionAnswer'; readonly to: Peer; readonly step: number; readonly message: Bytes }
  | { readonly kind: 'adopted'; readonly owner: WaitingOwner }
  | { readonly kind: 'stated'; readonly owner: WaitingOwner | undefined }
  | { readonly kind: 'rosterAnswer'; readonly to: Carrier; readonly answer: RosterAnswerBody }
  | { readonly kind: 'ownerSetAnswer'; readonly to: Carrier; readonly answer: OwnerSetAnswerBody }
  | { readonly kind: 'networkAnswer'; readonly to: Carrier; readonly answer: NetworkAnswerBody };

export type ReceiptParts = { readonly entry: Entry; readonly previousHead: Bytes };

export type PendingSignature = { readonly id: number; readonly after: AfterSigned };
export type AfterSigned =
  | { readonly kind: 'reader'; readonly peer: Peer }
  /** `ends`: whether the session ends with it; that of the bolt's return comes after its end. */
  | { readonly kind: 'receipt'; readonly peer: Peer; readonly receipt: ReceiptParts; readonly ends: boolean }
  | { readonly kind: 'batch'; readonly to: Carrier; readonly from: ChainPoint; readonly entries: readonly Entry[] }
  | { readonly kind: 'status'; readonly to: Carrier; readonly assemble: (signature: Bytes) => Bytes }
  | { readonly kind: 'adoptionAnswer'; readonly to: Peer; readonly assemble: (signature: Bytes) => Bytes }
  | { readonly kind: 'adoptionStatement'; readonly owner: WaitingOwner | undefined; readonly assemble: (signature: Bytes) => Bytes };

/** At most one batch is on its way. `sent`: until it is acknowledged, or again at `againMs`. */
export type Outbox =
  | { readonly kind: 'idle' }
  | { readonly kind: 'signing' }
  | { readonly kind: 'sent'; readonly upTo: number; readonly againMs: number };

/** `count`: of the last status of this life; `nextMs`: when the lock says by itself how it is. */
export type StatusDesk = { readonly count: number; readonly isWanted: boolean; readonly nextMs: number };

/** The question to the time keys: the open one's `nonce` (undefined: none) and when it was asked; `nextMs`: when to ask again. */
export type TimeQuestionState = { readonly nonce: Bytes | undefined; readonly askedAtMs: number; readonly nextMs: number };

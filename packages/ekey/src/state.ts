// The whole state of an electronic key: one value, replaced by each step. Lists are bounded where they grow. Times that end in Ms and have
// no other word are monotonic.

import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId, SiteId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Enrolment, ToKeyType } from '@mortise/courier/key-message.ts';
import type { KeyOrders } from '@mortise/courier/key-orders.ts';
import type { FromLockType, ToLockType } from '@mortise/courier/link-message.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { ChainPoint, Entry } from '@mortise/journal/chain.ts';
import type { ExpectedReceipt } from '@mortise/journal/receipt.ts';
import type { Operation } from '@mortise/wallet/operation.ts';
import type { TouchVia } from './events.ts';
import type { KeyClock } from './key-clock.ts';
import type { SignalName } from './signal-table.ts';

/** The public halves (65 bytes each) of the keys that the shell holds, and the secret under which the PIN's verifier is kept. */
export type EkeyKeys = {
  /** Signs journal heads, status and time answers; the key's id is its hash. */
  readonly identityKey: Bytes;
  /** Aliro's user device. */
  readonly credentialKey: Bytes;
  /** 32 bytes. */
  readonly pinSecret: Secret;
};

export type EkeyState = {
  readonly keys: EkeyKeys;
  readonly keyId: LockId;
  readonly membership: Membership;
  readonly clock: KeyClock;
  readonly orders: KeyOrders | undefined;
  /** Newer orders whose items are being gathered. */
  readonly staged: KeyOrders | undefined;
  /** By the digest in hex: those that the orders name, and staged ones; at most 2 * MAX_ITEMS. */
  readonly items: ReadonlyMap<string, Bytes>;
  /** What the orders' items say, read once. */
  readonly holdings: Holdings;
  /** The newest of each issuer; at most MAX_REVOCATIONS. */
  readonly revocations: readonly HeldRevocation[];
  readonly bag: Bag;
  readonly journal: JournalState;
  readonly contact: Contact | undefined;
  readonly update: Update | undefined;
  readonly pin: PinState;
  /** Undefined: not measured. */
  readonly batteryMv: number | undefined;
  /** What just happened, for the hand that holds the key. */
  readonly shown: Shown | undefined;
  /** What waits for `stored`; at most MAX_PENDING_STORES. */
  readonly stores: readonly PendingStore[];
  /** What waits for `signed`; at most MAX_PENDING_SIGNATURES. */
  readonly signatures: readonly PendingSignature[];
  /** Of the last status of this life. */
  readonly statusCount: number;
  /** A contact that the last life left without an end. */
  readonly unfinished: BegunContact | undefined;
  readonly isStarted: boolean;
  readonly nextId: number;
  /** When the shell must send a `tick` at the latest; undefined: nothing waits. */
  readonly nextWakeMs: number | undefined;
};

/** A key of nobody takes the first site that enrols it; only keys that are made anew (reset) take another. */
export type Membership = { readonly kind: 'factory' } | Enrolled;
export type Enrolled = {
  readonly kind: 'enrolled';
  readonly siteId: SiteId;
  readonly ownerSet: OwnerSet;
  readonly readerIssuerKey: Bytes;
  /** Records leave the key sealed to it. */
  readonly journalKey: Bytes;
  readonly papers: Enrolment;
};

/** `places`: element identifiers; `stamps`: about this document. */
export type HeldGrant = { readonly document: StoredDocument; readonly places: ReadonlySet<string>; readonly stamps: readonly StoredDocument[] };

/** `own`: the certificate of the key's own clock, and by how many ppm that may run wrong. */
export type Holdings = {
  readonly grants: readonly HeldGrant[];
  readonly hubTimeKeys: readonly Bytes[];
  readonly own: { readonly certificate: Bytes; readonly driftPpm: number; readonly until: Instant } | undefined;
  readonly delegations: readonly Bytes[];
};

/** `issuer`: its key identifier in hex. */
export type HeldRevocation = { readonly issuer: string; readonly signed: Instant; readonly bytes: Bytes };

/** `number`: of the value in the store. `message`: as it came, a whole link message. */
export type Posted<Type> = { readonly number: number; readonly lockId: LockId; readonly type: Type; readonly body: Bytes; readonly message: Bytes };
/** For locks and from them; each way bounded in bytes (bag.ts). */
export type Bag = { readonly forLocks: readonly Posted<ToLockType>[]; readonly fromLocks: readonly Posted<FromLockType>[]; readonly nextNumber: number };

/**
 * `entries`: all that are kept, at most MAX_KEY_ENTRIES, the first after `from`; `acknowledged`: the last that is safe at the hub; `durable`: the last
 * that is stored with all before it; `sentUpTo`: the last that may have left the key; `acknowledgedAt`: when the hub said the newest acknowledgement.
 */
export type JournalState = {
  readonly last: ChainPoint;
  readonly durable: number;
  readonly acknowledged: number;
  readonly from: ChainPoint;
  readonly entries: readonly Entry[];
  readonly sentUpTo: number;
  readonly acknowledgedAt: Instant | undefined;
  readonly unproven: { readonly startMs: number; readonly count: number; readonly suppressed: number };
};

/** What is durable before the key proves itself to a lock. */
export type BegunContact = { readonly lockId: LockId; readonly instant: Instant };

/**
 * `met`: before the lock said who it is; `timing`: it may ask for the time first, until `deadlineMs`; `operating`: Aliro's transaction, until
 * `deadlineMs`; `after`: it is over, what follows is carrying and the bolt's return; `over`: nothing is said any more.
 */
export type Contact = {
  /** Never used twice in one life: what was asked for one contact has no effect on the next. */
  readonly number: number;
  readonly via: TouchVia;
  readonly verb: 'unlock' | 'lock' | 'syncOnly';
  readonly lockId: LockId | undefined;
  readonly stage: 'met' | 'timing' | 'operating' | 'after' | 'over';
  readonly deadlineMs: number;
  /** When the credential must have signed. */
  readonly proofMs: number;
  readonly operation: Operation | undefined;
  /** Whether that the contact began is durable; before, the credential signs nothing: the message that waits is `heldSign`. */
  readonly isDurable: boolean;
  readonly heldSign: Bytes | undefined;
  /** How the transaction ended. */
  readonly end: 'opened' | 'closed' | 'refused' | 'broken' | undefined;
  /** Of what a second receipt must be. */
  readonly expected: ExpectedReceipt | undefined;
  readonly frames: number;
  /** Of the next link message to the lock; whether it was given what is for it. */
  readonly seq: number;
  readonly hasGiven: boolean;
  /** The lock's question for the time that is being answered. */
  readonly isAnsweringTime: boolean;
  /** The roster for a lock that refused: it was not given, was given, or was taken and the key asks once more. */
  readonly roster: 'kept' | 'given' | 'taken';
};

/**
 * Somebody who updates the key. `seq`: of the next message to him; `taken`: how many came; `question`: the key's own to the hub's time keys; `from`:
 * entries up to it he holds; `sending`: what he has not said that he took; `posted`: numbers of posts that he took.
 */
export type Update = {
  readonly seq: number;
  readonly taken: number;
  readonly isStatusWanted: boolean;
  readonly question: { readonly nonce: Bytes | undefined; readonly askedAtMs: number };
  readonly from: ChainPoint;
  readonly sending: Sending;
  readonly posted: ReadonlySet<number>;
};
export type Sending =
  | { readonly kind: 'idle' }
  | { readonly kind: 'signing' }
  | { readonly kind: 'batch'; readonly seq: number; readonly to: ChainPoint }
  | { readonly kind: 'post'; readonly seq: number; readonly number: number };

/** `wrong`: tries in a row that were not right, or not judged yet; survives a restart. */
export type PinState = {
  readonly verifier: Bytes | undefined;
  readonly epoch: number;
  readonly wrong: number;
  readonly blockedUntilMs: number;
  readonly unlockedUntilMs: number;
  readonly isJudging: boolean;
};

export type Shown = { readonly name: SignalName; readonly reason?: Reason; readonly untilMs: number };

/** `seq`: the last journal entry of the write, 0 without one. */
export type PendingStore = { readonly id: number; readonly seq: number; readonly after: AfterStored };
export type AfterStored =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'answer'; readonly to: ToKeyType; readonly code: string }
  | { readonly kind: 'contactBegun'; readonly contact: number }
  | { readonly kind: 'tookFromLock'; readonly contact: number; readonly seq: number }
  | { readonly kind: 'pinTried'; readonly isRight: boolean };

export type PendingSignature = { readonly id: number; readonly after: AfterSigned };
export type AfterSigned =
  | { readonly kind: 'credential'; readonly contact: number }
  | { readonly kind: 'time'; readonly contact: number; readonly certificate: Bytes; readonly assemble: (signature: Bytes) => Bytes }
  | { readonly kind: 'status'; readonly assemble: (signature: Bytes) => Bytes }
  | { readonly kind: 'batch'; readonly from: ChainPoint; readonly entries: readonly Entry[]; readonly assemble: (signature: Bytes) => Bytes };

// How a lock is, by its own word. The hub shows it, and a hub may lie: only what the lock signed counts, nothing that is older than
// what was seen already, and nothing that nobody could tell from a state of long ago. Whoever shows a door asks here what to believe.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { isAfter, openStatus, type Status, type Warning } from '@mortise/courier/status.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { lockIdOf } from '@mortise/documents/adoption-statement.ts';
import type { Receipt } from '@mortise/journal/receipt.ts';
import type { JournalRecord, Sensed } from '@mortise/journal/record.ts';

/** A lock on its link says how it is every 30 s: three in a row were lost, or somebody keeps them. Also how far two clocks may differ. */
export const MAX_STATUS_AGE_MS = 90_000;

/** What a lock signed, in a status or in a receipt (`count` 0: before any status at the same journal entry). */
export type Said = Pick<Status, 'bolt' | 'door' | 'batteryMv' | 'since' | 'relockAt' | 'built' | 'held' | 'warnings' | 'reserve' | 'instant' | 'seq' | 'count'>;

/** `newest`: the newest word that was proven; `isForged`: what came last is not the lock's. */
export type LockWord = { readonly newest: Said | undefined; readonly isForged: boolean };
export const NO_WORD: LockWord = { newest: undefined, isForged: false };

/**
 * What is known of who a lock belongs to: `signed`: an owner of the site signed for it (lock-papers.ts); `unseen`: not looked at yet;
 * `refused`: no owner did; `site-unknown`: the hub shows another site than the one whose keys are held here.
 */
export type Standing = 'signed' | 'unseen' | 'refused' | 'site-unknown';

export type Lock = { readonly lockId: LockId; readonly identityKey: Bytes };

export type DoubtCode =
  /** A lock that the hub may have made up: not looked at yet; no owner signed for it; of a site that is not known here. */
  | 'lock-unseen'
  | 'lock-refused'
  | 'site-unknown'
  /** The lock did not sign it, or it is another lock's. */
  | 'not-signed'
  /** Nothing is known. */
  | 'not-heard'
  /** Said longer ago than MAX_STATUS_AGE_MS, by the lock's clock and the reader's. */
  | 'too-old'
  /** Said more than MAX_STATUS_AGE_MS from now: the clocks differ, and no age can be told. */
  | 'ahead';
export type Doubt = { readonly code: DoubtCode };

/** What is known after the hub showed `statement`: any bytes. An older word than the newest changes nothing; it is not believed. */
export const hearStatus = (crypto: Crypto, { lockId, identityKey }: Lock, word: LockWord, statement: Bytes): LockWord => {
  const isIdentity = crypto.p256.isPublicKey(identityKey) && lockIdOf(crypto, identityKey) === lockId;
  const opened = isIdentity ? openStatus(crypto, identityKey, lockId, statement) : undefined;
  return opened?.ok === true ? { newest: newer(word.newest, opened.value), isForged: false } : { ...word, isForged: true };
};

/**
 * What is known after a receipt that was verified (operation-outcome.ts). When the lock locks by itself, how it is built and what it warns of is in no record: it stays, as
 * far as what was sensed does not speak against it.
 */
export const hearReceipt = (word: LockWord, { seq, record }: Receipt): LockWord => {
  const { instant, sensed } = record;
  return { newest: newer(word.newest, { ...sensed, ...keptOf(word.newest, record), since: instant, instant, seq, count: 0 }), isForged: false };
};

const keptOf = (before: Said | undefined, { verb, sensed }: JournalRecord): Partial<Said> => {
  if (before === undefined) return {};
  const { relockAt, built, held, warnings, reserve } = before;
  const isHeld = held !== undefined && verb !== 'endHold' && sensed.bolt !== 'locked';
  const stay = warnings?.filter((warning) => STAYS[warning](sensed)) ?? [];
  return {
    ...(relockAt !== undefined && { relockAt }), ...(built && { built }), ...(isHeld && { held }), ...(stay.length > 0 && { warnings: stay }), ...(reserve !== undefined && { reserve }),
  };
};

const always = (): boolean => true;
const STAYS: { readonly [W in Warning]: (sensed: Sensed) => boolean } = {
  ajar: ({ door }) => door === 'open', forced: ({ door }) => door === 'open', leftUnlocked: ({ bolt, door }) => bolt === 'unlocked' && door !== 'open',
  tamper: always, fireRelease: always, powerLost: always,
};

const STANDING_DOUBT: Readonly<Record<Exclude<Standing, 'signed'>, DoubtCode>> = { 'unseen': 'lock-unseen', 'refused': 'lock-refused', 'site-unknown': 'site-unknown' };

/**
 * The word to show at `nowMs` (ms since 1970, the reader's clock), or why none: then the door's state is unknown. A signature shows which
 * lock said it; that the lock is one of the site, and not one that the hub made up to say so, is `standing`.
 */
export const believed = ({ newest, isForged }: LockWord, nowMs: number, standing: Standing): Result<Said, Doubt> => {
  if (standing !== 'signed') return err({ code: STANDING_DOUBT[standing] });
  if (isForged) return err({ code: 'not-signed' });
  if (newest === undefined) return err({ code: 'not-heard' });
  if (nowMs - newest.instant > MAX_STATUS_AGE_MS) return err({ code: 'too-old' });
  return newest.instant - nowMs > MAX_STATUS_AGE_MS ? err({ code: 'ahead' }) : ok(newest);
};

const newer = (before: Said | undefined, said: Said): Said => (before === undefined || isAfter(said, before) ? said : before);

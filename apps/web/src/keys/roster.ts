// Rosters as an owner's browser follows on from them: the newest one, opened against the site's owners, and the next version for a
// phone that is added or takes the place of others, sealed to keys that the lock itself has named.

import { ROUTES, type Body } from '@mortise/api/routes.ts';
import type { Door, DoorLock } from '@mortise/api/locks.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { reopenRoster, type Roster, type SealedEntry } from '@mortise/documents/roster.ts';
import { checkPapers, type SeenRoster } from '@mortise/wallet/lock-papers.ts';
import { proveLock, type ClaimedLock } from '@mortise/wallet/lock-keys.ts';
import { nextRoster, type RosterChange, type RosterChangeError } from '@mortise/wallet/roster-change.ts';
import { call } from '../model/client.ts';
import { lockKeysSentence, papersSentence } from '../words/codes.ts';
import { failureSentence } from '../words/failures.ts';
import type { Authority } from './authority.ts';
import { rememberRoster, seenRoster } from './seen-rosters.ts';
import { storageSentence } from './store.ts';

/** What the hub says of a lock. */
export type SaidLock = Pick<DoorLock, 'lockId' | 'identityKey' | 'readerKey' | 'sealKey' | 'statement'>;

const claimOf = ({ lockId, identityKey, readerKey, sealKey, statement }: SaidLock): ClaimedLock | undefined => {
  const [id, keys] = [parseIdentifier<LockId>(lockId), [identityKey, readerKey, sealKey, statement].map(fromBase64url)];
  const [identity, reader, seal, word] = keys;
  if (id === undefined || identity === undefined || reader === undefined || seal === undefined || word === undefined) return undefined;
  return { lockId: id, identityKey: identity, readerKey: reader, sealKey: seal, statement: word };
};

/**
 * The signed roster that follows `newest`, the newest that the hub shows for this lock; `seen`: the newest that this browser has seen. What
 * the hub says is believed as far as the lock or an owner signed it, and an older roster is not followed: who was removed since would be
 * back. Where the roster stands in its chain the lock checks itself. Errors are sentences.
 */
export const nextDocument = (
  crypto: Crypto, said: SaidLock, { owner, ownerSet }: Signing, newest: Bytes, seen: SeenRoster | undefined, change: RosterChange, entropy: Bytes,
): Result<Bytes, string> => {
  const claimed = claimOf(said);
  const proven = claimed === undefined ? err({ code: 'statement-refused' } as const) : proveLock(crypto, ownerSet.siteId, claimed);
  if (!proven.ok) return err(lockKeysSentence(proven.error));
  const { lockId, sealKey } = proven.value;
  const last = checkPapers(crypto, newest, { siteId: ownerSet.siteId, lockId, ownerKeys: ownerSet.keys }, seen);
  if (!last.ok) return err(papersSentence(last.error));
  const next = nextRoster(crypto, last.value, { owner, sealKey }, change, entropy);
  if (next.ok) return next;
  return err(NO_ROSTER[next.error.code]);
};

const NO_ROSTER: { readonly [C in RosterChangeError['code']]: string } = {
  'too-many-phones': 'It already knows sixteen phones. Take some back first.',
  'no-phones': 'Nobody could open it then.',
  'too-many-entries': 'It has as many of these as it can hold. Take some away first.',
  'roster-full': 'It has no room for more in its roster. Take something away first.',
};

export type Signing = Pick<Authority, 'owner' | 'ownerSet'>;
type Reading = Pick<Authority, 'ownerSet'>;

type Newest = { readonly document: Bytes; readonly seen: SeenRoster | undefined };

const newestOf = async (lock: string, authority: Reading): Promise<Result<Newest, string>> => {
  const lockId = parseIdentifier<LockId>(lock);
  const seen = lockId === undefined ? ok(undefined) : await seenRoster(authority.ownerSet.siteId, lockId);
  if (!seen.ok) return err(storageSentence(seen.error));
  const document = await newestShown(lock, authority, seen.value);
  return document.ok ? ok({ document: document.value, seen: seen.value }) : document;
};

/** The newest roster of a door's lock, as an owner signed it. Errors are sentences. */
export const readRoster = async ({ lock }: Door, authority: Reading): Promise<Result<Roster, string>> => {
  const [lockId, newest] = [parseIdentifier<LockId>(lock.lockId), await newestOf(lock.lockId, authority)];
  if (!newest.ok) return newest;
  if (lockId === undefined) return err(papersSentence({ code: 'malformed' }));
  const { siteId, keys: ownerKeys } = authority.ownerSet;
  const roster = checkPapers(nobleCrypto, newest.value.document, { siteId, lockId, ownerKeys }, newest.value.seen);
  return roster.ok ? roster : err(papersSentence(roster.error));
};

/** What the owner says of entries that a roster holds for the first time (`added`), for the hub to keep with it. */
export type Saying = (added: readonly SealedEntry[]) => Omit<Body<'putRoster'>, 'document'>;
const NOTHING_SAID: Saying = () => ({});

/** Signs the next roster of a door's lock and hands it to the hub for delivery. Errors are sentences. */
export const changeRoster = async ({ lock }: Door, authority: Signing, change: RosterChange, saying: Saying = NOTHING_SAID): Promise<Result<'delivered' | 'waiting', string>> => {
  const newest = await newestOf(lock.lockId, authority);
  if (!newest.ok) return newest;
  const next = nextDocument(nobleCrypto, lock, authority, newest.value.document, newest.value.seen, change, freshEntropy());
  if (!next.ok) return next;
  const put = await hand(lock.lockId, next.value, saying(addedEntries(lock.lockId, authority, newest.value.document, next.value)));
  if (!put.ok) return err(failureSentence(put.error));
  await remember(authority, lock.lockId, next.value);
  return put.value.delivery.delivery === 'refused' ? err('The lock refused the roster.') : ok(put.value.delivery.delivery);
};

const addedEntries = (lock: string, { ownerSet }: Signing, last: Bytes, next: Bytes): readonly SealedEntry[] => {
  const lockId = parseIdentifier<LockId>(lock);
  const [before, after] = [last, next].map((document) => (lockId === undefined ? undefined : reopenRoster(nobleCrypto, document, { siteId: ownerSet.siteId, lockId, ownerKeys: ownerSet.keys })));
  if (before?.ok !== true || after?.ok !== true) return [];
  return after.value.entries.filter(({ sealed }) => !before.value.entries.some((entry) => equalBytes(entry.sealed, sealed)));
};

const hand = (lockId: string, document: Bytes, said: ReturnType<Saying> = {}) => call(ROUTES.putRoster, { parameters: { lockId }, body: { document: base64url(document), ...said } });

// A hub whose backup was put back is given the version that it has lost, if this browser has it and it is the next one.
const newestShown = async (lockId: string, { ownerSet }: Reading, seen: SeenRoster | undefined): Promise<Result<Bytes, string>> => {
  const answer = await call(ROUTES.roster, { parameters: { lockId } });
  if (!answer.ok) return err(failureSentence(answer.error));
  const document = fromBase64url(answer.value.document) ?? new Uint8Array(0);
  const id = parseIdentifier<LockId>(lockId);
  const shown = id === undefined ? undefined : checkPapers(nobleCrypto, document, { siteId: ownerSet.siteId, lockId: id, ownerKeys: ownerSet.keys }, seen);
  if (seen === undefined || shown === undefined || shown.ok || shown.error.code !== 'withheld') return ok(document);
  const given = await hand(lockId, seen.document);
  return ok(given.ok ? seen.document : document);
};

/** Keeps a roster that an owner has signed here for the time when the hub shows an older one. A storage that fails costs no more than that. */
export const remember = async ({ ownerSet }: Signing, lockId: string, document: Bytes): Promise<void> => {
  const id = parseIdentifier<LockId>(lockId);
  const roster = id === undefined ? undefined : reopenRoster(nobleCrypto, document, { siteId: ownerSet.siteId, lockId: id, ownerKeys: ownerSet.keys });
  if (roster?.ok === true) await rememberRoster(roster.value, document);
};

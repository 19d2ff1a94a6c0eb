// A grant as an owner sees it: what is stored of it, what state that is, and how far each lock has heard.

import type { Grant, InvitationState, LockStanding } from '@mortise/api/grants.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { coverage, type Coverage, type CoveredGrant, type LockKnowledge, type OpensUntil } from '@mortise/management/coverage.ts';
import { clockFrom } from '../ekeys/key-word.ts';
import type { Hub } from '../hub.ts';
import { locksOf, siteView, type LockView, type SiteView } from '../site-view.ts';
import { allEkeys } from '../store/ekey-store.ts';
import { ekeyWords } from '../store/ekey-orders-store.ts';
import type { StoredGrant, StoredInvitation } from '../store/grant-store.ts';
import { lockWords, type LockWord } from '../store/lock-word-store.ts';
import { heardRevocations, type HeardRevocation } from '../store/revocation-store.ts';
import { calendarsOf } from '../store/place-store.ts';
import { stateOf } from './grant-state.ts';

/** What is known of locks, for telling about grants. `clocks`: by credential, of electronic keys that somebody has: from when on their clock may be held. `ekeys`: the id of each electronic key, by credential. */
export type Knowledge = {
  readonly view: SiteView; readonly words: ReadonlyMap<string, LockWord>; readonly revocations: ReadonlyMap<string, readonly HeardRevocation[]>;
  readonly calendars: readonly { readonly id: number; readonly days: readonly number[]; readonly untilDay: number }[]; readonly clocks: ReadonlyMap<string, number>; readonly ekeys: ReadonlyMap<string, string>; readonly now: number;
};

/** Grants as owners see them, in the order given. */
export const tellGrants = async (hub: Hub, grants: readonly StoredGrant[]): Promise<Grant[]> => {
  const knowledge = await knowledgeFor(hub, grants);
  return grants.map((grant) => tell(knowledge, grant));
};

export const knowledgeFor = async (hub: Hub, grants: readonly StoredGrant[]): Promise<Knowledge> => {
  const retired = grants.flatMap(({ documents }) => documents.filter(({ retiredAt }) => retiredAt !== null).map(({ accessId }) => accessId));
  return {
    view: await siteView(hub), words: await lockWords(hub.database), calendars: await calendarsOf(hub.database), ...await keysOf(hub.database), now: hub.now(),
    revocations: Map.groupBy(await heardRevocations(hub.database, retired), ({ lockId }) => lockId),
  };
};

/** Which credentials are electronic keys', and from when on the clock of each may be held by whoever has it. What is in the site's own hands is no clock of anybody's. */
const keysOf = async (database: Hub['database']): Promise<Pick<Knowledge, 'clocks' | 'ekeys'>> => {
  const [all, words] = [await allEkeys(database), await ekeyWords(database)];
  const out = all.filter(({ state }) => state === 'issued' || state === 'lost');
  return { ekeys: new Map(all.map(({ id, credential }) => [credential.hash, id])), clocks: new Map(out.map(({ id, credential }) => [credential.hash, clockFrom(words.get(id))])) };
};

const tell = (knowledge: Knowledge, grant: StoredGrant): Grant => {
  const state = stateOf(grant, knowledge.now);
  const current = grant.documents.find(({ accessId, retiredAt }) => accessId === grant.accessId && retiredAt === null);
  return {
    id: grant.id, person: { ...grant.person }, terms: grant.terms, signedBy: grant.signedBy, state,
    invitation: grant.invitation === undefined ? null : invitationOf(grant, grant.invitation, state),
    credentialKey: grant.credential === undefined ? null : base64url(grant.credential.key), ekeyId: knowledge.ekeys.get(grant.credential?.hash ?? '') ?? null,
    accessId: grant.accessId, document: current === undefined ? null : base64url(current.document),
    word: grant.word, createdAt: grant.createdAt, changedAt: grant.changedAt,
    locks: locksOf(knowledge.view, grant.terms.places).map((lock) => standingOf(knowledge, grant, lock)),
  };
};

const invitationOf = (grant: StoredGrant, invitation: StoredInvitation, state: Grant['state']): InvitationState => {
  const { message, handed, redeemBy, openedAt, redeemedAt, askingName, triedAgain, triedAgainAt } = invitation;
  return {
    sending: handed ? 'handed' : (message?.state ?? 'handed'), answer: message?.answer ?? null, to: message?.recipient ?? null,
    redeemBy, openedAt, redeemedAt, triedAgain, triedAgainAt,
    asking: state === 'asking' && grant.credential !== undefined ? { credentialKey: base64url(grant.credential.key), name: askingName ?? grant.person.name } : null,
  };
};

// ---- locks -------------------------------------------------------------------------------------------------------------------

/** The last instant that there is: where a key tells the lock the time, none is the last at which it could open. */
export const NEVER_ENDS = 253_402_300_799_999;

export const opensUntilOf = (until: OpensUntil): Pick<LockStanding, 'opensUntil' | 'unbounded'> =>
  until === 'unbounded' ? { opensUntil: NEVER_ENDS, unbounded: true } : { opensUntil: until, unbounded: false };

/** How far this lock has heard of the grant. */
export const coverageAt = (knowledge: Knowledge, grant: StoredGrant, lock: LockView): Coverage => {
  const state = stateOf(grant, knowledge.now);
  const covered: CoveredGrant = {
    isHeld: grant.documents.length > 0, isWanted: state === 'live', clockFrom: knowledge.clocks.get(grant.credential?.hash ?? ''),
    documents: grant.documents.map(({ accessId, terms, retiredAt, stampedUntil }) => ({ accessId, until: terms.until, freshForS: terms.freshForS, retired: retiredAt !== null, stampedUntil })),
  };
  return coverage(covered, knowledgeOf(knowledge, grant, lock), knowledge.now);
};

const standingOf = (knowledge: Knowledge, grant: StoredGrant, lock: LockView): LockStanding => {
  const { standing, opensUntil } = coverageAt(knowledge, grant, lock);
  return { doorId: lock.row.door_id, doorName: lock.row.door_name, lockId: lock.lockId, standing, heardAt: knowledge.words.get(lock.lockId)?.heardAt ?? null, ...opensUntilOf(opensUntil) };
};

const knowledgeOf = ({ view, words, revocations, calendars }: Knowledge, grant: StoredGrant, lock: LockView): LockKnowledge => {
  const [word, heard] = [words.get(lock.lockId), revocations.get(lock.lockId) ?? []];
  const { row } = lock;
  const isCurrent = row.delivered >= (row.newest ?? 0) && (word?.ownerSequence ?? 1) >= view.set.sequence;
  const mine = new Set(grant.documents.map(({ accessId }) => accessId));
  return {
    heardAt: word?.heardAt ?? null,
    isReady: isCurrent && admits(lock, grant, calendars),
    hasRefused: (row.refused !== null && row.delivered < (row.newest ?? 0)) || (word?.ownerRefused ?? null) !== null || heard.some(({ accessId, refused }) => mine.has(accessId) && refused !== null),
    revoked: new Set(heard.filter(({ refused }) => refused === null).map(({ accessId }) => accessId)),
    // A lock says itself whether it has a clock; of one that was adopted before it said so a link of its own tells it, and nothing else.
    takesKeyTime: row.profile === 'passive' || (row.profile === null && (word?.linkedAt ?? null) === null),
  };
};

/** Whether the lock's newest roster lets such a grant's document count there. */
const admits = ({ roster, row, standing, signed }: LockView, { terms, signedBy }: StoredGrant, calendars: Knowledge['calendars']): boolean => {
  if (roster?.access === undefined || roster.access.door !== row.door_id) return false;
  const { places, holidays, freshForS } = terms;
  const named = signed.some((element) => places.includes(element));
  const isConfirmed = freshForS === null || standing.some(({ freshness }) => freshness);
  const isLent = signedBy !== 'hub' || standing.some(({ issue }) => issue !== null);
  return named && isConfirmed && isLent && (holidays === null || hasCalendar(roster.access.calendars, calendars, holidays));
};

const hasCalendar = (signed: readonly { readonly id: number; readonly days: readonly number[]; readonly untilDay: number }[], written: Knowledge['calendars'], id: number): boolean => {
  const [one, other] = [signed.find((calendar) => calendar.id === id), written.find((calendar) => calendar.id === id)];
  return one !== undefined && (other === undefined || (one.untilDay === other.untilDay && one.days.join() === other.days.join()));
};

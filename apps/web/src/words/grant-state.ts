// How a lent key stands: who has it, how far each lock has heard of it, what came of its invitation, and, once it was taken back, until
// when it could still matter at which lock. A chip's word, and a sentence that says what it means.

import type { Grant, InvitationState, LockStanding } from '@mortise/api/grants.ts';
import { counted, possessive } from '@mortise/words/lists.ts';
import { dayTime, endTime, endedWhen, when, zoneName } from '@mortise/words/time.ts';

/** As chips are drawn: parts/small.tsx. */
export type Mark = { readonly tone: 'so' | 'open' | 'wait' | 'ok' | 'unknown' | 'alarm'; readonly word: string };
export type Times = { readonly now: number; readonly zone: string };

type Told = Pick<Grant, 'state' | 'invitation' | 'locks' | 'person' | 'terms'> & { readonly ekeyId?: Grant['ekeyId'] };

/** Whether anybody ever had it as a key: a lock is told nothing of a link that nobody used, or of an asking that was refused. */
export const wasHeld = ({ locks }: Pick<Grant, 'locks'>): boolean => locks.some(({ standing }) => standing !== 'wanted');

/** Whether an owner signs once it is seen who asks: the link alone makes no key. */
export const isAskedFor = ({ signedBy, invitation }: Pick<Grant, 'signedBy' | 'invitation'>): boolean => invitation !== null && signedBy === 'owner';

// ---- the key -----------------------------------------------------------------------------------------------------------------

const SENDING: Readonly<Record<InvitationState['sending'], Mark>> = {
  queued: { tone: 'wait', word: 'Being sent' }, sent: { tone: 'wait', word: 'Sent' }, refused: { tone: 'alarm', word: 'Not delivered' },
  outbox: { tone: 'wait', word: 'In the outbox' }, handed: { tone: 'wait', word: 'Link to pass on' },
};

const invitedMark = (invitation: InvitationState | null): Mark => {
  if (invitation === null) return { tone: 'wait', word: 'Invited' };
  return invitation.openedAt !== null && invitation.sending !== 'refused' ? { tone: 'wait', word: 'Link opened' } : SENDING[invitation.sending];
};

const liveMark = (locks: readonly LockStanding[]): Mark => {
  if (locks.some(({ standing }) => standing === 'cannotBeChecked')) return { tone: 'alarm', word: 'Cannot be checked' };
  const late = locks.filter(({ standing }) => standing !== 'onTheLock');
  if (late.length > 0) return { tone: 'wait', word: locks.length === 1 ? 'On its way' : `On its way to ${late.length} of ${locks.length}` };
  return { tone: 'ok', word: locks.length === 1 ? 'On the lock' : `On all ${locks.length} locks` };
};

/** Locks that could still open to what was taken back, paused or narrowed. */
export const uncovered = (locks: readonly LockStanding[], now: number): readonly LockStanding[] =>
  locks.filter(({ opensUntil }) => opensUntil !== null && opensUntil > now);

/** The chip of a key in a list. */
export const grantMark = ({ state, invitation, locks }: Told, { now }: Times): Mark => {
  switch (state) {
    case 'invited':
      return invitedMark(invitation);
    case 'asking':
      return { tone: 'alarm', word: 'Asks you' };
    case 'live':
      return liveMark(locks);
    case 'paused':
      return uncovered(locks, now).length > 0 ? { tone: 'wait', word: 'Pausing' } : { tone: 'open', word: 'Paused' };
    case 'takenBack':
      return uncovered(locks, now).length > 0 ? { tone: 'wait', word: 'Being taken back' } : { tone: 'so', word: 'Taken back' };
    case 'ended':
      return { tone: 'unknown', word: 'Ended' };
    case 'lapsed':
      return { tone: 'unknown', word: 'Not fetched' };
  }
};

const HOW_SENT: Readonly<Record<Grant['state'], string>> = {
  invited: 'is invited', asking: 'asks for the key', live: 'has the key', paused: 'has the key, paused', takenBack: 'has no key any more', ended: 'had the key', lapsed: 'did not fetch the key',
};

/** The title after lending: "Ana is invited". */
export const sentTitle = ({ state, invitation, person: { name } }: Pick<Grant, 'state' | 'invitation' | 'person'>): string => {
  if (state === 'invited' && invitation?.sending === 'refused') return `The message to ${name} was refused`;
  if (state === 'invited' && invitation?.sending === 'handed') return `The link for ${name} is made`;
  return state === 'live' && invitation === null ? `The key for ${name} is signed` : `${name} ${HOW_SENT[state]}`;
};

/** Whether the link can be ended and sent anew, to another address perhaps: nobody has used it. */
export const canSendAnew = ({ state, invitation }: Pick<Grant, 'state' | 'invitation'>): boolean => invitation !== null && (state === 'invited' || state === 'lapsed');

/** What the state means, under the key's terms. */
export const grantSentence = (grant: Told, times: Times): string => {
  const { person: { name }, terms, locks } = grant;
  switch (grant.state) {
    case 'invited':
      return grant.invitation === null ? `${name} has been invited.` : invitationSentence(grant.invitation, name, times);
    case 'asking':
      return `${name} has opened the link and asks for the key. It becomes one once you sign it.`;
    case 'live':
      return `${heldWords(grant)}${terms.from > times.now ? ` It opens from ${dayTime(terms.from, times.now, times.zone)} on, ${zoneName(times.zone)}.` : ''}`;
    case 'paused':
      return `Paused: the key opens nothing, and keeps its terms. ${coverageLine(locks, times)}`;
    case 'takenBack':
      return wasHeld(grant) ? `Taken back for good. ${coverageLine(locks, times)}` : 'Taken back for good, before anybody had it as a key. The link opens nothing any more.';
    case 'ended':
      return `Its time ended ${endedWhen(terms.until, times.now, times.zone)}, ${zoneName(times.zone)}.`;
    case 'lapsed':
      return `${name} did not fetch it in time. The link opens nothing any more.`;
  }
};

// Whoever redeemed a link has the key; one that goes straight into an app is fetched from there, and the hub does not say when.
const heldWords = ({ person: { name }, invitation, ekeyId = null }: Told): string => {
  if (ekeyId !== null) return `Signed for the electronic key that ${name} has: it comes with the key’s next update.`;
  return invitation === null ? `Signed for ${name}: their app fetches it when it next has a connection.` : `${name} has the key.`;
};

const coverageLine = (locks: readonly LockStanding[], { now }: Times): string => {
  const left = uncovered(locks, now).length;
  if (left === 0) return locks.length === 1 ? 'The lock has heard.' : `All ${locks.length} locks have heard.`;
  return `${counted(left, 'lock has', 'locks have')} not heard yet.`;
};

// ---- one lock ----------------------------------------------------------------------------------------------------------------

const heardWords = (heardAt: number | null, { now, zone }: Times): string =>
  heardAt === null ? 'Not heard since it was added' : `Not heard since ${when(heardAt, now, zone).replace(/^(?:at|on) /, '')}`;

/** How far a lock has heard of a key that is to open it. */
export const standingMark = ({ standing, heardAt }: Pick<LockStanding, 'standing' | 'heardAt'>, times: Times): Mark => {
  switch (standing) {
    case 'wanted':
      return { tone: 'open', word: 'Wanted' };
    case 'onItsWay':
      return { tone: 'wait', word: 'On its way' };
    case 'onTheLock':
      return { tone: 'ok', word: 'On the lock' };
    case 'notHeard':
      return { tone: 'unknown', word: heardWords(heardAt, times) };
    case 'cannotBeChecked':
      return { tone: 'alarm', word: 'Cannot be checked' };
  }
};

const STANDING: Readonly<Record<LockStanding['standing'], string>> = {
  wanted: 'Nobody holds the key yet.',
  onItsWay: 'The lock has yet to take its new roster. Any phone that comes by carries it.',
  onTheLock: 'The lock has said that it holds what it needs.',
  notHeard: 'On its way, and the lock is silent. Any phone that comes by carries it.',
  cannotBeChecked: 'The lock refused what was sent to it.',
};
export const standingSentence = (standing: LockStanding['standing']): string => STANDING[standing];

/** Of a key that was taken back, paused or narrowed: whether this lock has heard, and until when it could matter if not. */
export const coverage = (lock: Pick<LockStanding, 'doorName' | 'opensUntil' | 'heardAt' | 'unbounded'>, personName: string, times: Times): Mark & { readonly sentence: string } => {
  const { doorName, opensUntil, unbounded } = lock;
  if (unbounded) return { tone: 'alarm', word: 'Not heard yet', sentence: `${doorName} has not heard yet, and goes by the clock of ${possessive(personName)} key. Until it has heard, the key could open it, however long that takes.` };
  if (opensUntil === null) return { tone: 'ok', word: 'Has heard', sentence: `${doorName} has heard. The key opens it no more.` };
  if (opensUntil <= times.now) return { tone: 'so', word: 'Over', sentence: `${doorName} has not heard, and need not: the key could open it until ${endTime(opensUntil, times.now, times.zone)}, ${zoneName(times.zone)}.` };
  const until = `${endTime(opensUntil, times.now, times.zone)}, ${zoneName(times.zone)}`;
  return {
    tone: 'wait', word: 'Not heard yet',
    sentence: `${doorName} has not heard yet. Until it has, ${possessive(personName)} key could open it, at the latest until ${until}.`,
  };
};

// ---- the invitation ----------------------------------------------------------------------------------------------------------

/** Who would take a message for this address; `to` is null once the link is over. */
const takerOf = (to: string | null): string => {
  if (to === null) return 'mail server or SMS gateway';
  return to.includes('@') ? 'mail server' : 'SMS gateway';
};

/** "No SMS gateway is set": why a message stands in the outbox. */
export const outboxReason = ({ to }: Pick<InvitationState, 'to'>): string => `No ${takerOf(to)} is set`;

const sentWords = (invitation: InvitationState): string => {
  const { sending, to, answer } = invitation;
  const address = to === null ? '' : ` to ${to}`;
  switch (sending) {
    case 'queued':
      return `The message${address} is being sent.`;
    case 'sent':
      return `The message${address} was taken by the ${takerOf(to)}.`;
    case 'refused':
      return `The message${address} was refused: ${answer ?? 'no reason was given'}`;
    case 'outbox':
      return `${outboxReason(invitation)}: the message${address} stands in the outbox.`;
    case 'handed':
      return 'You pass the link on yourself.';
  }
};

/** Where an invitation stands, until somebody holds the key. */
export const invitationSentence = (invitation: InvitationState, name: string, { now, zone }: Times): string => {
  const { openedAt, redeemBy } = invitation;
  const opened = openedAt === null ? ` ${name} has not opened the link yet.` : ` The link was opened ${when(openedAt, now, zone)}.`;
  const until = ` It works once, until ${endTime(redeemBy, now, zone)}, ${zoneName(zone)}.`;
  return invitation.sending === 'refused' ? sentWords(invitation) : `${sentWords(invitation)}${opened}${until}`;
};

/** That somebody else tried the link after it had served; undefined: nobody did. */
export const triedAgainSentence = ({ triedAgain, triedAgainAt }: Pick<InvitationState, 'triedAgain' | 'triedAgainAt'>, { now, zone }: Times): string | undefined => {
  if (triedAgain === 0 || triedAgainAt === null) return undefined;
  const last = when(triedAgainAt, now, zone);
  return triedAgain === 1 ? `Somebody else tried the same link ${last}, and got nothing.` : `Others tried the same link ${triedAgain} times, last ${last}, and got nothing.`;
};

/** In the order in which a person needs to see them. */
export const isOpen = ({ state }: Pick<Grant, 'state'>): boolean => state === 'invited' || state === 'asking' || state === 'live' || state === 'paused';

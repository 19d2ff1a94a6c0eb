// An electronic key in the words of whoever holds or updates it: whether it opens, what it waits for, what an update brought, and what a request has
// come to.

import type { AccessRequest } from '@mortise/api/access-requests.ts';
import type { HeldEkey, HeldKeyGrant } from '@mortise/api/ekeys.ts';
import type { Carried } from '@mortise/wallet/carried.ts';
import type { UpdateCut } from '@mortise/wallet/key-update.ts';
import { counted, listed } from '@mortise/words/lists.ts';
import { hoursWords, limitsWords, untilWords } from '@mortise/words/terms.ts';
import { dayTime, endTime, when, zoneName } from '@mortise/words/time.ts';
import type { EkeyUpdate, UpdatedKey } from '../model/ekey-update.ts';
import type { MeetFault } from '../model/key-link.ts';
import { failureSentence } from './failures.ts';
import type { HeldTimes } from './held.ts';
import type { Tone } from '../parts/small.tsx';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

// ---- how a key stands --------------------------------------------------------------------------------------------------------

/** `alarm`: somebody must act before it opens anything. `wait`: an update brings what is new. */
export type EkeyStanding = { readonly tone: Tone; readonly word: string; readonly says: string };

type Standing = Pick<HeldEkey, 'state' | 'orders' | 'lostReport'> & Partial<Pick<HeldEkey, 'grants'>>;

/** Until when it opens without an update, by the orders that it said it goes by; null: for ever; undefined: it has never said. */
const opensUntil = ({ version, held, revalidateBy }: HeldEkey['orders']): number | null | undefined => (held === 0 ? undefined : held === version ? revalidateBy : undefined);

export const ekeyStanding = (ekey: Standing, times: HeldTimes): EkeyStanding => {
  const { state, orders, lostReport } = ekey;
  if (state === 'lost') return { tone: 'alarm', word: 'Lost', says: 'What it opened is taken back. Each lock that hears so refuses it.' };
  if (lostReport !== null) return { tone: 'alarm', word: 'Reported lost', says: `You said so ${when(lostReport.at, times.now, times.zone)}. An owner must sign before locks hear of it: tell one.` };
  const until = opensUntil(orders);
  if (orders.held === 0) return { tone: 'wait', word: 'Never updated', says: 'It opens nothing before its first update.' };
  if (until !== null && until !== undefined && until < times.now) return { tone: 'alarm', word: 'Must be updated', says: `It opens nothing since ${dayTime(until, times.now, times.zone)}, ${zoneName(times.zone)}, until it is updated.` };
  if (orders.held !== orders.version) return { tone: 'wait', word: 'Update broke off', says: 'It goes by what it held before. Update it to go on.' };
  if (!orders.isCurrent) return { tone: 'wait', word: 'News for it', says: newsWords(ekey.grants) };
  return { tone: 'ok', word: 'Up to date', says: deadlineWords(until, times) };
};

const newsWords = (grants: readonly HeldKeyGrant[] = []): string => {
  const waiting = grants.filter(({ state, isOnKey }) => state === 'live' && !isOnKey).flatMap(({ doors }) => doors.map(({ name }) => name));
  return waiting.length === 0 ? 'What it opens has changed. Update it.' : `Update it, and it opens ${listed([...new Set(waiting)], 3)} too.`;
};

/** "Must be updated again before tomorrow 17:00, Zurich time." */
export const deadlineWords = (until: number | null | undefined, { now, zone }: HeldTimes): string => {
  if (until === undefined) return '';
  return until === null ? 'It need not be updated again to open.' : `Must be updated again before ${endTime(until, now, zone)}, ${zoneName(zone)}.`;
};

const CLOCKS = { synced: 'Right', held: 'Kept by itself since the last update', lost: 'Not known: it opens nothing before an update' } as const;

/** Rows of what whoever holds it has a mind to know, besides how it stands. */
export const ekeyRows = ({ issued, dueBack, orders, status, policy, serial }: HeldEkey, { now, zone }: HeldTimes): readonly (readonly [string, string])[] => [
  ['Yours since', `${capital(when(issued.at, now, zone).replace(/^(?:at|on) /, ''))}${issued.by === '' ? '' : `, from ${issued.by}`}`],
  ...(dueBack === null ? [] : [['To be back', `${capital(endTime(dueBack, now, zone))}${dueBack < now ? '. That is over: give it back, or ask for longer.' : ''}`] as const]),
  ['Last updated', status === null ? 'Never' : capital(when(status.heardAt, now, zone).replace(/^(?:at|on) /, ''))],
  ...(opensUntil(orders) === undefined || orders.isCurrent ? [] : [['Must be updated', opensUntil(orders) === null ? 'Only for news' : `Before ${endTime(opensUntil(orders) ?? 0, now, zone)}`] as const]),
  ...(status === null ? [] : [['Clock', CLOCKS[status.clock]] as const, ['Records on it', recordsWords(status)] as const]),
  ...(status === null || status.batteryMv === null ? [] : [['Battery', `${(status.batteryMv / 1000).toFixed(2)} V`] as const]),
  ...(policy.pin === null ? [] : [['PIN', `Asked for every ${counted(policy.pin.minutes, 'minute')}. You choose it on the key.`] as const]),
  ...(serial === '' ? [] : [['Number', serial] as const]),
];

const recordsWords = ({ records, acknowledged, free }: NonNullable<HeldEkey['status']>): string => {
  const open = Math.max(0, records - acknowledged);
  return `${open === 0 ? 'All are home' : `${counted(open, 'record')} to bring home`}; room for ${free} more`;
};

/** Where, of a grant: "Transformer yard, Substation 4". */
export const grantTitle = ({ doors }: Pick<HeldKeyGrant, 'doors'>): string => {
  const names = doors.map(({ name, location }) => (location === null ? name : `${name}, ${location.name}`));
  return names.length === 0 ? 'A door that is gone' : names.length <= 2 ? names.join(' and ') : `${names[0] ?? ''} and ${names.length - 1} more doors`;
};

/** When, of a grant, on its door's clock. */
export const grantWords = ({ terms, doors, state, isOnKey }: HeldKeyGrant, now: number): string => {
  const zone = doors[0]?.zone ?? 'UTC';
  const parts = [hoursWords(terms.hours), untilWords(terms, now, zone), ...limitsWords(terms, () => 'the site’s holidays')];
  const words = `${capital(parts.join(', '))}, ${zoneName(zone)}.`;
  if (state === 'live') return isOnKey ? words : `${words} Not on the key yet: update it.`;
  return `${words} ${OVER[state]}${isOnKey ? ' It goes off the key with the next update.' : ''}`;
};
const OVER = { paused: 'Paused.', takenBack: 'Taken back.', ended: 'Over.' } as const;

/** The chip of a grant. */
export const grantChip = ({ state, isOnKey, terms }: HeldKeyGrant, now: number): readonly [Tone, string] => {
  if (state !== 'live') return ['unknown', state === 'paused' ? 'Paused' : state === 'ended' ? 'Over' : 'Taken back'];
  if (!isOnKey) return ['wait', 'Update'];
  return terms.from > now ? ['open', 'To come'] : ['ok', 'On the key'];
};

// ---- requests ----------------------------------------------------------------------------------------------------------------

export const REQUEST_CHIP: Readonly<Record<AccessRequest['state'], readonly [Tone, string]>> = {
  asked: ['wait', 'Waits for an answer'], approved: ['open', 'Approved'], refused: ['so', 'Refused'], lapsed: ['unknown', 'Over'], onTheKey: ['ok', 'On the key'],
};

/** What has come of it, in a sentence. */
export const requestWords = ({ state, from, until, askedAt, decidedAt, decidedBy, answer, ekey }: AccessRequest, { now, zone }: HeldTimes): string => {
  const asked = `${capital(untilWords({ from, until }, now, zone))}. Asked ${when(askedAt, now, zone)}.`;
  const by = decidedBy ?? 'An owner';
  const said = answer === '' ? '' : ` “${answer}”`;
  if (state === 'asked') return `${asked} Nobody has answered yet; this page notices by itself.`;
  if (decidedAt === null) return `${asked} Nobody answered in time, or the key changed hands.`;
  if (state === 'refused') return `${by} refused it ${when(decidedAt, now, zone)}.${said}`;
  if (state === 'approved') return `${by} said yes ${when(decidedAt, now, zone)}.${said} Update ${ekey.name}, and it opens.`;
  return state === 'onTheKey' ? `${by} said yes, and the key has it.${said}` : `${by} said yes, and it is over now.${said}`;
};

// ---- updates -----------------------------------------------------------------------------------------------------------------

export const MEET_WORDS: Readonly<Record<MeetFault, { readonly bold: string; readonly says: string }>> = {
  'nobody': { bold: 'No key answers there.', says: 'Wake it, see that it is plugged in and that no other program has it, then try again.' },
  'silent': { bold: 'Something is there and says nothing.', says: 'A key says who it is at once. Wake it, or plug it in again, then try again.' },
  'no-key': { bold: 'That is no electronic key.', says: 'What came back is no word that a key signed. Nothing was passed on.' },
};

const CUT_WORDS: Readonly<Record<UpdateCut, string>> = {
  line: 'The key is gone: it was unplugged, went to sleep, or ended the connection.',
  hub: 'The hub gave no answer.',
  noise: 'What came from the key could not be read. Plug it in again, then go on.',
  bounds: 'The key said more than one update carries. Go on.',
};

/** Why it broke off, and that nothing is half done. */
export const cutWords = ({ by, failure }: Extract<EkeyUpdate, { kind: 'cut' }>): string => {
  const why = failure === undefined ? CUT_WORDS[by] : failure.kind === 'refused' && failure.status === 401 ? 'Nobody is signed in here. Sign in, or open this page in the browser that has your key.' : failureSentence(failure);
  return `${why} Nothing is half done: the key goes by what it held, or by all that is new; what it was given it keeps for the next time, and no record is lost.`;
};

/** "12 records of the key and 3 of 2 locks are home." */
export const homeWords = ({ ownRecords, lockRecords, locks }: Carried): string => {
  const own = ownRecords === 0 ? [] : [`${counted(ownRecords, 'record')} of the key`];
  const ofLocks = lockRecords === 0 ? [] : [`${lockRecords}${ownRecords === 0 ? ` ${lockRecords === 1 ? 'record' : 'records'}` : ''} of ${locks.size === 1 ? 'one lock' : `${locks.size} locks`}`];
  const all = [...own, ...ofLocks];
  return all.length === 0 ? 'No new record was on it.' : `${capital(listed(all, 2))} ${ownRecords + lockRecords === 1 ? 'is' : 'are'} home.`;
};

/** What the key opens now, and until when. */
export const doneWords = ({ orders, state, grants = [] }: UpdatedKey, times: HeldTimes): string => {
  if (state !== 'issued') return state === 'lost' ? 'It is lost, and holds nothing that opens.' : 'Nobody has it now, and it holds nothing that opens.';
  const { isCurrent, leftOut } = orders;
  if (!isCurrent) return 'It does not hold all yet: update it once more.';
  const held = heldWords(orders.grants, grants);
  return leftOut === 0 ? `${held} ${deadlineWords(opensUntil(orders), times)}`.trim() : `${held} For ${counted(leftOut, 'more grant')} there was no room, or no stamp: tell an owner.`;
};

const heldWords = (count: number, grants: readonly HeldKeyGrant[]): string => {
  if (count === 0) return 'It holds nothing that opens.';
  const doors = [...new Set(grants.filter(({ isOnKey, state }) => isOnKey && state === 'live').flatMap(({ doors: within }) => within.map(({ name }) => name)))];
  return doors.length === 0 ? `It holds ${counted(count, 'grant')}.` : `It opens ${listed(doors, 4)}, ${doors.length === 1 ? '' : 'each '}at its times.`;
};

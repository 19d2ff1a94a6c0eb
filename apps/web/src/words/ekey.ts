// How an electronic key stands: whose hands it is in, whether it holds what it shall, what it last said of itself; and the lines of its log.

import type { CustodyEntryJson, Ekey, EkeyPolicy } from '@mortise/api/ekeys.ts';
import { counted } from '@mortise/words/lists.ts';
import { spanWords } from '@mortise/words/terms.ts';
import { endTime, when, zoneName } from '@mortise/words/time.ts';
import type { Mark, Times } from './grant-state.ts';

type Told = Pick<Ekey, 'state' | 'person' | 'dueBack' | 'orders' | 'status' | 'policy'>;

/** A key that was not updated in time opens nothing. */
export const isPastDue = ({ state, orders: { revalidateBy } }: Told, now: number): boolean => state === 'issued' && revalidateBy !== null && revalidateBy < now;

/** Somebody was to give it back, and has not. */
export const isOverdue = ({ state, dueBack }: Told, now: number): boolean => state === 'issued' && dueBack !== null && dueBack < now;

/** The key has said that it goes by the newest orders, and those are all that it shall hold. */
const goesByNewest = ({ orders }: Told): boolean => orders.isCurrent && orders.held > 0 && orders.held === orders.version;

/** A lost key that is known to open nothing any more: it said so itself, after it was lost. */
export const isEmptied = (ekey: Told): boolean => ekey.state === 'lost' && ekey.orders.grants === 0 && goesByNewest(ekey);

/** The chip of a key in a list. */
export const ekeyMark = (ekey: Told, { now }: Pick<Times, 'now'>): Mark => {
  switch (ekey.state) {
    case 'inStock':
      return { tone: 'open', word: 'In stock' };
    case 'returned':
      return ekey.orders.isCurrent ? { tone: 'open', word: 'Back' } : { tone: 'wait', word: 'Back, to be emptied' };
    case 'lost':
      return { tone: 'alarm', word: isEmptied(ekey) ? 'Lost, emptied' : 'Lost' };
    case 'issued':
      if (isOverdue(ekey, now)) return { tone: 'alarm', word: 'Overdue' };
      if (isPastDue(ekey, now)) return { tone: 'alarm', word: 'Past its date' };
      return ekey.orders.isCurrent ? { tone: 'so', word: 'Out' } : { tone: 'wait', word: 'Update waits' };
  }
};

const dueWords = ({ orders: { revalidateBy } }: Told, { now, zone }: Times): string => {
  if (revalidateBy === null) return '';
  if (revalidateBy < now) return ` It was to be updated by ${endTime(revalidateBy, now, zone)}, ${zoneName(zone)}, and opens nothing until it is.`;
  return ` Without an update it opens nothing from ${endTime(revalidateBy, now, zone)} on, ${zoneName(zone)}.`;
};

const backWords = ({ dueBack }: Told, { now, zone }: Times): string => {
  if (dueBack === null) return '';
  return dueBack < now ? ` It was due back by ${endTime(dueBack, now, zone)}, ${zoneName(zone)}.` : ` It is due back by ${endTime(dueBack, now, zone)}, ${zoneName(zone)}.`;
};

const heldWords = (ekey: Told): string => {
  const { orders } = ekey;
  if (orders.isCurrent) return orders.grants === 0 ? 'It holds no grant, and shall hold none.' : `It holds ${orders.grants === 1 ? 'its grant' : `all ${orders.grants} grants`}.`;
  return 'What it shall hold is another than what it says that it holds: the next update brings that.';
};

/** What the state means. */
export const ekeySentence = (ekey: Told, times: Times): string => {
  const name = ekey.person?.name ?? 'Somebody';
  switch (ekey.state) {
    case 'inStock':
      return 'Nobody has it. Issue it to a person, then say what it opens.';
    case 'returned':
      return ekey.orders.isCurrent ? 'It is back, holds nothing, and can be issued.' : 'It is back, and still holds what it opened with. Update it at a station or by a phone; then anybody else can have it.';
    case 'lost':
      return isEmptied(ekey) ? `${name} had it last. It has been updated since, and has said that it holds nothing any more.` : `${name} had it last. Everything that it held is taken back; not every lock may have heard.`;
    case 'issued':
      return `${name} has it.${backWords(ekey, times)} ${heldWords(ekey)}${dueWords(ekey, times)}`;
  }
};

const CLOCK: Readonly<Record<NonNullable<Ekey['status']>['clock'], string>> = { synced: 'Set, and certain', held: 'Held since it was set', lost: 'Lost: it opens nothing that is limited in time' };

/** "Set, and certain, to within 2 s". */
export const ekeyClockWords = ({ clock, errorMs }: Pick<NonNullable<Ekey['status']>, 'clock' | 'errorMs'>): string =>
  clock === 'lost' ? CLOCK.lost : `${CLOCK[clock]}, to within ${Math.max(1, Math.ceil(errorMs / 1000)).toLocaleString('en-GB')} s`;

/** Said well before the key stops opening for want of room (docs/EKEY.md). */
const LITTLE_ROOM = 256;

/** In a list: its clock and its memory, in a few words; what needs somebody first. */
export const ekeySaysWords = (status: Ekey['status']): string => {
  if (status === null) return 'Nothing yet';
  const clock = { synced: 'Clock set', held: 'Clock held', lost: 'Clock lost' }[status.clock];
  return `${clock}, ${status.free < LITTLE_ROOM ? 'little room' : 'room'} for records`;
};

/** How its memory for records stands. */
export const bufferWords = ({ records, acknowledged, free }: Pick<NonNullable<Ekey['status']>, 'records' | 'acknowledged' | 'free'>): string => {
  const waiting = records - acknowledged;
  return `Room for ${counted(free, 'more record')}. ${waiting === 0 ? 'All that it wrote have come home.' : `${counted(waiting, 'has', 'have')} not come home yet.`}`;
};

/** A row of facts each: revalidation, memory, PIN. */
export const policyWords = ({ revalidateDays, buffer, pin }: EkeyPolicy): Readonly<Record<'update' | 'memory' | 'pin', string>> => ({
  update: revalidateDays === null ? 'Never has to be updated to go on opening' : `Opens nothing after ${spanWords(revalidateDays * 1440)} without an update`,
  memory: buffer === 'stop' ? 'Opens nothing when there is no room for another record' : 'Keeps records that have come home until their room is needed',
  pin: pin === null ? 'Asks for no PIN' : `Asks for its PIN, once in ${spanWords(pin.minutes)}`,
});

// ---- the log -----------------------------------------------------------------------------------------------------------------

const to = (person: CustodyEntryJson['person']): string => person?.name ?? 'somebody';

/** "Issued to Bob". */
export const custodyLine = ({ action, person }: Pick<CustodyEntryJson, 'action' | 'person'>): string => {
  switch (action) {
    case 'registered':
      return 'Registered';
    case 'issued':
      return `Issued to ${to(person)}`;
    case 'returned':
      return person === null ? 'Back' : `Back from ${to(person)}`;
    case 'lost':
      return person === null ? 'Reported lost' : `Reported lost; ${to(person)} had it`;
  }
};

/** "by Ada, yesterday at 14:06". */
export const custodyNote = ({ by, at, dueBack }: Pick<CustodyEntryJson, 'by' | 'at' | 'dueBack'>, { now, zone }: Times): string =>
  `by ${by.name}, ${when(at, now, zone)}${dueBack === null ? '' : `; due back by ${endTime(dueBack, now, zone)}`}`;

// What deciding costs beside proving: a decision with its reason, over 1,000 credentials and 200 schedules, as a share of the CPU that a
// reader spends on one standard Aliro transaction. The decisions of one sample are those that a lock has at its door: a card, a finger, a
// PIN alone, a PIN among decoys, a wrong PIN, a PIN outside its hours.

import { assert } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { Secret } from '@mortise/base/secret.ts';
import { NO_CODE_MEMORY } from '@mortise/access/code-memory.ts';
import { decideCode, type CodeRequest } from '@mortise/access/decide-code.ts';
import { decideEntry } from '@mortise/access/decide-entry.ts';
import type { EntryDecision, EntryMemory, EntryRequest } from '@mortise/access/entry-request.ts';
import { NO_LOCKOUT, startLockout } from '@mortise/access/lockout.ts';
import { codeHourOf, encodeCode } from '@mortise/access/offline-code.ts';
import { pinBook } from '@mortise/access/pin-book.ts';
import type { CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { exampleEntropy, exampleLock } from '@mortise/documents/example-site.ts';
import { pinEntry } from '@mortise/documents/pin-entry.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { measurable, parties } from './aliro-transaction.ts';
import type { Bench, Figure } from './bench.ts';
import { ratioOf } from './ratio.ts';

const GOAL = 0.05;
const PER_KIND = 250;
const NOW = instant(Date.UTC(2027, 4, 3, 12));
const { lockId } = exampleLock();

// ---- a lock that is full: 500 PINs, 250 cards, 250 fingers; every twentieth has four windows, the last of them open -----------------

/** On working days from this hour. */
const daily = (hour: number): Schedule => ({ startS: 1_672_531_200 + hour * 3600, recurrence: { durationS: 3600, mask: 0b0011111, pattern: 2, interval: 1, ordinal: 0 }, utc: false });
const HOURS = [daily(2), daily(4), daily(6), daily(12)];
const CLOSED = [daily(2), daily(4), daily(6), daily(8)];

const termsOf = (number: number): EntryTerms => ({
  pseudonym: exampleEntropy(`person ${number}`).slice(0, 16), rights: 3, from: instant(0), until: instant(NOW * 2),
  hours: number % 20 > 0 ? [] : number % 40 > 0 ? CLOSED : HOURS, holidays: 1, second: [], duress: false,
});

const numbers = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, index) => from + index);
const digitsOf = (number: number): string => String((number * 104_729 + 700_001) % 10 ** (6 + (number % 3))).padStart(6 + (number % 3), '7');

const pins = numbers(0, 2 * PER_KIND).map((number) => ({ digits: digitsOf(number), terms: termsOf(number) }));
const cards = new Map(numbers(2 * PER_KIND, PER_KIND).map((number) => [`card ${number}`, termsOf(number)]));
const fingers = new Map(numbers(3 * PER_KIND, PER_KIND).map((number) => [number, termsOf(number)]));
const schedules = [...pins.map(({ terms }) => terms), ...cards.values(), ...fingers.values()].reduce((sum, { hours }) => sum + hours.length, 0);
assert(pins.length + cards.size + fingers.size === 1000 && schedules === 200, 'a thousand credentials and two hundred schedules');

const CODE_KEYS: readonly CodeKeyEntry[] = numbers(0, 4).map((number) => ({
  keyId: exampleEntropy(`id ${number}`).slice(0, 16), key: new Secret(exampleEntropy(`key ${number}`)), rights: 3, kinds: ['window', 'once'], longest: 15, until: null, revoked: [],
}));

const REQUEST: EntryRequest = {
  verb: 'unlock', capabilities: ['unlock', 'lock'], source: 'keypad', clock: { quality: 'synced', now: NOW }, nowMs: 0, rosterVersion: 1,
  place: { zone: 'UTC', zoneTable: UTC, calendars: [{ id: 1, days: numbers(0, 64).map((day) => 22_000 + day), untilDay: 30_000 }] },
};
const MEMORY: EntryMemory = { lockout: startLockout(NO_LOCKOUT, 0), codes: NO_CODE_MEMORY, proofs: [] };

// ---- the decisions -------------------------------------------------------------------------------------------------------------------

type Asked = { readonly ask: () => EntryDecision; readonly expected: Reason };

const book = pinBook(nodeCrypto, lockId, new Secret(exampleEntropy('pin key')), pins.map(({ digits, terms }) => pinEntry(nodeCrypto, lockId, digits, terms)));
const typing = (typed: string): CodeRequest => ({ ...REQUEST, source: 'keypad', typed, pins: book, codeKeys: CODE_KEYS });
const typed = (text: string, expected: Reason): Asked => ({ ask: () => decideCode(nodeCrypto, typing(text), MEMORY).decision, expected });

const asked = (): readonly Asked[] => [
  { ask: () => decideEntry('card', cards.get('card 520'), { ...REQUEST, source: 'card' }, MEMORY).decision, expected: 'granted-card' },
  { ask: () => decideEntry('finger', fingers.get(760), { ...REQUEST, source: 'finger' }, MEMORY).decision, expected: 'granted-finger' },
  typed(digitsOf(480), 'granted-pin'),
  typed(`${digitsOf(480)}19`, 'granted-pin'),
  typed('999999', 'code-unknown'),
  typed(digitsOf(460), 'outside-hours'),
];

/** As many transactions as there are decisions. */
const run = async (decisions: readonly Asked[]): Promise<Pick<Figure, 'value' | 'samples'>> => {
  for (const { ask, expected } of decisions) assert(ask().reason === expected, `the control: ${expected}, and not ${ask().reason}`);
  const transaction = measurable(nodeCrypto, parties(nodeCrypto), 'a4 80 81 c9');
  const { value, samples } = ratioOf(() => { for (const { ask } of decisions) ask(); }, transaction);
  return { value: value / decisions.length, samples };
};

const AGAINST = 'a reader’s CPU on one standard Aliro transaction on OpenSSL, same run';

const share = async (): Promise<Figure> =>
  ({ ...(await run(asked())), goal: GOAL, better: 'lower', unit: 'ratio', against: `${AGAINST}: the mean of six decisions over 1,000 credentials and 200 schedules` });

/** The two dearest: nine digits under four keys of codes, and 20 digits without a PIN. Printed; a hand types them in seconds. */
const dearest = async (): Promise<Figure> => {
  const code = encodeCode(CODE_KEYS.at(-1) ?? { key: new Secret(exampleEntropy('none')) }, lockId, { kind: 'window', startH: codeHourOf(NOW), length: 3, index: 0 });
  const decisions = [typed(code, 'granted-code'), typed('9'.repeat(20), 'code-unknown')];
  return { ...(await run(decisions)), better: 'lower', unit: 'ratio', against: `${AGAINST}: the mean of an offline code under four keys and of 20 digits, each run tried` };
};

export const accessDecision: readonly Bench[] = [
  { name: 'access.decision.share', run: share },
  { name: 'access.dearest_code.share', run: dearest },
];

// docs/CODES.md states what follows from the code's numbers; here they are worked out anew and looked for on the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CODE_LENGTHS_H } from '@mortise/documents/code-key-entry.ts';
import { FORGIVEN_AT_MOST, FULL_UNITS, LOCKOUT_POLICIES, LOCK_SOURCES, MAX_ENTRY_UNITS } from './lockout.ts';
import { CODE_INDEXES } from './offline-code.ts';
import { RUNS_PER_UNIT } from './pin-book.ts';

const page = readFileSync(new URL('../../../docs/CODES.md', import.meta.url), 'utf8');
const [MINUTE_S, HOUR_S, DAY_MS, YEAR_MS] = [60, 3600, 86_400_000, 365.25 * 86_400_000];

const unitsIn = (unitMs: number, ms: number): readonly [number, number] => {
  const without = FULL_UNITS + MAX_ENTRY_UNITS + ms / unitMs;
  return [Math.floor(without), Math.floor(without + FORGIVEN_AT_MOST + (2 * ms) / unitMs)];
};
const number = (value: number): string => Math.round(value).toLocaleString('en');
const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;
const inYear = (chance: number): string => unitsIn(LOCKOUT_POLICIES.keypad.unitMs, YEAR_MS).map((units) => percent(1 - (1 - chance) ** units)).join(' | ');
const hasRow = (row: string): void => assert.ok(page.includes(row), `docs/CODES.md should have: ${row}`);

const span = (ms: number): string => {
  const s = ms / 1000;
  if (s < MINUTE_S) return `${s} s`;
  return s < HOUR_S ? `${s / MINUTE_S} min` : `${s / HOUR_S} h`;
};

test('the page has the wait of each level of each table', () => {
  for (let level = 5; level <= FULL_UNITS; level += 1) {
    hasRow(`| ${level} | ${(['keypad', 'finger', 'card'] as const).map((source) => span(LOCKOUT_POLICIES[source].waitsMs[level - 1] ?? NaN)).join(' | ')} |`);
  }
  for (const source of LOCK_SOURCES) assert.ok(LOCKOUT_POLICIES[source].waitsMs.slice(0, 4).every((ms) => ms === 0));
});

test('the page has the most guesses in a day and a year of each source', () => {
  for (const [name, { unitMs }] of [['keypad; near; relay', LOCKOUT_POLICIES.keypad], ['finger', LOCKOUT_POLICIES.finger], ['card', LOCKOUT_POLICIES.card]] as const) {
    const [day, year] = [unitsIn(unitMs, DAY_MS), unitsIn(unitMs, YEAR_MS)];
    hasRow(`| ${name} | ${span(unitMs)} | ${[day[0], year[0], day[1], year[1]].map(number).join(' | ')} |`);
  }
});

test('the page has how many codes hold at an instant, and the chance of a guess and of a year', () => {
  for (const [name, longest] of [['28 days', 15], ['14 days', 14], ['7 days', 12], ['2 days', 8], ['12 hours', 6]] as const) {
    const hours = CODE_LENGTHS_H.slice(0, longest + 1).reduce((sum, each) => sum + each, 0);
    const held = 2 * CODE_INDEXES * hours;
    hasRow(`| ${name} | ${number(hours)} | ${number(held)} | 1 in ${number(1e9 / held)} | ${inYear(held / 1e9)} |`);
  }
  for (const length of [6, 7, 8, 9]) hasRow(`| ${length} digits | 1 in ${number(10 ** length / RUNS_PER_UNIT)} | ${inYear(RUNS_PER_UNIT / 10 ** length)} |`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ekey } from '@mortise/api/ekeys.ts';
import { ekeyCounts, foundEkeys, urgentFirst } from '../model/ekey-list.ts';
import { bufferWords, custodyLine, custodyNote, ekeyClockWords, ekeyMark, ekeySaysWords, ekeySentence, isEmptied, policyWords } from './ekey.ts';

const NOW = Date.parse('2026-05-29T12:00:00Z');
const DAY = 86_400_000;
const times = { now: NOW, zone: 'Europe/Zurich' };
const orders: Ekey['orders'] = { version: 2, held: 2, isCurrent: true, grants: 1, leftOut: 0, revalidateBy: NOW + DAY };
const key = (name: string, over: Partial<Ekey> = {}): Ekey => ({
  id: name, name, serial: '', identityKey: '', credentialKey: '', credential: '', state: 'issued', person: { id: 'P', name: 'Bob' }, dueBack: null, lostReport: null, clock: null, policy: { revalidateDays: 7, buffer: 'stop', pin: null },
  orders, status: null, journal: { entries: 0, missing: 0, head: '', alerts: 0 }, registeredAt: NOW, ...over,
});

const out = key('out');
const due = key('due', { orders: { ...orders, revalidateBy: NOW - DAY } });
const behind = key('behind', { orders: { ...orders, isCurrent: false } });
const overdue = key('overdue', { dueBack: NOW - DAY });
const stock = key('stock', { state: 'inStock', person: null });
const back = key('back', { state: 'returned', person: null, orders: { ...orders, isCurrent: false } });
const lost = key('lost', { state: 'lost', orders: { ...orders, grants: 0, isCurrent: false } });
const emptied = key('emptied', { state: 'lost', orders: { ...orders, grants: 0 } });

test('a key is marked by whose hands it is in, and by what needs a person', () => {
  assert.deepEqual([overdue, out, due, behind, stock, back, lost, emptied].map((each) => ekeyMark(each, times)), [
    { tone: 'alarm', word: 'Overdue' }, { tone: 'so', word: 'Out' }, { tone: 'alarm', word: 'Past its date' }, { tone: 'wait', word: 'Update waits' }, { tone: 'open', word: 'In stock' },
    { tone: 'wait', word: 'Back, to be emptied' }, { tone: 'alarm', word: 'Lost' }, { tone: 'alarm', word: 'Lost, emptied' },
  ]);
});

test('a lost key is empty only by its own word, under the newest orders', () => {
  const said = (over: Partial<Ekey['orders']>): boolean => isEmptied({ ...emptied, orders: { ...emptied.orders, ...over } });
  assert.deepEqual([said({}), said({ held: 1 }), said({ held: 0, version: 0 }), said({ isCurrent: false }), said({ grants: 1 })], [true, false, false, false, false]);
});

test('what it means, with the date by which it is to be updated', () => {
  assert.equal(ekeySentence(out, times), 'Bob has it. It holds its grant. Without an update it opens nothing from tomorrow 14:00 on, Zurich time.');
  assert.match(ekeySentence(overdue, times), /^Bob has it\. It was due back by Thursday 28 May 14:00, Zurich time\. It holds its grant\./);
  assert.match(ekeySentence(key('x', { dueBack: NOW + DAY }), times), /^Bob has it\. It is due back by tomorrow 14:00, Zurich time\./);
  assert.match(ekeySentence(due, times), /It was to be updated by Thursday 28 May 14:00, Zurich time, and opens nothing until it is\.$/);
  assert.match(ekeySentence(key('x', { orders: { ...orders, revalidateBy: null, grants: 3 } }), times), /^Bob has it\. It holds all 3 grants\.$/);
  assert.match(ekeySentence(behind, times), /the next update brings that/);
  assert.match(ekeySentence(lost, times), /not every lock may have heard/);
  assert.match(ekeySentence(emptied, times), /has said that it holds nothing/);
});

test('the most urgent first, and found by name, number or who has it', () => {
  const all = [stock, out, back, emptied, due, lost, behind, overdue];
  assert.deepEqual(urgentFirst(all, NOW).map(({ name }) => name), ['lost', 'overdue', 'due', 'back', 'behind', 'emptied', 'out', 'stock']);
  assert.deepEqual(urgentFirst([key('K-10'), key('K-9')], NOW).map(({ name }) => name), ['K-9', 'K-10']);
  assert.deepEqual(ekeyCounts(all, NOW), { all: 8, out: 4, overdue: 1, pastDue: 1, lost: 2 });
  assert.deepEqual(foundEkeys([stock, out, key('x', { serial: 'MK-7' })], 'bob').map(({ name }) => name), ['out', 'x']);
  assert.deepEqual(foundEkeys([stock, key('x', { serial: 'MK-7' })], 'mk-7').map(({ name }) => name), ['x']);
});

test('clock, memory, policy', () => {
  const status = { heardAt: NOW, at: NOW, clock: 'held', errorMs: 0, batteryMv: null, records: 0, acknowledged: 0, free: 8000, forLocksBytes: 0, fromLocksBytes: 0 } as const;
  assert.deepEqual([ekeySaysWords(null), ekeySaysWords(status), ekeySaysWords({ ...status, clock: 'lost', free: 64 })], ['Nothing yet', 'Clock held, room for records', 'Clock lost, little room for records']);
  assert.deepEqual([ekeyClockWords({ clock: 'held', errorMs: 1800 }), ekeyClockWords({ clock: 'lost', errorMs: 0 })], ['Held since it was set, to within 2 s', 'Lost: it opens nothing that is limited in time']);
  assert.equal(bufferWords({ records: 10, acknowledged: 9, free: 8000 }), 'Room for 8000 more records. 1 has not come home yet.');
  assert.equal(bufferWords({ records: 10, acknowledged: 10, free: 1 }), 'Room for 1 more record. All that it wrote have come home.');
  assert.deepEqual(policyWords({ revalidateDays: 7, buffer: 'overwrite', pin: { minutes: 60 } }), {
    update: 'Opens nothing after a week without an update', memory: 'Keeps records that have come home until their room is needed', pin: 'Asks for its PIN, once in an hour',
  });
});

test('the log says to whom, from whom, by whom', () => {
  const bob = { id: 'P', name: 'Bob' };
  assert.deepEqual([custodyLine({ action: 'registered', person: null }), custodyLine({ action: 'issued', person: bob }), custodyLine({ action: 'returned', person: bob }), custodyLine({ action: 'returned', person: null }), custodyLine({ action: 'lost', person: bob })],
    ['Registered', 'Issued to Bob', 'Back from Bob', 'Back', 'Reported lost; Bob had it']);
  assert.equal(custodyNote({ by: { id: 'A', name: 'Ada' }, at: NOW - DAY, dueBack: null }, times), 'by Ada, yesterday at 14:00');
  assert.equal(custodyNote({ by: { id: 'A', name: 'Ada' }, at: NOW - DAY, dueBack: NOW + DAY }, times), 'by Ada, yesterday at 14:00; due back by tomorrow 14:00');
});

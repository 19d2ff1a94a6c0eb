import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessRequest } from '@mortise/api/access-requests.ts';
import type { HeldEkey, HeldKeyGrant } from '@mortise/api/ekeys.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { NOTHING_CARRIED, type Carried } from '@mortise/wallet/carried.ts';
import { together } from '../model/ekey-update.ts';
import { cutWords, deadlineWords, doneWords, ekeyRows, ekeyStanding, grantChip, grantTitle, grantWords, homeWords, requestWords } from './held-ekey.ts';

const NOW = Date.parse('2026-11-26T13:30:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const times = { now: NOW, zone: 'Europe/Zurich' };

const grant = (changes: Partial<HeldKeyGrant> = {}): HeldKeyGrant => ({
  id: 'g', state: 'live', from: 'Ada', word: '', isOnKey: true,
  terms: { places: [], verbs: ['unlock'], from: NOW - HOUR, until: NOW + DAY, hours: [], uses: null, minutesAfterFirstUse: null, freshForS: null, holidays: null, remote: false },
  doors: [{ id: 'd', name: 'Yard', zone: 'Europe/Zurich', lockId: 'l', location: { id: 's', name: 'Substation 4' } }], ...changes,
});
const orders: HeldEkey['orders'] = { version: 2, held: 2, isCurrent: true, grants: 1, leftOut: 0, revalidateBy: NOW + 3 * DAY };
const status: NonNullable<HeldEkey['status']> = { heardAt: NOW - HOUR, at: NOW - HOUR, clock: 'synced', errorMs: 0, batteryMv: 3010, records: 12, acknowledged: 9, free: 8189, forLocksBytes: 0, fromLocksBytes: 0 };
const ekey = (changes: Partial<HeldEkey> = {}): HeldEkey => ({
  id: 'k', name: 'Key 7', serial: 'MK-7', state: 'issued', identityKey: 'x', orders, status, policy: { revalidateDays: 7, buffer: 'stop', pin: null }, dueBack: null, lostReport: null,
  issued: { at: NOW - DAY, by: 'Ada' }, grants: [grant()], ...changes,
});

test('how a key stands: whether it opens comes first, then what an update would bring', () => {
  const waiting = grant({ isOnKey: false });
  const table: readonly (readonly [Partial<HeldEkey>, string, RegExp])[] = [
    [{}, 'Up to date', /^Must be updated again before Sunday 14:30, Zurich time\.$/],
    [{ orders: { ...orders, revalidateBy: null } }, 'Up to date', /need not be updated/],
    [{ orders: { ...orders, revalidateBy: NOW - HOUR } }, 'Must be updated', /^It opens nothing since 13:30, Zurich time, until it is updated\.$/],
    [{ orders: { ...orders, revalidateBy: NOW - HOUR, isCurrent: false }, grants: [waiting] }, 'Must be updated', /opens nothing/],
    [{ orders: { ...orders, isCurrent: false }, grants: [grant(), waiting] }, 'News for it', /^Update it, and it opens Yard too\.$/],
    [{ orders: { ...orders, isCurrent: false } }, 'News for it', /has changed/],
    [{ orders: { ...orders, held: 1 } }, 'Update broke off', /what it held before/],
    [{ orders: { ...orders, held: 0, version: 0, isCurrent: false } }, 'Never updated', /opens nothing before/],
    [{ lostReport: { at: NOW - HOUR, note: '' } }, 'Reported lost', /^You said so at 13:30\. An owner must sign/],
    [{ state: 'lost' }, 'Lost', /taken back/],
  ];
  for (const [changes, word, says] of table) {
    const standing = ekeyStanding(ekey(changes), times);
    assert.equal(standing.word, word);
    assert.match(standing.says, says);
  }
});

test('rows tell since when and from whom, until when, and what waits on it', () => {
  const rows = new Map(ekeyRows(ekey({ dueBack: NOW - HOUR, policy: { revalidateDays: 7, buffer: 'stop', pin: { minutes: 5 } } }), times));
  assert.deepEqual([rows.get('Yours since'), rows.get('Records on it'), rows.get('Battery'), rows.get('Number'), rows.get('Clock')], ['Yesterday at 14:30, from Ada', '3 records to bring home; room for 8189 more', '3.01 V', 'MK-7', 'Right']);
  assert.match(rows.get('To be back') ?? '', /That is over/);
  assert.match(rows.get('PIN') ?? '', /every 5 minutes/);
  assert.equal(new Map(ekeyRows(ekey({ status: null }), times)).get('Last updated'), 'Never');
});

test('a grant says where and when, and what an update does to it', () => {
  assert.equal(grantTitle(grant()), 'Yard, Substation 4');
  assert.equal(grantTitle({ doors: [] }), 'A door that is gone');
  assert.deepEqual([grantChip(grant(), NOW)[1], grantChip(grant({ isOnKey: false }), NOW)[1], grantChip(grant({ state: 'takenBack' }), NOW)[1]], ['On the key', 'Update', 'Taken back']);
  assert.match(grantWords(grant({ isOnKey: false }), NOW), /^At any hour, until .*Zurich time\. Not on the key yet: update it\.$/);
  assert.match(grantWords(grant({ state: 'takenBack' }), NOW), /Taken back\. It goes off the key with the next update\.$/);
});

test('a request says what has come of it, in whose words', () => {
  const base: AccessRequest = {
    id: 'r', state: 'asked', person: { id: 'p', name: 'Bob' }, ekey: { id: 'k', name: 'Key 7' }, door: { id: 'd', name: 'Yard', lockId: 'l' }, from: NOW, until: NOW + 4 * HOUR, reason: 'Hot', askedAt: NOW - HOUR,
    decidedAt: null, decidedBy: null, answer: '', grantId: null,
  };
  const says = (changes: Partial<AccessRequest>): string => requestWords({ ...base, ...changes }, times);
  const decided = { decidedAt: NOW, decidedBy: 'Ada', answer: 'Mind the dog' };
  assert.match(says({}), /Asked at 13:30\. Nobody has answered yet/);
  assert.equal(says({ state: 'refused', ...decided }), 'Ada refused it at 14:30. “Mind the dog”');
  assert.equal(says({ state: 'approved', ...decided }), 'Ada said yes at 14:30. “Mind the dog” Update Key 7, and it opens.');
  assert.match(says({ state: 'onTheKey', ...decided }), /the key has it/);
  assert.match(says({ state: 'lapsed', ...decided }), /is over now/);
  assert.match(says({ state: 'lapsed' }), /Nobody answered in time/);
});

test('an update says what it brought and took, or why it broke off and that nothing is half done', () => {
  const carried = (changes: Partial<Carried>): Carried => ({ ...NOTHING_CARRIED, ...changes });
  const locks = new Set([1, 2].map((byte) => identifierOf<LockId>(new Uint8Array(16).fill(byte))));
  assert.deepEqual(
    [{}, { ownRecords: 1 }, { ownRecords: 12, lockRecords: 3, locks }, { lockRecords: 3, locks }].map((changes) => homeWords(carried(changes))),
    ['No new record was on it.', '1 record of the key is home.', '12 records of the key and 3 of 2 locks are home.', '3 records of 2 locks are home.'],
  );
  assert.deepEqual([together(carried({ ownRecords: 2, given: 3 }), carried({ ownRecords: 1, given: 1 })).ownRecords, together(carried({ given: 3 }), carried({ given: 1 })).given], [3, 4]);
  assert.equal(doneWords(ekey(), times), 'It opens Yard, at its times. Must be updated again before Sunday 14:30, Zurich time.');
  assert.match(doneWords({ ...ekey(), grants: [] }, times), /^It holds 1 grant\./);
  assert.match(doneWords(ekey({ orders: { ...orders, leftOut: 2 } }), times), /For 2 more grants there was no room/);
  assert.match(doneWords(ekey({ orders: { ...orders, isCurrent: false } }), times), /once more/);
  assert.match(doneWords(ekey({ state: 'lost' }), times), /holds nothing that opens/);
  assert.equal(deadlineWords(undefined, times), '');
  const cut = { kind: 'cut', carried: NOTHING_CARRIED } as const;
  assert.match(cutWords({ ...cut, by: 'line', failure: undefined }), /^The key is gone: .* Nothing is half done/);
  assert.match(cutWords({ ...cut, by: 'hub', failure: { kind: 'unreachable' } }), /^The hub does not answer/);
  assert.match(cutWords({ ...cut, by: 'hub', failure: { kind: 'refused', code: 'sign-in-required', message: 'x', status: 401 } }), /^Nobody is signed in here/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Door } from '@mortise/api/locks.ts';
import type { Me } from '@mortise/api/owner.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { awayPage, type KeptPage } from './kept-page.ts';

const bytes = (length: number, value: number): string => base64url(new Uint8Array(length).fill(value));
const key = bytes(65, 4);
const me: Me = { person: { id: bytes(16, 1), name: 'Mira' }, site: { id: bytes(16, 2), name: 'Home', zone: 'Europe/Zurich' }, signedInBy: 'passkey' };
const door: Door = {
  id: bytes(16, 3), name: 'Front door', zone: 'Europe/Zurich',
  lock: {
    lockId: bytes(16, 5), identityKey: key, readerKey: key, sealKey: key, statement: bytes(64, 6), model: 'm', firmware: '1', profile: 'powered', online: true, state: null,
    roster: { version: 1, delivery: 'delivered', code: null }, reset: null, journal: { entries: 2, missing: 0, head: bytes(32, 7), alerts: 0 },
  },
};
const page: KeptPage = { me, doors: [door], at: 1_790_000_000_000 };

test('what was kept stands as it was, but nothing is reached through a hub that does not answer', () => {
  const away = awayPage(structuredClone(page));
  assert.deepEqual(away, { ...page, doors: [{ ...door, lock: { ...door.lock, online: false } }] });
});

test('what is none is none: another form, a part, any value', () => {
  for (const value of [undefined, null, {}, { ...page, at: 'yesterday' }, { ...page, me: {} }, { ...page, doors: [{ ...door, lock: {} }] }]) assert.equal(awayPage(value), undefined);
  fc.assert(fc.property(fc.anything(), (value) => awayPage(value) === undefined));
});

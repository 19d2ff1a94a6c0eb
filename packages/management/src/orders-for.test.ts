// What a key shall hold: as its state says, in bounds, and news only when something is another or half of its time has passed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeKeyItem, encodeKeyOrders, MAX_ITEM_BYTES, MAX_ITEMS } from '@mortise/courier/key-orders.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleLock } from '@mortise/documents/example-site.ts';
import { KEY_STATES } from './custody.ts';
import { ordersFor, REVALIDATE_MS, type KeyWish, type OrderedGrant } from './orders-for.ts';

const NOW = instant(Date.UTC(2026, 5, 1, 10));
const DAY = 86_400_000;
const later = (ms: number) => instant(NOW + ms);
const grant = (name: string, changes: Partial<OrderedGrant> = {}): OrderedGrant => ({ accessId: name, from: NOW - DAY, until: NOW + 30 * DAY, document: utf8(`document ${name}`), stamp: null, ...changes });
const WISH: KeyWish = {
  keyId: exampleLock('key').lockId, state: 'issued', now: NOW, policy: { revalidateMs: REVALIDATE_MS, buffer: 'stop', pin: undefined },
  grants: [grant('a'), grant('b', { stamp: utf8('stamp b') })], certificates: [utf8('certificate')], delegations: [utf8('delegation')],
};
const told = (wish: Partial<KeyWish>): readonly string[] => ordersFor(crypto, { ...WISH, ...wish }, undefined).items.map(({ bytes }) => {
  const item = decodeKeyItem(bytes);
  return item === undefined ? 'none' : `${item.kind} ${new TextDecoder().decode(item.bytes)}`;
});

void test('a key in somebody’s hand gets its grants; in stock its certificate; a lost one nothing, and nothing opens', () => {
  const whole = ['time-key certificate', 'delegation delegation', 'access document a', 'access document b', 'stamp stamp b'];
  assert.deepEqual(KEY_STATES.map((state) => told({ state })), [['time-key certificate'], whole, ['time-key certificate'], []]);
  const { orders, isNew, leftOut } = ordersFor(crypto, WISH, undefined);
  assert.deepEqual([orders.version, orders.instant, orders.revalidateBy, isNew, leftOut], [1, NOW, later(REVALIDATE_MS), true, 0]);
  const lost = ordersFor(crypto, { ...WISH, state: 'lost', now: later(5) }, orders);
  assert.deepEqual([lost.orders.version, lost.orders.revalidateBy, lost.orders.items, lost.isNew], [2, later(5), [], true]);
  assert.equal(ordersFor(crypto, { ...WISH, state: 'lost', now: later(DAY) }, lost.orders).isNew, false, 'once is enough');
});

void test('orders are another version when what they say is, or half of the time without word has passed', () => {
  const { orders: last } = ordersFor(crypto, WISH, undefined);
  const { policy } = WISH;
  const table: readonly (readonly [string, Partial<KeyWish>, boolean])[] = [
    ['the same', {}, false],
    ['the same in another order', { grants: WISH.grants.toReversed() }, false],
    ['before half of the time', { now: later(REVALIDATE_MS / 2 - 1) }, false],
    ['after half of the time', { now: later(REVALIDATE_MS / 2) }, true],
    ['a grant more', { grants: [...WISH.grants, grant('c')] }, true],
    ['a grant less', { grants: [grant('a')] }, true],
    ['another stamp', { grants: [grant('a'), grant('b', { stamp: utf8('another') })] }, true],
    ['no certificate', { certificates: [] }, true],
    ['another buffer', { policy: { ...policy, buffer: 'overwrite' } }, true],
    ['a PIN', { policy: { ...policy, pin: { minutes: 5, epoch: 0 } } }, true],
    ['no deadline', { policy: { ...policy, revalidateMs: null } }, true],
    ['a shorter deadline', { policy: { ...policy, revalidateMs: DAY } }, true],
    ['a longer deadline', { policy: { ...policy, revalidateMs: 20 * DAY } }, true],
  ];
  for (const [label, changes, isNew] of table) {
    const now = ordersFor(crypto, { ...WISH, ...changes }, last);
    assert.deepEqual([now.isNew, now.orders.version], [isNew, isNew ? 2 : 1], label);
    assert.equal(ordersFor(crypto, { ...WISH, ...changes }, now.orders).isNew, false, `${label}, once more`);
  }
});

void test('what is over, needs a stamp that there is not, or is too long is not given', () => {
  const grants = [grant('over', { until: NOW - 1 }), grant('at its end', { until: NOW }), grant('unconfirmed', { stamp: undefined }), grant('long', { document: new Uint8Array(MAX_ITEM_BYTES) }), grant('to come', { from: NOW + DAY })];
  assert.deepEqual(told({ grants, delegations: [], certificates: [] }), ['access document at its end', 'access document to come']);
  assert.equal(ordersFor(crypto, { ...WISH, grants }, undefined).leftOut, 2);
});

void test('whatever is wished, orders are within their bounds, name each item once, and leave out what comes last', () => {
  const some: fc.Arbitrary<OrderedGrant> = fc.record({
    accessId: fc.uuid(), from: fc.integer({ min: -5, max: 50 }).map((days) => NOW + days * DAY), until: fc.integer({ min: -5, max: 90 }).map((days) => NOW + days * DAY),
    document: fc.uint8Array({ minLength: 1, maxLength: 40 }), stamp: fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: null }),
  });
  fc.assert(fc.property(fc.array(some, { maxLength: 150 }), fc.constantFrom(...KEY_STATES), (grants, state) => {
    const { orders, items, leftOut } = ordersFor(crypto, { ...WISH, grants, state }, undefined);
    assert.ok(orders.items.length <= MAX_ITEMS && encodeKeyOrders(orders).length > 0);
    assert.equal(new Set(orders.items.map(hex)).size, orders.items.length);
    assert.deepEqual(items.map(({ bytes }: { readonly bytes: Bytes }) => hex(crypto.sha256(bytes))), orders.items.map(hex));
    const given = grants.filter(({ until }) => until >= NOW).length;
    const unheld = state === 'issued' ? 0 : given;
    assert.ok(items.filter(({ kind }) => kind === 'access').length + leftOut <= given);
    if (unheld > 0) assert.deepEqual([items.some(({ kind }) => kind === 'access'), leftOut], [false, 0]);
  }), { numRuns: 60 });
});

void test('a hub that was put back to an earlier day makes later orders than any that the key has', () => {
  const { orders: last } = ordersFor(crypto, WISH, undefined);
  const all = new Set(last.items.map((digest) => hex(digest.slice(0, 16))));
  const versionAfter = (version: number, staged: number, held: ReadonlySet<string>): number => ordersFor(crypto, { ...WISH, said: { version, staged, held } }, last).orders.version;
  assert.deepEqual([versionAfter(0, 0, new Set()), versionAfter(0, 1, new Set()), versionAfter(1, 0, all)], [1, 1, 1], 'the control: it is not there yet, on its way, there');
  assert.deepEqual([versionAfter(4, 0, all), versionAfter(1, 7, all), versionAfter(1, 0, new Set())], [5, 8, 2]);
  assert.equal(ordersFor(crypto, { ...WISH, said: { version: 3, staged: 0, held: all } }, undefined).orders.version, 4);
});

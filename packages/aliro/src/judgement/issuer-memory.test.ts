import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { CREDENTIAL, ISSUER, OTHER_ISSUER, filled } from '../conformance/document.fixture.ts';
import { applyRevocations, isBehind, isRevoked, isSameMemory, type IssuerMemories, MAX_REVOCATIONS, memoryOf, NO_MEMORIES, raiseIteration, type RevocationMode } from './issuer-memory.ts';
import type { RevocationData, RevocationEntry } from '../documents/revocation-data.ts';

const [one, other] = [ISSUER.publicKey, OTHER_ISSUER.publicKey];
const HASH = nobleCrypto.sha256(CREDENTIAL.publicKey);
const ID = filled(3, 3);

const applied = (memories: IssuerMemories, data: Partial<RevocationData>, mode: RevocationMode = 'spec', nowMs?: number): IssuerMemories =>
  applyRevocations(memories, one, { change: 'append', ...data }, mode, nowMs === undefined ? undefined : instant(nowMs)) ?? assert.fail('full');

const revoked = (memories: IssuerMemories, accessId?: Bytes, nowMs?: number, issuer = one): boolean =>
  isRevoked(nobleCrypto, memories, issuer, CREDENTIAL.publicKey, accessId, nowMs === undefined ? undefined : instant(nowMs));

test('a document is behind by eight', () => {
  const at9 = raiseIteration(NO_MEMORIES, one, 9);
  assert.deepEqual([0, 1, 2, 9, 20].map((iteration) => isBehind(at9, one, iteration)), [true, true, false, false, false]);
  assert.equal(isBehind(at9, one, undefined), false);
  assert.equal(isBehind(at9, other, 0), false);
  assert.equal(isBehind(NO_MEMORIES, one, 0), false);
});

test('the highest iteration never falls', () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 30 })), (iterations) => {
    const memories = iterations.reduce((memory, iteration) => raiseIteration(memory, one, iteration), NO_MEMORIES);
    assert.equal(memoryOf(memories, one).highestIteration ?? -1, Math.max(-1, ...iterations));
  }));
  const at9 = raiseIteration(NO_MEMORIES, one, 9);
  assert.equal(raiseIteration(at9, one, 9), at9, 'nothing new to remember');
  assert.equal(raiseIteration(at9, one, undefined), at9);
  assert.equal(memoryOf(raiseIteration(NO_MEMORIES, one, 0), one).highestIteration, 0);
});

test('iterations and revocations of one issuer stand side by side', () => {
  const memories = raiseIteration(applied(raiseIteration(NO_MEMORIES, one, 1), { add: [{ credential: HASH }] }), one, 5);
  assert.equal(memoryOf(memories, one).highestIteration, 5);
  assert.equal(revoked(memories), true);
  assert.equal(revoked(memories, undefined, undefined, other), false);
});

test('credential or id, either is enough', () => {
  const both = applied(NO_MEMORIES, { add: [{ credential: filled(32, 9), accessId: ID }] });
  assert.deepEqual([revoked(both), revoked(both, ID), revoked(both, filled(3, 4))], [false, true, false]);
  const byKey = applied(NO_MEMORIES, { add: [{ credential: HASH }] });
  assert.deepEqual([revoked(byKey), revoked(byKey, ID)], [true, true]);
});

test('an entry counts to the end of its last second, and always without a clock', () => {
  const memories = applied(NO_MEMORIES, { add: [{ credential: HASH, expiryS: 10 }, { accessId: ID, expiryS: 20 }] });
  assert.deepEqual([9_999, 10_000, 10_001].map((now) => revoked(memories, undefined, now)), [true, true, false]);
  assert.deepEqual([20_000, 20_001].map((now) => revoked(memories, ID, now)), [true, false]);
  assert.equal(revoked(memories), true);
});

test('add, then remove; overwrite empties first; of what is listed twice the later end counts', () => {
  const before = applied(NO_MEMORIES, { add: [{ credential: HASH, accessId: ID }] });
  assert.equal(revoked(applied(before, { remove: [{ credential: HASH }] })), false);
  assert.equal(revoked(applied(before, { remove: [{ credential: HASH }] }), ID), true, 'the id stays');
  assert.equal(revoked(applied(before, { remove: [{ credential: HASH, accessId: ID }] }), ID), false);
  assert.equal(revoked(applied(before, { add: [{ credential: HASH }], remove: [{ credential: HASH }] })), false);
  assert.equal(revoked(applied(before, { change: 'overwrite' }), ID), false);
  assert.equal(revoked(applied(before, { change: 'overwrite', add: [{ accessId: ID }] }), ID), true);
  const ends = (...expiries: readonly (number | undefined)[]): number | undefined => {
    const entries: readonly RevocationEntry[] = expiries.map((expiryS) => (expiryS === undefined ? { credential: HASH } : { credential: HASH, expiryS }));
    return memoryOf(entries.reduce((memory, entry) => applied(memory, { add: [entry] }), NO_MEMORIES), one).credentials.get(hex(HASH));
  };
  assert.deepEqual([ends(5, 9), ends(9, 5), ends(undefined, 5), ends(5, undefined), ends(0)], [9, 9, Infinity, Infinity, 0]);
});

test('an entry without an id takes no id off the list, not even the empty one', () => {
  const before = applied(NO_MEMORIES, { add: [{ accessId: filled(0, 0) }, { credential: HASH }] });
  assert.equal(revoked(applied(before, { remove: [{ credential: HASH }] }), filled(0, 0)), true);
  assert.equal(revoked(applied(before, { remove: [{ credential: HASH }, { accessId: filled(0, 0) }] }), filled(0, 0)), false);
});

test('union: the list only grows, in whatever order documents come', () => {
  const hashes = [1, 2, 3].map((value) => filled(32, value));
  const entries = fc.array(fc.constantFrom(...hashes).map((credential) => ({ credential })), { maxLength: 3 });
  const change = fc.record({ change: fc.constantFrom('overwrite' as const, 'append' as const), add: entries, remove: entries });
  fc.assert(fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
    const listed = (list: readonly RevocationData[]): readonly string[] =>
      [...memoryOf(list.reduce((memory, data) => applied(memory, data, 'union'), NO_MEMORIES), one).credentials.keys()].toSorted();
    assert.deepEqual(listed(changes), listed(changes.toReversed()));
    assert.deepEqual(listed(changes), [...new Set(changes.flatMap(({ add }) => add.map(({ credential }) => hex(credential))))].toSorted());
  }));
});

test('a list that is full drops what has ended, and otherwise refuses', () => {
  const full = (expiryS: number): IssuerMemories => new Map([[hex(one), { highestIteration: 4, credentials: new Map(Array.from({ length: MAX_REVOCATIONS - 1 }, (_, index) => [`k${index}`, expiryS])), accessIds: new Map([[hex(ID), Infinity]]) }]]);
  const more = (memories: IssuerMemories, nowMs?: number) => applyRevocations(memories, one, { change: 'append', add: [{ credential: HASH }] }, 'union', nowMs === undefined ? undefined : instant(nowMs));
  assert.equal(more(full(10)), undefined, 'no clock: nothing has ended');
  assert.equal(more(full(10), 10_000), undefined);
  const dropped = more(full(10), 10_001);
  assert.deepEqual(dropped && memoryOf(dropped, one), { highestIteration: 4, credentials: new Map([[hex(HASH), Infinity]]), accessIds: new Map([[hex(ID), Infinity]]) });
  assert.equal(memoryOf(applied(full(10), {}, 'union', 10_001), one).credentials.size, MAX_REVOCATIONS - 1, 'kept while there is room: a clock can be set back');
  assert.notEqual(applyRevocations(full(10), one, { change: 'append', add: [{ accessId: ID }] }, 'union', undefined), undefined, 'not one more than before');
});

test('memories say the same when each entry and the iteration do, in whatever order', () => {
  const memory = { highestIteration: 3, credentials: new Map([['aa', 10], ['bb', Infinity]]), accessIds: new Map([['cc', 20]]) };
  assert.equal(isSameMemory(memory, memory), true);
  assert.equal(isSameMemory(memory, { highestIteration: 3, credentials: new Map([['bb', Infinity], ['aa', 10]]), accessIds: new Map([['cc', 20]]) }), true);
  const others = [
    { ...memory, highestIteration: 4 }, { ...memory, credentials: new Map([['aa', 10]]) }, { ...memory, credentials: new Map([['aa', 11], ['bb', Infinity]]) },
    { ...memory, credentials: new Map([['aa', 10], ['bc', Infinity]]) }, { ...memory, accessIds: new Map([['cc', 21]]) }, { ...memory, accessIds: new Map() },
    { credentials: memory.credentials, accessIds: memory.accessIds },
  ];
  for (const another of others) assert.deepEqual([isSameMemory(memory, another), isSameMemory(another, memory)], [false, false]);
});

// A key that starts anew stands where it stood when its last write was durable; storage that was cut, altered or is another key's is found.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { restore } from './birth.ts';
import type { EkeyEvent } from './events.ts';
import { decodeBegun, decodeClock, decodePin, encodeBegun, encodeClock, encodePin } from './stored-values.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { fixture, updated } from './update.fixture.ts';
import type { KeyWorld } from './world.conformance.ts';

const codeOf = (world: KeyWorld, change: Partial<KeyWorld['stored']>): string => {
  const restored = restore({ crypto: world.crypto }, world.keys, { ...world.stored, ...change });
  return restored.ok ? 'ok' : restored.error.code;
};

test('all of a key outlives its power', () => {
  const { hub, world, run } = updated({ buffer: 'overwrite', pin: { minutes: 5, epoch: 3 } });
  world.input({ kind: 'pinChosen', digits: '1234' });
  hub.revocations.push(hub.revoke([new Uint8Array(16)]));
  hub.post(identifierOf<LockId>(new Uint8Array(16).fill(1)), 'owner-set', utf8('an owner set'));
  hub.link();
  run(500);
  hub.unlink();
  const before = world.state;
  world.restart();
  run(10);
  const { membership, orders, items, holdings, revocations, bag, clock, pin, journal } = world.state;
  const { basis: _basis, ...memory } = clock;
  const { basis: _before, ...memoryBefore } = before.clock;
  assert.deepEqual({ membership, orders, items, holdings, revocations, bag, memory, verifier: pin.verifier }, {
    membership: before.membership, orders: before.orders, items: before.items, holdings: before.holdings, revocations: before.revocations, bag: before.bag, memory: memoryBefore, verifier: before.pin.verifier,
  });
  assert.equal(journal.last.seq, before.journal.last.seq + 1, 'and the start is recorded');
});

test('storage that is damaged, cut or another key’s is found, whatever value it is', () => {
  const { hub, world, run } = updated({ buffer: 'overwrite', pin: { minutes: 5, epoch: 3 } });
  world.input({ kind: 'pinChosen', digits: '1234' });
  hub.post(identifierOf<LockId>(new Uint8Array(16).fill(1)), 'owner-set', utf8('an owner set'));
  hub.revocations.push(hub.revoke([new Uint8Array(16)]));
  hub.link();
  run(500);
  assert.equal(codeOf(world, {}), 'ok', 'the control');
  for (const [name, value] of world.stored.values) {
    for (const length of [0, 1, Math.floor(value.length / 2), value.length - 1]) {
      assert.equal(codeOf(world, { values: new Map(world.stored.values).set(name, value.slice(0, length)) }), 'values-malformed', `${name} cut to ${length}`);
    }
  }
  const [item] = [...world.stored.values.keys()].filter((name) => name.startsWith('item.'));
  const without = new Map(world.stored.values);
  without.delete(item ?? '');
  assert.equal(codeOf(world, { values: without }), 'values-malformed', 'an item that the orders name');
  const entries = world.stored.entries.map((entry, index) => (index === world.stored.entries.length - 1 ? { ...entry, record: entry.record.slice(1) } : entry));
  assert.equal(codeOf(world, { entries }), 'journal-broken');
  assert.equal(codeOf(world, { acknowledged: 10_000 }), 'journal-broken');
  assert.equal(codeOf(fixture('another key').world, world.stored), 'journal-broken');
  assert.equal(codeOf(fixture('another key').world, { ...world.stored, entries: [], acknowledged: 0 }), 'values-malformed', 'the enrolment names this key');
});

test('values come back as they were, and any bytes are read or refused', () => {
  const clock = { floor: instant(5), setting: { instant: instant(9), rtcMs: -4, errorMs: 100 } };
  const pin = { verifier: new Uint8Array(32), epoch: 3, wrong: 2 };
  const begun = { lockId: identifierOf<LockId>(new Uint8Array(16)), instant: instant(7) };
  assert.deepEqual([decodeClock(encodeClock(clock)), decodePin(encodePin(pin)), decodeBegun(encodeBegun(begun))], [clock, pin, begun]);
  assert.deepEqual([decodeClock(encodeClock({ ...clock, setting: undefined })), decodePin(encodePin({ ...pin, verifier: undefined }))], [{ ...clock, setting: undefined }, { ...pin, verifier: undefined }]);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => [decodeClock, decodePin, decodeBegun].forEach((decode) => decode(bytes))), { numRuns: 500 });
});

test('keys made anew are another key, of nobody', () => {
  const { world } = updated();
  const other = fixture('made anew').world;
  assert.notEqual(other.state.keyId, world.state.keyId);
  assert.equal(other.state.membership.kind, 'factory');
});

const bytes = fc.uint8Array({ maxLength: 80 });
const small = fc.nat({ max: 40 });
const event: fc.Arbitrary<EkeyEvent> = fc.oneof(
  fc.constantFrom<EkeyEvent>({ kind: 'started' }, { kind: 'tick' }, { kind: 'lifted' }, { kind: 'linked' }, { kind: 'unlinked' }),
  fc.record({ kind: fc.constant('battery' as const), mv: fc.integer({ min: -5, max: 70_000 }) }),
  fc.record({ kind: fc.constant('touched' as const), via: fc.constantFrom('contact' as const, 'near' as const), verb: fc.constantFrom('unlock' as const, 'lock' as const, 'syncOnly' as const) }),
  fc.record({ kind: fc.constantFrom('frame' as const, 'message' as const), bytes }),
  fc.record({ kind: fc.constant('frame' as const), bytes: fc.uint8Array({ minLength: 24, maxLength: 24 }).map((hello): Bytes => Uint8Array.of(6, ...hello)) }),
  fc.record({ kind: fc.constantFrom('pin' as const, 'pinChosen' as const), digits: fc.constantFrom('1234', '', 'x', '0'.repeat(40)) }),
  fc.record({ kind: fc.constant('signed' as const), id: small, signature: fc.uint8Array({ minLength: 64, maxLength: 64 }) }),
  fc.record({ kind: fc.constant('stored' as const), id: small }),
);

test('any events in any order, in a key of nobody and in one that is in use: it stays within its bounds and starts again', () => {
  for (const make of [fixture, () => updated({ pin: { minutes: 1, epoch: 1 } })]) {
    fc.assert(fc.property(fc.array(fc.tuple(event, fc.nat({ max: 3000 })), { maxLength: 30 }), (events) => {
      const { world, run } = make();
      for (const [each, ms] of events) {
        world.input(each);
        run(ms);
      }
      world.restart();
      assert.ok(world.state.isStarted);
    }), { numRuns: 40 });
  }
});

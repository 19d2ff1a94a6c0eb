// What is kept comes back as it was; any other bytes are refused with a code, at every truncation and every flipped bit tried.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { decodeRosterAnswer } from '@mortise/courier/link-body.ts';
import { encodeOffer, MAX_OFFER_BYTES } from '@mortise/documents/adoption-offer.ts';
import { CONFIGURATION_VERSION, decodeConfiguration, encodeConfiguration, type Configuration } from './configuration.ts';
import { ownedLock } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const { world, site } = ownedLock();
const place = { lockId: world.state.lockId, identityKey: world.keys.identityKey, seal: world.keys.seal };
const bytes = encodeConfiguration(world.crypto, world.state);
const codeOf = (of: Uint8Array): string => {
  const result = decodeConfiguration(world.crypto, place, of);
  return result.ok ? 'read' : result.error.code;
};
const read = (of: Uint8Array): Configuration => {
  const result = decodeConfiguration(world.crypto, place, of);
  assert.ok(result.ok, result.ok ? '' : result.error.code);
  return result.value;
};

test('an adopted lock’s configuration comes back whole, also with a later roster', () => {
  assert.deepEqual(read(bytes).membership, world.state.membership);
  assert.deepEqual(read(bytes).clock, { floor: world.state.clock.floor, rtcOffsetMs: world.state.clock.rtcOffsetMs });
  assert.ok(world.state.membership.kind === 'adopted');
  site.say('roster', site.roster({ version: 2, previous: world.state.membership.roster.hash }).bytes);
  world.run(100);
  const second = read(encodeConfiguration(world.crypto, world.state)).membership;
  assert.ok(second.kind === 'adopted');
  assert.equal(second.roster.version, 2);
  assert.deepEqual(second, world.state.membership);
});

test('a factory lock keeps its count of wrong codes and nothing secret', () => {
  const fresh = new World();
  const factory = encodeConfiguration(fresh.crypto, fresh.state);
  assert.deepEqual(read(factory).membership, { kind: 'factory', wrongOffers: 0 });
  assert.ok(factory.length < 40);
});

test('cut at each byte it is refused', () => {
  for (let length = 0; length < bytes.length; length += 1) assert.equal(codeOf(bytes.slice(0, length)), 'configuration-malformed');
});

test('any flipped bit is refused or seen: it never reads as another owner or roster', () => {
  const original = read(bytes).membership;
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
      const result = decodeConfiguration(world.crypto, place, bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit)));
      if (!result.ok || result.value.membership.kind !== 'adopted' || original.kind !== 'adopted') return;
      assert.deepEqual(result.value.membership.ownerSet, original.ownerSet);
      assert.deepEqual(result.value.membership.trusted, original.trusted);
      assert.deepEqual(result.value.membership.statement, original.statement);
    }),
    { numRuns: 60 },
  );
});

test('any bytes are refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => assert.equal(codeOf(any), 'configuration-malformed')));
});

test('another lock’s, and a newer version’s, are told apart', () => {
  const other = new World('another lock');
  assert.equal(codeOf(encodeConfiguration(other.crypto, other.state)), 'configuration-other-lock');
  const items = decodeCbor(bytes);
  assert.ok(Array.isArray(items));
  const newer: readonly Cbor[] = [CONFIGURATION_VERSION + 1, ...items.slice(1)];
  assert.equal(codeOf(encodeCbor(newer)), 'configuration-version');
});

test('a roster that has no room beside a long history of owners is refused with a code, and the lock goes on', () => {
  const long = ownedLock();
  const { membership } = long.world.state;
  assert.ok(membership.kind === 'adopted');
  const next = long.site.roster({ version: 2, previous: membership.roster.hash }).bytes;
  const { roster: _, ...papers } = { ...membership.papers, roster: membership.rosterBytes };
  // What is beyond the bound by one byte; a true history of 64 sets by many owners comes to that.
  const room = MAX_OFFER_BYTES - (encodeOffer(world.crypto, { ...papers, roster: next })?.length ?? 0);
  const sets = (length: number) => [...papers.ownerSets, new Uint8Array(length)];
  const fits = (length: number): boolean => encodeOffer(world.crypto, { ...papers, ownerSets: sets(length), roster: next }) !== undefined;
  const most = Array.from({ length: 8 }, (_each, less) => room - less).find(fits) ?? assert.fail();
  const answers = (length: number): string => {
    long.world.state = { ...long.world.state, membership: { ...membership, papers: { ...papers, ownerSets: sets(length) } } };
    long.site.say('roster', next);
    long.world.run(100);
    const answer = long.world.sent.findLast(({ type }) => type === 'roster-answer');
    return decodeRosterAnswer(answer?.body ?? new Uint8Array(0))?.code ?? 'none';
  };
  assert.equal(answers(most + 1), 'too-long');
  assert.equal(long.world.records().at(-1)?.rule, 'document:too-long');
  assert.equal(answers(most), 'accepted', 'the control: one byte less has room');
});

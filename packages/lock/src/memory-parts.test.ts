// The parts of the memory: only those that say something else are written, and nothing that could not be read again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentMemory } from '@mortise/access/document-memory.ts';
import { MAX_ISSUERS } from '@mortise/access/document-memory-cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { welcomingLock } from './guests.conformance.ts';
import { changedParts, decodeMemory, encodeMemory, isStorable, MEMORY_PARTS } from './memory-parts.ts';

const guests = welcomingLock();
const { world } = guests;
const empty = world.state.documents;
guests.ask([guests.issue({ uses: 2 }), guests.revoke(guests.id('another grant'))]);
const used = world.state.documents;

/** So many issuers, each of which has signed something. */
const crowded = (issuers: number): DocumentMemory => ({
  ...empty,
  issuers: new Map(Array.from({ length: issuers }, (_, at) => [at.toString(16).padStart(8, '0'), { highestIteration: at, credentials: new Map(), accessIds: new Map() }])),
});

test('the parts that changed, and no others; the same said again is no change', () => {
  assert.deepEqual(Object.keys(changedParts(empty, used)).toSorted(), ['issuers', 'uses']);
  assert.deepEqual(changedParts(empty, empty), {});
  assert.deepEqual(changedParts(used, { ...used, issuers: new Map(used.issuers), admissions: new Map([['aa:bb', { at: instant(1), until: instant(2) }]]) }), {
    admissions: encodeMemory({ ...used, admissions: new Map([['aa:bb', { at: instant(1), until: instant(2) }]]) }).admissions,
  });
  assert.deepEqual(decodeMemory({ ...encodeMemory(empty), ...changedParts(empty, used) }), used);
  assert.deepEqual(world.stored.memory, encodeMemory(used), 'what the lock stored is what it remembers');
});

test('what could not be read at the next start is known to be so before it is written', () => {
  for (const [issuers, may] of [[MAX_ISSUERS, true], [MAX_ISSUERS + 1, false]] as const) {
    const memory = crowded(issuers);
    assert.equal(isStorable(memory, changedParts(empty, memory)), may);
    assert.equal(decodeMemory(encodeMemory(memory)) !== undefined, may, `${issuers} issuers`);
  }
  for (const part of MEMORY_PARTS) assert.equal(isStorable(empty, { [part]: new Uint8Array(8_388_609) }), false, part);
});

test('a lock whose memory has no room for another issuer opens by none, and goes on as it was', () => {
  const full = welcomingLock();
  const document = full.issue({}, { validityIteration: 3 });
  full.world.state = { ...full.world.state, documents: crowded(MAX_ISSUERS) };
  const { decision, drives } = full.ask([document]);
  assert.deepEqual([decision.reason, decision.allowed, drives, full.world.state.documents.issuers.size], ['memory-full', false, 0, MAX_ISSUERS]);
  full.world.state = { ...full.world.state, documents: crowded(MAX_ISSUERS - 1) };
  assert.equal(full.ask([document]).decision.reason, 'granted-document', 'control');
});

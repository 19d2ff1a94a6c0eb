// Counts and first uses within their bounds: what had to be forgotten fails closed, and nobody pushes out what is another's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { uint } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { MAX_USES, MAX_USES_OF_DELEGATE, NO_USES, recordUse, useRefusal, type UsedGrant, type UseIssuer, type UseMemory } from './use-memory.ts';

const at = (s: number): Instant => instant(1_000_000 + s * 1000);
const HUB: UseIssuer = { delegate: new Uint8Array(65).fill(4) };
const grant = (number: number, { issuer = 'owners', from = 0, until = 1000 }: { issuer?: UseIssuer; from?: number; until?: number } = {}): UsedGrant =>
  ({ issuer, grantId: uint(number, 4), isContinued: false, from: at(from), until: at(until) });
const use = (memory: UseMemory, one: UsedGrant, now = 0): UseMemory => {
  const recorded = recordUse(memory, one, at(now));
  assert.ok(recorded.ok);
  return recorded.value;
};
/** So many grants, numbered from 0, each used once. */
const fill = (count: number, issuer: UseIssuer = 'owners', start = NO_USES, until = 1000): UseMemory => {
  const entries = Array.from({ length: count }, (_, index) => [...use(NO_USES, grant(index, { issuer, until })).uses]).flat();
  return { ...start, uses: new Map([...start.uses, ...entries]) };
};
const refusal = (memory: UseMemory, one: UsedGrant, now = 0, limits: Parameters<typeof useRefusal>[2] = { uses: 1 }): string | undefined => useRefusal(memory, one, limits, at(now));

test('each grant counts for itself, and each issuer', () => {
  const memory = use(NO_USES, grant(1));
  assert.equal(refusal(memory, grant(1)), 'uses-spent');
  assert.equal(refusal(memory, grant(1), 0, { uses: 2 }), undefined);
  assert.equal(refusal(memory, grant(1), 0, {}), undefined, 'no limit');
  assert.equal(refusal(memory, grant(2)), undefined);
  assert.equal(refusal(memory, grant(1, { issuer: HUB })), undefined);
});

test('the first use stays the first', () => {
  const memory = use(use(NO_USES, grant(1), 0), grant(1), 50);
  assert.deepEqual([60, 60.001].map((s) => refusal(memory, grant(1), s, { minutesAfterFirstUse: 1 })), [undefined, 'first-use-over']);
});

test('without room nothing new is taken, and nothing that has not ended is forgotten', () => {
  const full = fill(MAX_USES);
  assert.deepEqual(recordUse(full, grant(MAX_USES), at(1000)), { ok: false, error: 'memory-full' }, 'the last millisecond of all');
  assert.ok(recordUse(full, grant(3), at(1000)).ok, 'what is known still counts');
  assert.equal(use(full, grant(MAX_USES), 1001).uses.size, MAX_USES);
});

test('what was forgotten does not open again under a later end', () => {
  const full = use(fill(MAX_USES - 1, 'owners', NO_USES, 2000), grant(9999, { until: 10 }));
  assert.equal(refusal(full, grant(9999, { until: 5000 })), 'uses-spent', 'the control');
  const forgot = use(full, grant(8888, { from: 20, until: 3000 }), 30);
  assert.equal(forgot.uses.size, MAX_USES);
  assert.equal(refusal(forgot, grant(9999, { until: 5000 }), 40), 'uses-unknown', 'signed anew with a later end');
  assert.deepEqual([10, 10.001].map((from) => refusal(forgot, grant(7777, { from, until: 5000 }), 40)), ['uses-unknown', undefined], 'one that began after it ended is another');
  assert.equal(refusal(forgot, grant(7777, { until: 5000, issuer: HUB }), 40), undefined, 'the hub’s grants are not those of owners');
  const naive: UseMemory = { ...forgot, forgotten: NO_USES.forgotten };
  assert.equal(refusal(naive, grant(9999, { until: 5000 }), 40), undefined, 'a memory that only drops would let it open again');
});

test('a delegate has its share, and makes room among its own', () => {
  const busy = fill(MAX_USES_OF_DELEGATE, HUB, fill(10, 'owners', NO_USES, 5));
  assert.deepEqual(recordUse(busy, grant(777, { issuer: HUB }), at(100)), { ok: false, error: 'memory-full' });
  const after = use(busy, grant(777, { issuer: HUB, until: 3000 }), 1001);
  assert.equal([...after.uses.keys()].filter((key) => key.startsWith('owners:')).length, 10, 'what owners’ grants used is still known');
  assert.deepEqual([after.forgotten.owners, after.forgotten.delegates], [0, at(1000)]);
  assert.ok(recordUse(busy, grant(777), at(100)).ok, 'owners have room');
});

test('never more uses than the limit, in whatever order grants come and go', () => {
  const step = fc.record({ number: fc.nat(5), waitS: fc.nat(300), extend: fc.nat(2000) });
  const limit = 2;
  let [allowed, refused] = [0, 0];
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    // A memory that is full but for one place, so that everything that ends is forgotten soon.
    let memory = fill(MAX_USES - 2, 'owners', NO_USES, 1_000_000);
    const counts = new Map<number, number>();
    let now = 0;
    for (const { number, waitS, extend } of steps) {
      now += waitS;
      const one = grant(10_000 + number, { until: now + extend });
      const refusedFor = useRefusal(memory, one, { uses: limit }, at(now));
      const recorded = refusedFor === undefined ? recordUse(memory, one, at(now)) : undefined;
      if (recorded?.ok !== true) { refused += 1; continue; }
      memory = recorded.value;
      allowed += 1;
      counts.set(number, (counts.get(number) ?? 0) + 1);
      assert.ok((counts.get(number) ?? 0) <= limit && memory.uses.size <= MAX_USES);
    }
  }), { numRuns: 40 });
  console.log(`uses: ${allowed} allowed, ${refused} refused at the edge of the memory`);
  assert.ok(allowed > 0 && refused > 0);
});

// A whole contact cut at a sample of its places, spread over all of it; `npm run test:extended` cuts it at each byte and each effect.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { restore } from './birth.ts';
import { cutContact, everyCut, measureContact, type Cut } from './contact-cuts.conformance.ts';
import { updated } from './update.fixture.ts';

const SAMPLE: { readonly [K in Cut['kind']]: number } = { key: 8, lock: 10, lift: 12 };

/** So many of them, from the first to the last. */
const spread = <T>(items: readonly T[], count: number): readonly T[] =>
  Array.from({ length: count }, (_, index) => required(items[Math.round((index * (items.length - 1)) / (count - 1))], 'an item'));

test('cut anywhere, a contact leaves both sides with one history, and the next one opens and brings it home', (t) => {
  const measured = measureContact();
  assert.deepEqual([...measured.carried].toSorted(), ['key journal', 'key revocation', 'key status', 'key time-ask', 'lock certified-time', 'lock revocation', 'lock time-bound'], 'all that is carried is among what is cut');
  const all = everyCut(measured);
  const counts = { cuts: 0, freed: 0 };
  for (const kind of ['key', 'lock', 'lift'] as const) {
    for (const cut of spread(all.filter((each) => each.kind === kind), SAMPLE[kind])) {
      counts.cuts += 1;
      if (cutContact(cut)) counts.freed += 1;
    }
  }
  assert.ok(counts.freed > 0 && counts.freed < counts.cuts, 'some cuts come before the lock is freed, and some after');
  t.diagnostic(`${counts.cuts} of ${all.length} cuts of a contact (${measured.keyEffects} effects of the key, ${measured.lockEffects} of the lock, ${measured.frames.length} frames), ${counts.freed} after the lock was freed`);
});

test('an entry of the key’s journal that was written in part is refused wherever it is cut, and so is one with a gap before it', (t) => {
  const { world, run } = updated();
  for (let life = 0; life < 3; life += 1) {
    world.restart();
    run(50);
  }
  const { entries, values, acknowledged } = world.stored;
  const restored = (changed: readonly Entry[]): string => {
    const result = restore({ crypto: world.crypto }, world.keys, { values, entries: changed, acknowledged });
    return result.ok ? 'restored' : result.error.code;
  };
  const last = required(entries.at(-1), 'an entry');
  const others = entries.slice(0, -1);
  assert.equal(restored(entries), 'restored', 'control');
  let refused = 0;
  for (const field of ['record', 'leaf', 'salt', 'head'] as const) {
    for (let length = 0; length < last[field].length; length += 1) {
      assert.equal(restored([...others, { ...last, [field]: last[field].slice(0, length) }]), 'journal-broken', `${field} of ${length} bytes`);
      refused += 1;
    }
  }
  assert.ok(entries.length > 2);
  assert.equal(restored([...entries.slice(0, -2), last]), 'journal-broken', 'a write that was done before the one ahead of it');
  t.diagnostic(`${refused} half-written entries refused`);
});

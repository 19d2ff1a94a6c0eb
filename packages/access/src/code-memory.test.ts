import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uint } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { MAX_USED_CODES, MAX_USED_OF_KEY, NO_CODE_MEMORY, recordCode, usedRefusal, type CodeMemory } from './code-memory.ts';
import { CODE, later, NOON } from './entries.fixture.ts';
import { codeUntil, HOUR_MS, type OfflineCode } from './offline-code.ts';

const keyId = (number: number): Uint8Array => uint(number, 6);
const once = (startH: number, index = 0): OfflineCode => ({ ...CODE, kind: 'once', startH: CODE.startH + startH, index });
const use = (memory: CodeMemory, id: Uint8Array, code: OfflineCode, now: Instant = NOON): CodeMemory => {
  const recorded = recordCode(memory, id, code, now);
  assert.ok(recorded.ok, recorded.ok ? '' : recorded.error);
  return recorded.value;
};
const filled = (count: number, id: Uint8Array, from = NO_CODE_MEMORY): CodeMemory =>
  ({ ...from, used: new Map([...from.used, ...Array.from({ length: count }, (_, index) => [...use(NO_CODE_MEMORY, id, once(index)).used]).flat()]) });

test('a code that opened once is spent, for its key only', () => {
  const memory = use(NO_CODE_MEMORY, keyId(1), once(0));
  const told = [usedRefusal(memory, keyId(1), once(0)), usedRefusal(memory, keyId(1), once(0, 1)), usedRefusal(memory, keyId(1), once(1)), usedRefusal(memory, keyId(2), once(0))];
  assert.deepEqual(told, ['uses-spent', undefined, undefined, undefined]);
  assert.equal(usedRefusal(NO_CODE_MEMORY, keyId(1), once(0)), undefined);
});

test('without room one that ended goes, of the same key where that is what is full', () => {
  const full = filled(MAX_USED_OF_KEY, keyId(1));
  const end = codeUntil(once(0));
  assert.deepEqual(recordCode(full, keyId(1), once(300), end), { ok: false, error: 'memory-full' }, 'the last millisecond still counts');
  const next = use(full, keyId(1), once(300), later(HOUR_MS));
  assert.deepEqual([next.used.size, next.forgotten, usedRefusal(next, keyId(1), once(1))], [MAX_USED_OF_KEY, end, 'uses-spent']);
  assert.equal(use(full, keyId(2), once(0)).used.size, MAX_USED_OF_KEY + 1, 'another key has room of its own');
});

test('of those that ended the first to end goes, in whatever order they came', () => {
  const full = filled(MAX_USED_OF_KEY, keyId(1));
  const names = [...full.used].map(([name, until], index, all) => [index === 3 ? all[0] : index === 0 ? all[3] : ([name, until] as const)]).flat().filter((each) => each !== undefined);
  const next = use({ ...full, used: new Map(names) }, keyId(1), once(300), later(10 * HOUR_MS));
  assert.deepEqual([next.forgotten, usedRefusal(next, keyId(1), once(3)), usedRefusal(next, keyId(1), once(0))], [codeUntil(once(0)), 'uses-spent', 'uses-unknown']);
});

test('what was forgotten opens no more, though the clock were set back', () => {
  const full = filled(MAX_USED_OF_KEY, keyId(1));
  const next = use(use(full, keyId(1), once(300), later(3 * HOUR_MS)), keyId(1), once(301), later(3 * HOUR_MS));
  assert.equal(next.forgotten, codeUntil(once(1)), 'the later of two ends');
  const told = [0, 1, 2].map((hour) => usedRefusal(next, keyId(2), once(hour)));
  assert.deepEqual(told, ['uses-unknown', 'uses-unknown', undefined]);
  assert.equal(usedRefusal(next, keyId(1), once(0)), 'uses-unknown');
  const earlier = { ...full, forgotten: later(100 * HOUR_MS) };
  assert.equal(use(earlier, keyId(1), once(300), later(3 * HOUR_MS)).forgotten, later(100 * HOUR_MS), 'which never goes back');
});

test('all keys together have a bound too', () => {
  const ids = [1, 2, 3, 4];
  const full = ids.reduce((memory, id) => filled(MAX_USED_OF_KEY, keyId(id), memory), NO_CODE_MEMORY);
  assert.equal(full.used.size, MAX_USED_CODES);
  assert.deepEqual(recordCode(full, keyId(5), once(0), NOON), { ok: false, error: 'memory-full' });
  assert.equal(use(full, keyId(5), once(0), later(HOUR_MS)).used.size, MAX_USED_CODES);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person, TERMS } from './entries.fixture.ts';
import { MAX_PROOFS, pairedWith, PAIR_MS, withoutPerson, withProof, type Proof } from './second-factor.ts';

const NOW = 500_000;
const proof = (changes: Partial<Proof> = {}): Proof => ({ factor: 'card', pseudonym: person('Anna'), atMs: NOW, duress: false, ...changes });
const terms = { ...TERMS, second: ['card', 'phone'] } as const;
const paired = (proofs: readonly Proof[], nowMs = NOW): string | undefined => pairedWith(proofs, 'pin', terms, nowMs)?.factor;

test('a pair is of one person, of another factor, of one that is asked for, within 30 seconds', () => {
  const rows: readonly (readonly [Partial<Proof>, number, string | undefined])[] = [
    [{}, 0, 'card'], [{}, PAIR_MS, 'card'], [{}, PAIR_MS + 1, undefined], [{}, -1, undefined], [{ factor: 'phone' }, 5, 'phone'], [{ factor: 'finger' }, 5, undefined], [{ factor: 'pin' }, 5, undefined],
    [{ pseudonym: person('Beat') }, 5, undefined],
  ];
  for (const [changes, afterMs, expected] of rows) assert.equal(paired([proof(changes)], NOW + afterMs), expected, JSON.stringify([changes, afterMs]));
  assert.equal(pairedWith([proof({ factor: 'pin' })], 'pin', { ...terms, second: ['pin'] }, NOW), undefined, 'the same twice is no pair');
  assert.equal(pairedWith([proof()], 'pin', { ...terms, second: [] }, NOW), undefined);
  assert.equal(paired([proof(), proof({ factor: 'phone' })]), 'phone', 'the newest');
});

test('what is remembered has a bound, and nothing old', () => {
  const many = Array.from({ length: 20 }, (_, index) => proof({ pseudonym: person(String(index)), atMs: NOW + index })).reduce(withProof, []);
  assert.deepEqual(many.map(({ atMs }) => atMs - NOW), Array.from({ length: MAX_PROOFS }, (_, index) => 12 + index));
  assert.deepEqual(withProof([proof()], proof({ atMs: NOW + 7 })), [proof({ atMs: NOW + 7 })], 'the same again is newer');
  assert.equal(withProof([proof()], proof({ factor: 'pin' })).length, 2);
  assert.deepEqual(withProof([proof({ factor: 'pin' })], proof({ atMs: NOW + PAIR_MS + 1 })), [proof({ atMs: NOW + PAIR_MS + 1 })]);
  assert.deepEqual(withoutPerson([proof(), proof({ pseudonym: person('Beat') }), proof({ factor: 'pin' })], person('Anna')), [proof({ pseudonym: person('Beat') })]);
});

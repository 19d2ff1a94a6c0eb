import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, EntryTermsJson } from '@mortise/api/entries.ts';
import { pairOf, pairWords } from './entry-pair.ts';

const terms = (...second: EntryTermsJson['second']): EntryTermsJson => ({ verbs: ['unlock', 'lock'], from: null, until: null, hours: [], holidays: null, second });
const has = (kind: Entry['kind'], personId: string, ...second: EntryTermsJson['second']): Entry =>
  ({ id: 'E', kind, doorId: 'D', lockId: 'L', person: { id: personId, name: 'Ana' }, label: null, terms: terms(...second), slot: null, codes: null, createdAt: 0, createdBy: 'O' });

test('a pair is told by what its person has: nothing to go with it, one that opens alone, both that ask', () => {
  assert.equal(pairWords('pin', 'card', []), 'They have no card here yet: until then it opens nothing.');
  assert.equal(pairWords('pin', 'card', [has('card', 'A', 'finger'), has('pin', 'A', 'card')]), 'Their card still opens alone: it does not ask for their PIN.');
  assert.equal(pairWords('finger', 'pin', [has('pin', 'A', 'finger')]), 'Either comes first, the other within 30 seconds.');
  assert.equal(pairWords('finger', 'pin', [has('pin', 'A', 'finger'), has('pin', 'A')]), 'Their PIN still opens alone: it does not ask for their finger.', 'one of two is enough');
});

test('somebody else’s card makes no pair', () => {
  const pin = has('pin', 'A', 'card');
  assert.equal(pairOf(pin, [pin, has('card', 'B', 'pin')]), 'They have no card here yet: until then it opens nothing.');
  assert.equal(pairOf(pin, [pin, has('card', 'A', 'pin')]), 'Either comes first, the other within 30 seconds.');
  assert.equal(pairOf(has('pin', 'A'), [pin]), undefined, 'it asks for nothing');
});

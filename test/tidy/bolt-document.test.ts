// docs/BOLT.md says what the tables say.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { BOLT_PAGE, BOLT_TABLES, boltPage } from './bolt-document.ts';

const page = readFileSync(BOLT_PAGE, 'utf8');

test('docs/BOLT.md is what the tables say', () => {
  assert.equal(page, boltPage(BOLT_TABLES), 'run `node test/tidy/bolt-document.ts --write`');
});

test('the check itself sees another cell of each table', () => {
  const { kinds, door, relock } = BOLT_TABLES;
  for (const name of ['deadbolt', 'mortise', 'release', 'hand'] as const) {
    const { transitions } = kinds[name];
    const unknown = { ...required(transitions.unknown, 'each table has it'), deadline: ['unknown', 'reached'] as const };
    assert.notEqual(boltPage({ ...BOLT_TABLES, kinds: { ...kinds, [name]: { ...kinds[name], transitions: { ...transitions, unknown } } } }), page, name);
  }
  assert.notEqual(boltPage({ ...BOLT_TABLES, door: { ...door, closed: { ...door.closed, deadline: ['open'] } } }), page);
  assert.notEqual(boltPage({ ...BOLT_TABLES, relock: { ...relock, jammed: { ...relock.jammed, closed: true } } }), page);
});

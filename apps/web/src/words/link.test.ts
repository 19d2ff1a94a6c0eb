import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkFaultWords, type LinkFault } from './link.ts';

const NOW = Date.parse('2026-05-29T12:31:00Z');
const zone = 'Europe/Zurich';

test('each fault of a link has words of its own', () => {
  const faults: readonly LinkFault[] = [
    { kind: 'missing' }, { kind: 'mistyped' }, { kind: 'other-site' }, { kind: 'unknown' }, { kind: 'used', from: 'Mira', at: NOW - 60_000, zone },
    { kind: 'lapsed', from: 'Mira', at: NOW - 86_400_000, zone }, { kind: 'taken-back', from: 'Mira' }, { kind: 'not-vouched' }, { kind: 'asked-by-another' },
  ];
  const words = faults.map((fault) => linkFaultWords(fault, NOW));
  assert.equal(new Set(words.map(({ title }) => title)).size, faults.length);
  for (const { says } of words) assert.match(says, /\.$/);
  assert.match(words[4]?.says ?? '', /another phone was first, at 14:30, Zurich time\. Mira sees that it was tried again/);
  assert.match(words[5]?.says ?? '', /^It worked until yesterday at 14:31, Zurich time/);
});

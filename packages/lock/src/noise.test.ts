// Which records anybody can cause as often as they like.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNoise, type Judged } from './noise.ts';

const pseudonym = new Uint8Array(16);

test('what proves nothing is noise: refusals of nobody, and what was brought and not taken, or was known already', () => {
  const noise: readonly Judged[] = [
    { kind: 'decision', allowed: false, reason: 'code-unknown' }, { kind: 'decision', reason: 'code-unknown' },
    ...(['adoption-refused', 'network-refused', 'owners-refused', 'protocol-error', 'refusals-suppressed', 'revocations-accepted', 'revocations-refused', 'roster-refused', 'time-refused'] as const)
      .map((reason): Judged => ({ kind: 'event', reason })),
  ];
  for (const record of noise) assert.ok(isNoise(record), record.reason);
});

test('what somebody known did, what opened, and what was sensed, is none', () => {
  const told: readonly Judged[] = [
    { kind: 'decision', allowed: false, pseudonym, reason: 'right-missing' }, { kind: 'decision', allowed: true, reason: 'granted-code' }, { kind: 'decision', allowed: true, pseudonym, reason: 'granted-pin' },
    { kind: 'operation', allowed: true, reason: 'granted-pin' }, { kind: 'operation', reason: 'protocol-error' }, { kind: 'event', reason: 'duress-alarm' }, { kind: 'event', pseudonym, reason: 'finger-enrolled' },
  ];
  for (const record of told) assert.ok(!isNoise(record), record.reason);
});

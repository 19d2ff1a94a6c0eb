// What a hub may do: as the lock judges it, term by term, beside the same that it may.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilitiesOf } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { identifierOf, type DoorId, type GrantId, type SiteId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import type { StandingDelegation } from '@mortise/documents/delegation.ts';
import type { Place } from '@mortise/documents/place.ts';
import { mayIssue, mayRevokeUntil, mayStampUntil } from './power.ts';

const NOW = instant(Date.UTC(2026, 5, 1, 10));
const DAY = 86_400_000;
const at = (ms: number) => instant(NOW + ms);
const door = (number: number): Place => ({ kind: 'door', id: identifierOf<DoorId>(new Uint8Array(16).fill(number)) });
const TERMS: GrantTerms = {
  grantId: identifierOf<GrantId>(new Uint8Array(16)), places: [door(1)], verbs: ['unlock', 'lock'], from: at(0), until: at(7 * DAY), hours: [], userVerification: false, remote: false,
};
const ISSUE = { places: [door(1), door(2)], kinds: ['document'], capabilities: capabilitiesOf(['unlock', 'lock']), hours: [], longestS: 14 * 86_400, perDay: 2 } as const;
const STANDING: StandingDelegation = { kind: 'standing', siteId: identifierOf<SiteId>(new Uint8Array(16)), delegate: new Uint8Array(65), until: at(30 * DAY), issue: ISSUE, freshness: true, revocation: true };

void test('a hub signs within what the owners let it, and not beyond', () => {
  const table: readonly (readonly [string, Partial<StandingDelegation>, Partial<GrantTerms>, boolean])[] = [
    ['the control', {}, {}, true], ['both places', {}, { places: [door(1), door(2)] }, true], ['one place more', {}, { places: [door(1), door(3)] }, false],
    ['no power', { issue: null }, {}, false], ['other kinds', { issue: { ...ISSUE, kinds: ['pin'] } }, {}, false], ['from afar', {}, { remote: true }, false],
    ['another verb', {}, { verbs: ['unlock', 'unlatch'] }, false], ['to the end', { until: at(7 * DAY) }, {}, true], ['beyond the end', { until: at(7 * DAY - 1) }, {}, false],
    ['too long', {}, { until: at(14 * DAY + 1000) }, false], ['as long as it may', {}, { until: at(14 * DAY) }, true],
  ];
  for (const [label, delegation, terms, may] of table) assert.equal(mayIssue({ ...STANDING, ...delegation }, { ...TERMS, ...terms }), may, label);
  assert.deepEqual([mayStampUntil([STANDING], NOW), mayStampUntil([{ ...STANDING, freshness: false }], NOW), mayStampUntil([STANDING], at(31 * DAY)), mayRevokeUntil([], NOW)], [at(30 * DAY), undefined, undefined, undefined]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { accessDataCbor, type AccessData } from '../documents/access-data.ts';
import { CAPABILITY } from '../documents/access-schedule.ts';
import { decideAccess, type AccessPolicy } from './decide-access.ts';
import { CREDENTIAL, DOOR, FROM, ISSUER, NOW, REQUESTS, UNTIL, dailyFrom, filled } from '../conformance/document.fixture.ts';
import type { AccessExtension } from '../documents/extension.ts';
import { NO_MEMORIES } from './issuer-memory.ts';
import type { VerifiedDocument } from './verify-document.ts';

const POLICY: AccessPolicy = { now: NOW, action: CAPABILITY.unsecure, acceptsNoRules: false, supportsSchedules: true };

const documentOf = (...data: readonly AccessData[]): VerifiedDocument => ({
  docType: 'aliro-a', issuer: ISSUER.publicKey, deviceKey: CREDENTIAL.publicKey, timeVerificationRequired: true,
  validity: { signed: FROM, validFrom: FROM, validUntil: UNTIL },
  elements: data.map((one, index) => ({ identifier: index === 0 ? DOOR : 'g.all', value: accessDataCbor(one) })),
});

const decided = (data: AccessData | readonly AccessData[], policy: AccessPolicy = POLICY) =>
  decideAccess(nobleCrypto, { document: documentOf(...('length' in data ? data : [data])), credentialKey: CREDENTIAL.publicKey, memories: NO_MEMORIES }, REQUESTS, policy);

const end = (data: AccessData | readonly AccessData[], policy: AccessPolicy = POLICY): string => {
  const judged = decided(data, policy);
  return judged.ok ? 'granted' : judged.error.code;
};

const UNSECURE = 1 << CAPABILITY.unsecure;
const [ACTIVE, INACTIVE] = [dailyFrom(12), dailyFrom(3)];
const [LOCAL, LOCAL_INACTIVE] = [dailyFrom(12, false), dailyFrom(3, false)];

// ---- step 15 -----------------------------------------------------------------------------------------------------------------

test('a rule grants the actions whose bit it has, and no other', () => {
  for (const action of Object.values(CAPABILITY)) {
    assert.equal(end({ rules: [{ capabilities: 1 << action }] }, { ...POLICY, action }), 'granted');
    assert.equal(end({ rules: [{ capabilities: 0xffff ^ (1 << action) }] }, { ...POLICY, action }), 'capability-missing');
  }
  assert.equal(end({ rules: [{ capabilities: 0 }] }), 'capability-missing');
});

test('no rules: as the policy says', () => {
  assert.equal(end({ id: filled(1, 1) }), 'rules-missing');
  assert.deepEqual(decided({ id: filled(1, 1) }, { ...POLICY, acceptsNoRules: true }), { ok: true, value: { element: DOOR, data: { id: filled(1, 1) } } });
  assert.equal(end({ rules: [{ capabilities: 0 }] }, { ...POLICY, acceptsNoRules: true }), 'capability-missing');
});

test('allow and deny schedules', () => {
  const schedules = [ACTIVE, INACTIVE, LOCAL, LOCAL_INACTIVE];
  const rule = (allow?: number, deny?: number, zone?: AccessPolicy['zone']): string =>
    end({ rules: [{ capabilities: UNSECURE, ...(allow !== undefined && { allow }), ...(deny !== undefined && { deny }) }], schedules }, { ...POLICY, ...(zone && { zone }) });
  const [active, inactive, local, localInactive, missing, last] = [0b0001, 0b0010, 0b0100, 0b1000, 0b1_0000, 0x8000];
  const cases: readonly (readonly [string, number | undefined, number | undefined, string])[] = [
    ['neither', undefined, undefined, 'granted'],
    ['neither, written', 0, 0, 'granted'],
    ['allowed now', active, undefined, 'granted'],
    ['allowed at another time', inactive, undefined, 'schedule-inactive'],
    ['one of two allows', active | inactive, undefined, 'granted'],
    ['denied now', undefined, active, 'schedule-denies'],
    ['denied at another time', undefined, inactive, 'granted'],
    ['one of two denies', undefined, active | inactive, 'schedule-denies'],
    ['allowed and denied', active, active, 'schedule-denies'],
    ['allowed, denied at another time', active, inactive, 'granted'],
    ['allowed and denied at another time', inactive, inactive, 'schedule-inactive'],
    ['denied, and allowed at another time', inactive, active, 'schedule-denies'],
    ['allowed by what cannot be told', local, undefined, 'schedule-without-time'],
    ['one allows, one cannot be told', active | local, undefined, 'granted'],
    ['one does not allow, one cannot be told', inactive | local, undefined, 'schedule-without-time'],
    ['denied by what cannot be told', active, local, 'schedule-without-time'],
    ['denied by what cannot be told, nothing to allow', undefined, local, 'schedule-without-time'],
    ['denied, besides what cannot be told', active, local | active, 'schedule-denies'],
    ['allowed at another time, denied by what cannot be told', inactive, local, 'schedule-inactive'],
    ['an allow schedule that does not exist', active | missing, undefined, 'schedule-missing'],
    ['only one that does not exist', missing, undefined, 'schedule-missing'],
    ['a deny schedule that does not exist', active, missing, 'schedule-missing'],
    ['the last bit', active, last, 'schedule-missing'],
    ['local, not active, not told', undefined, localInactive, 'schedule-without-time'],
  ];
  for (const [name, allow, deny, expected] of cases) assert.equal(rule(allow, deny), expected, name);
  assert.equal(rule(local, undefined, UTC), 'granted', 'a zone tells');
  assert.equal(rule(active, local, UTC), 'schedule-denies');
  assert.equal(rule(active, localInactive, UTC), 'granted');
});

test('a rule that names schedules where there are none', () => {
  assert.equal(end({ rules: [{ capabilities: UNSECURE, allow: 1 }] }), 'schedule-missing');
});

test('step 16: without support or time a schedule grants nothing', () => {
  const { now: _now, ...untimed } = POLICY;
  const data: AccessData = { rules: [{ capabilities: UNSECURE, allow: 1 }], schedules: [ACTIVE] };
  assert.equal(end(data, { ...POLICY, supportsSchedules: false }), 'schedule-unsupported');
  assert.equal(end(data, untimed), 'schedule-without-time');
  const denied: AccessData = { rules: [{ capabilities: UNSECURE, deny: 2 }], schedules: [ACTIVE, INACTIVE] };
  assert.equal(end(denied, { ...POLICY, supportsSchedules: false }), 'schedule-unsupported');
  assert.equal(end(denied, untimed), 'schedule-without-time');
  const unused: AccessData = { rules: [{ capabilities: UNSECURE }], schedules: [ACTIVE] };
  assert.equal(end(unused, { ...untimed, supportsSchedules: false }), 'granted', 'the rule names none');
});

test('any rule suffices; the decision names it, and the schedule that was active', () => {
  const schedules = [INACTIVE, ACTIVE, dailyFrom(12)];
  const rules = [{ capabilities: 1 }, { capabilities: UNSECURE, allow: 0b001 }, { capabilities: UNSECURE, allow: 0b111 }, { capabilities: UNSECURE }];
  assert.deepEqual(decided({ rules, schedules }), { ok: true, value: { element: DOOR, data: { rules, schedules }, rule: 2, schedule: 1 } });
  assert.deepEqual(decided({ rules: rules.slice(3), schedules }), { ok: true, value: { element: DOOR, data: { rules: rules.slice(3), schedules }, rule: 0 } });
  assert.equal(end({ rules: rules.slice(0, 2), schedules }), 'schedule-inactive');
  assert.equal(end({ rules: rules.slice(0, 2).toReversed(), schedules }), 'schedule-inactive');
});

test('a schedule is looked at by the clock that came in', () => {
  const data: AccessData = { rules: [{ capabilities: UNSECURE, allow: 1 }], schedules: [ACTIVE] };
  assert.deepEqual([NOW - 1, NOW, NOW + 3_599_999, NOW + 3_600_000].map((ms) => end(data, { ...POLICY, now: instant(ms) })), ['schedule-inactive', 'granted', 'granted', 'schedule-inactive']);
});

// ---- steps 13 and 14 -----------------------------------------------------------------------------------------------------------

test('every reader rule must be known and satisfied', () => {
  const data: AccessData = { rules: [{ capabilities: UNSECURE }], readerRuleIds: [1, 2] };
  assert.equal(end(data), 'reader-rule-unknown');
  assert.equal(end(data, { ...POLICY, readerRule: () => true }), 'granted');
  assert.equal(end(data, { ...POLICY, readerRule: (id) => id === 1 }), 'reader-rule-unknown');
  assert.equal(end(data, { ...POLICY, readerRule: (id) => id === 2 }), 'reader-rule-unknown');
  assert.equal(end({ ...data, readerRuleIds: [] }), 'granted');
});

test('access extensions: what refuses, what is critical and not known', () => {
  const extension = (critical: boolean, id = 1): AccessExtension => ({ vendor: 7, id, version: 1, critical, data: filled(1, id) });
  const data = (...accessExtensions: readonly AccessExtension[]): AccessData => ({ rules: [{ capabilities: UNSECURE }], accessExtensions });
  const knowing = (says: 'allows' | 'refuses' | 'unknown'): AccessPolicy => ({ ...POLICY, accessExtension: ({ id }) => (id === 1 ? says : 'allows') });
  assert.deepEqual([true, false].map((critical) => end(data(extension(critical)))), ['extension-unknown', 'granted']);
  assert.deepEqual([true, false].map((critical) => end(data(extension(critical)), knowing('unknown'))), ['extension-unknown', 'granted']);
  assert.deepEqual([true, false].map((critical) => end(data(extension(critical)), knowing('refuses'))), ['extension-refuses', 'extension-refuses']);
  assert.deepEqual([true, false].map((critical) => end(data(extension(critical)), knowing('allows'))), ['granted', 'granted']);
  assert.equal(end(data(extension(true, 2), extension(true, 1)), knowing('refuses')), 'extension-refuses');
  assert.equal(end(data(extension(true, 2), extension(true, 1)), knowing('unknown')), 'extension-unknown');
  assert.equal(end({ ...data(), extensions: [{ vendor: 7, id: 1, version: 1, data: filled(1, 1) }] }), 'granted', 'extensions of no consequence for access');
});

// ---- elements ------------------------------------------------------------------------------------------------------------------

test('any element that was asked for suffices, and the furthest refusal is told', () => {
  const [good, capless, hourless]: readonly AccessData[] = [
    { rules: [{ capabilities: UNSECURE }] }, { rules: [{ capabilities: 1 }] }, { rules: [{ capabilities: UNSECURE, allow: 1 }], schedules: [INACTIVE] },
  ];
  assert.ok(good && capless && hourless);
  assert.equal(end([capless, good]), 'granted');
  assert.equal(end([capless, hourless]), 'schedule-inactive');
  assert.equal(end([hourless, capless]), 'schedule-inactive');
});

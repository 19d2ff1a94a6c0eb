import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClockQuality } from '@mortise/base/instant.ts';
import { exampleTrusted } from '@mortise/documents/example-site.ts';
import { ALL_RIGHTS, RIGHTS } from '@mortise/documents/trusted-entry.ts';
import { decide, type AccessRequest, type AccessVerb, type Decision } from './decide.ts';

const NFC = 0x5e;
const RELAY = 0xf1;
const VERBS: readonly AccessVerb[] = ['unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold', 'privacyOn', 'privacyOff', 'lockdownOn', 'lockdownOff', 'syncOnly'];
const entry = exampleTrusted();

const request = (changes: Partial<AccessRequest> = {}): AccessRequest => ({
  trusted: [entry],
  rosterVersion: 7,
  credentialKey: entry.credentialKey,
  verb: 'unlock',
  interface: NFC,
  clock: 'synced',
  capabilities: ['unlock', 'lock'],
  ...changes,
});
const withRights = (rights: number): AccessRequest['trusted'] => [{ ...entry, rights }];

test('a trusted key is granted what it asks, and the decision names its rule', () => {
  const granted: Decision = { allowed: true, reason: 'granted-trusted', rule: 'trusted:7', pseudonym: entry.pseudonym };
  assert.deepEqual(decide(request()), granted);
  assert.deepEqual(decide(request({ interface: RELAY })), granted);
  assert.deepEqual(decide(request({ verb: 'lock' })), { ...granted, reason: 'bolt-secured' });
});

test('each refusal has its own reason', () => {
  const table: readonly (readonly [string, Partial<AccessRequest>, string])[] = [
    ['no entry', { trusted: [] }, 'credential-unknown'],
    ['another key', { credentialKey: exampleTrusted('stranger').credentialKey }, 'credential-unknown'],
    ['a key cut short', { credentialKey: entry.credentialKey.subarray(0, 64) }, 'credential-unknown'],
    ['no verb', { verb: undefined }, 'verb-missing'],
    ['a verb that the lock is not built for', { verb: 'unlatch' }, 'verb-not-supported'],
    ['no capability at all', { capabilities: [] }, 'verb-not-supported'],
    ['unlock with the right to lock', { trusted: withRights(RIGHTS.lock | RIGHTS.remote) }, 'right-missing'],
    ['lock with the right to unlock', { trusted: withRights(RIGHTS.unlock | RIGHTS.remote), verb: 'lock' }, 'right-missing'],
    ['relay without the remote right', { trusted: withRights(RIGHTS.unlock | RIGHTS.lock), interface: RELAY }, 'remote-not-allowed'],
    ['an interface nobody knows', { trusted: withRights(RIGHTS.unlock | RIGHTS.lock), interface: 0x00 }, 'remote-not-allowed'],
    ['unlatch with the right to unlock', { trusted: withRights(RIGHTS.unlock | RIGHTS.remote), verb: 'unlatch', capabilities: VERBS }, 'right-missing'],
    ['hold with the right to unlock', { trusted: withRights(RIGHTS.unlock | RIGHTS.unlatch | RIGHTS.remote), verb: 'holdUnlocked', capabilities: VERBS }, 'right-missing'],
    ['remote alone', { trusted: withRights(RIGHTS.remote), interface: RELAY }, 'right-missing'],
    ['no rights', { trusted: withRights(0) }, 'right-missing'],
  ];
  for (const [name, changes, reason] of table) {
    const decision = decide(request(changes));
    assert.deepEqual([decision.allowed, decision.reason], [false, reason], name);
    assert.equal(decision.rule, reason === 'credential-unknown' ? 'default:7' : 'trusted:7', name);
    assert.equal(decision.pseudonym !== undefined, reason !== 'credential-unknown', name);
  }
});

test('a stranger learns nothing of what the lock can do', () => {
  const answers = [...VERBS, undefined].map((verb) => decide(request({ trusted: [], verb })).reason);
  assert.deepEqual(new Set(answers), new Set(['credential-unknown']));
});

// The whole table, against the rule in words: allowed only with the right of the verb (to carry: either), and from afar only with `remote` too.
test('every verb, right, interface and clock', () => {
  const interfaces = [NFC, 0xc3, 0xf0, RELAY, 0x00, 0xff];
  const clocks: readonly ClockQuality[] = ['synced', 'held', 'lost'];
  const rightOf = new Map<AccessVerb, number>([['unlock', 1], ['lock', 2], ['unlatch', 8], ['holdUnlocked', 16], ['endHold', 16], ['syncOnly', 3]]);
  let allowed = 0;
  let decided = 0;
  for (const verb of VERBS) for (const interfaceByte of interfaces) for (const clock of clocks) for (let rights = 0; rights <= ALL_RIGHTS; rights += 1) {
    const decision = decide(request({ verb, interface: interfaceByte, clock, trusted: withRights(rights), capabilities: VERBS }));
    const isNear = [NFC, 0xc3, 0xf0].includes(interfaceByte);
    const expected = ((rightOf.get(verb) ?? 0) & rights) !== 0 && (isNear || (rights & 4) !== 0);
    assert.equal(decision.allowed, expected, JSON.stringify({ verb, interfaceByte, clock, rights }));
    decided += 1;
    allowed += decision.allowed ? 1 : 0;
  }
  console.log(`decide: ${decided} combinations, ${allowed} allowed`);
  // Near: three interfaces and three clocks; each of five verbs has half of the rights, to carry three quarters. From afar, by three: half of those.
  assert.equal(allowed, 3 * 3 * (5 * 16 + 24) + 3 * 3 * (5 * 8 + 12));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, decodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierOf, type DoorId, type GroupId, type SiteId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { toSign } from './cose.ts';
import type { Delegation, Invitation, StandingDelegation } from './delegation.ts';
import { exampleEntropy, exampleKey, exampleSite, signWith } from './example-site.ts';
import { elementOf, type Place } from './place.ts';
import { delegationPayload, delegationToSign, MAX_DELEGATION_BYTES, openDelegation, openStanding, type Owners } from './signed-delegation.ts';
import { assembleSigned } from './threshold.ts';

const site = exampleSite();
const OWNERS: Owners = { siteId: site.ownerSet.siteId, keys: [site.owner.publicKey, site.kit.publicKey], threshold: 1 };
const door = (number: number): Place => ({ kind: 'door', id: identifierOf<DoorId>(new Uint8Array(16).fill(number)) });
const group: Place = { kind: 'group', id: identifierOf<GroupId>(new Uint8Array(16).fill(99)) };
const until = instant(Date.UTC(2027, 0, 1));
const daily = { startS: 0, recurrence: { durationS: 3600, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false } as const;

const STANDING: StandingDelegation = {
  kind: 'standing', siteId: OWNERS.siteId, delegate: exampleKey('hub').publicKey, until, freshness: true, revocation: false,
  issue: { places: [door(1), group], kinds: ['document', 'pin'], capabilities: 3, hours: [daily], longestS: 86_400, perDay: 5 },
};
const INVITATION: Invitation = {
  kind: 'invitation', siteId: OWNERS.siteId, delegate: exampleKey('link').publicKey, from: instant(until - 1000), until, places: [door(2)],
  template: { id: exampleEntropy('grant').slice(0, 16), rules: [{ capabilities: 2, allow: 1 }], schedules: [daily] },
};

const agree = (payload: Bytes, signers: readonly KeyPair[]): Bytes => assembleSigned(signers.map((signer) => signWith(signer, delegationToSign(crypto, signer.publicKey, payload))));
const sign = (delegation: Delegation, signers: readonly KeyPair[] = [site.owner]): Bytes => agree(delegationPayload(crypto, delegation), signers);
const codeOf = (bytes: Bytes, owners: Owners = OWNERS): string => {
  const opened = openDelegation(crypto, bytes, owners);
  return opened.ok ? 'opened' : opened.error.code;
};

test('a delegation opens as it was written', () => {
  for (const delegation of [STANDING, { ...STANDING, issue: null }, INVITATION]) {
    assert.deepEqual(openDelegation(crypto, sign(delegation), OWNERS), { ok: true, value: delegation });
  }
});

test('by the owners’ threshold, each once, all of them over the same', () => {
  const two: Owners = { ...OWNERS, threshold: 2 };
  const other = delegationPayload(crypto, { ...STANDING, freshness: false });
  const mixed = assembleSigned([signWith(site.owner, delegationToSign(crypto, site.owner.publicKey, delegationPayload(crypto, STANDING))), signWith(site.kit, delegationToSign(crypto, site.kit.publicKey, other))]);
  assert.equal(codeOf(sign(STANDING, [site.kit, site.owner]), two), 'opened', 'the control');
  assert.equal(codeOf(sign(STANDING), two), 'threshold-not-met');
  assert.equal(codeOf(sign(STANDING, [site.owner, site.owner]), two), 'malformed');
  assert.equal(codeOf(mixed, two), 'malformed');
  assert.equal(codeOf(sign(STANDING, [site.owner, exampleKey('stranger')]), two), 'signer-unknown');
  assert.equal(codeOf(sign(STANDING, [site.owner, exampleKey('stranger')])), 'signer-unknown', 'not even where one is enough');
});

test('of this type and format, for this site, unaltered', () => {
  const bytes = sign(STANDING);
  const payload = delegationPayload(crypto, STANDING);
  const as = (type: string, version: number): string => codeOf(assembleSigned([signWith(site.owner, toSign(type, version, site.owner.publicKey, payload, crypto))]));
  assert.deepEqual([as('mortise-delegation', 1), as('mortise-roster', 1), as('mortise-delegation', 2)], ['opened', 'type-wrong', 'version-unknown']);
  assert.equal(codeOf(bytes, { ...OWNERS, siteId: identifierOf<SiteId>(new Uint8Array(16)) }), 'other-site');
  assert.equal(codeOf(bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1)), 'signature-invalid');
  assert.equal(codeOf(new Uint8Array(MAX_DELEGATION_BYTES + 1)), 'too-long');
});

test('of the roster’s, those that hold', () => {
  const stranger = sign(STANDING, [exampleKey('stranger')]);
  assert.deepEqual(openStanding(crypto, [stranger, sign(INVITATION), sign(STANDING), new Uint8Array(1)], OWNERS), [STANDING]);
});

test('what is out of bounds is malformed, though the owners signed it', () => {
  const fieldsOf = (delegation: Delegation): Readonly<Record<string, Cbor>> => {
    const map = decodeCbor(delegationPayload(crypto, delegation));
    assert.ok(map instanceof Map);
    return Object.fromEntries(map);
  };
  const issue = fieldsOf(STANDING)['issue'];
  assert.ok(issue instanceof Map);
  const raw = (fields: Readonly<Record<string, Cbor>>): string => codeOf(agree(encodeCbor(new Map(Object.entries(fields))), [site.owner]));
  const power = (changes: Readonly<Record<string, Cbor>>): string => raw({ ...fieldsOf(STANDING), issue: new Map([...issue, ...Object.entries(changes)]) });
  const elements = (count: number): string[] => Array.from({ length: count }, (_, index) => elementOf(door(index)));
  const fine = [power({}), power({ places: elements(32) }), power({ hours: [] }), power({ longestS: 60 }), power({ perDay: 512 }), power({ capabilities: 31 }), power({ kinds: ['document', 'pin', 'card', 'finger', 'code'] })];
  assert.deepEqual(fine, fine.map(() => 'opened'), 'the controls');
  const bad = [
    power({ places: [] }), power({ places: elements(33) }), power({ places: ['floor1'] }), power({ kinds: [] }), power({ kinds: ['pin', 'document'] }), power({ kinds: ['document', 'document'] }),
    power({ kinds: ['owner'] }), power({ capabilities: 0 }), power({ capabilities: 32 }), power({ hours: [1] }), power({ hours: Array.from({ length: 9 }, () => new Map([[0, 0]])) }),
    power({ longestS: 59 }), power({ longestS: 10 * 366 * 86_400 + 1 }), power({ perDay: 0 }), power({ perDay: 513 }), power({ more: 1 }),
    raw({ ...fieldsOf(STANDING), delegate: new Uint8Array(65) }), raw({ ...fieldsOf(STANDING), until: -1 }), raw({ ...fieldsOf(STANDING), freshness: 1 }), raw({ ...fieldsOf(STANDING), kind: 'owner' }),
    raw({ ...fieldsOf(STANDING), issue: 0 }), raw({ ...fieldsOf(STANDING), from: 0 }), raw({ ...fieldsOf(INVITATION), from: until }), raw({ ...fieldsOf(INVITATION), places: [] }),
    raw({ ...fieldsOf(INVITATION), template: new Map([[0, 1]]) }), raw({ ...fieldsOf(INVITATION), template: new Map([[0, 2]]) }), raw({ ...fieldsOf(INVITATION), issue: null }),
  ];
  assert.deepEqual(bad, bad.map(() => 'malformed'));
  const short: StandingDelegation = { ...STANDING, issue: STANDING.issue && { ...STANDING.issue, perDay: 0 } };
  assert.throws(() => delegationPayload(crypto, short), { name: 'InvariantError' }, 'and is never written');
});

test('any bytes, and every cut, are answered', () => {
  const bytes = sign(INVITATION);
  for (let length = 0; length < bytes.length; length += 1) assert.notEqual(codeOf(bytes.subarray(0, length)), 'opened');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => codeOf(any) !== 'opened'));
});

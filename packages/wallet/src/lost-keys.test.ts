// Which owner keys a lost phone takes with it, and when the paper stays. Beside each key that goes stands one that does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { exampleKey } from '@mortise/documents/example-site.ts';
import { MAX_OWNER_KEYS } from '@mortise/documents/owner-set.ts';
import { lostKeys, type OwnKeys } from './lost-keys.ts';

const KEYS = { phone: exampleKey('phone').publicKey, kit: exampleKey('kit').publicKey, tablet: exampleKey('tablet').publicKey, planted: exampleKey('planted').publicKey, beat: exampleKey('Beat').publicKey };
type Name = keyof typeof KEYS;
const NAMES: readonly Name[] = ['phone', 'kit', 'tablet', 'planted', 'beat'];
const keysOf = (names: readonly Name[]): readonly Bytes[] => names.map((name) => KEYS[name]);
const nameOf = (key: Bytes): string => NAMES.find((name) => equalBytes(KEYS[name], key)) ?? 'unknown';

type Case = { readonly own: readonly Name[]; readonly wrapped: readonly Name[]; readonly inHand: Name; readonly byKit?: boolean; readonly kitLost?: boolean; readonly newKit?: Name; readonly others?: readonly Name[] };

const told = ({ own, wrapped, inHand, byKit = false, kitLost = false, newKit, others = ['beat'] }: Case): string => {
  const known: OwnKeys = { own: keysOf(own), wrapped: keysOf(wrapped), inHand: KEYS[inHand], byKit, kitLost, newKit: newKit && KEYS[newKit] };
  const lost = lostKeys({ keys: keysOf([...own, ...others]) }, known);
  return lost.ok ? `${lost.value.gone.map(nameOf).join(' ')}, ${lost.value.kit === undefined ? 'a new kit' : `${nameOf(lost.value.kit)} stays`}` : lost.error.code;
};

test('what was wrapped goes, the paper stays, and of another owner nothing is named', () => {
  const own = ['phone', 'kit'] as const;
  assert.equal(told({ own, wrapped: ['phone', 'beat'], inHand: 'kit', byKit: true }), 'phone, kit stays');
  assert.equal(told({ own, wrapped: ['phone', 'beat'], inHand: 'phone' }), 'phone, kit stays', 'the passkey of another device opens the same key');
  assert.equal(told({ own: ['phone', 'tablet', 'kit'], wrapped: ['phone', 'tablet'], inHand: 'tablet' }), 'phone tablet, kit stays', 'a walk that broke off left one key more');
});

test('a kit that the phone could open, that is lost or that there never was, is made anew', () => {
  assert.equal(told({ own: ['phone', 'kit'], wrapped: ['phone', 'kit'], inHand: 'kit', byKit: true }), 'phone kit, a new kit', 'a passkey was made by the kit: it opens the kit’s key');
  assert.equal(told({ own: ['phone', 'kit'], wrapped: ['phone'], inHand: 'phone', kitLost: true }), 'phone kit, a new kit');
  assert.equal(told({ own: ['phone', 'kit'], wrapped: ['phone'], inHand: 'kit', byKit: true, kitLost: true }), 'phone kit, a new kit', 'somebody read the paper');
  assert.equal(told({ own: ['phone'], wrapped: ['phone'], inHand: 'phone' }), 'phone, a new kit', 'an owner who came by a link has none');
});

test('a kit that was printed for a step that was broken off serves the next try', () => {
  const own = ['phone', 'kit', 'planted'] as const;
  assert.equal(told({ own, wrapped: ['phone'], inHand: 'phone', kitLost: true, newKit: 'planted' }), 'phone kit, planted stays');
  assert.equal(told({ own: ['phone', 'kit'], wrapped: ['phone'], inHand: 'phone', kitLost: true, newKit: 'planted' }), 'phone kit, a new kit', 'the control: it is not in the set yet');
});

test('a key of theirs that nobody can account for goes', () => {
  assert.equal(told({ own: ['phone', 'kit', 'planted'], wrapped: ['phone'], inHand: 'kit', byKit: true }), 'phone planted, kit stays');
  assert.equal(told({ own: ['phone', 'kit', 'planted'], wrapped: ['phone'], inHand: 'phone' }), 'phone kit planted, a new kit', 'without the paper nobody knows which is the kit’s');
});

test('a key that is not theirs by the hub’s word, and a set without room, are refused', () => {
  assert.equal(told({ own: ['phone'], wrapped: ['phone'], inHand: 'kit', byKit: true, others: ['kit'] }), 'not-theirs');
  const many = Array.from({ length: MAX_OWNER_KEYS - 2 }, (_, index) => exampleKey(`owner ${index}`).publicKey);
  const known = { own: [KEYS.phone], wrapped: [KEYS.phone], inHand: KEYS.phone, byKit: false, kitLost: false, newKit: undefined };
  const code = (keys: readonly Bytes[]): string => {
    const lost = lostKeys({ keys }, known);
    return lost.ok ? 'ok' : lost.error.code;
  };
  assert.deepEqual([code([KEYS.phone, ...many]), code([KEYS.phone, ...many.slice(1)])], ['too-many-owners', 'ok']);
});

test('whatever the hub tells: the keys that go are the person’s and of the set, and all of them but one on paper', () => {
  const some = fc.subarray([...NAMES]);
  fc.assert(fc.property(some, some, some, fc.constantFrom(...NAMES), fc.boolean(), fc.boolean(), (set, own, wrapped, inHand, byKit, kitLost) => {
    const lost = lostKeys({ keys: keysOf(set) }, { own: keysOf(own), wrapped: keysOf(wrapped), inHand: KEYS[inHand], byKit, kitLost, newKit: undefined });
    const theirs = own.filter((name) => set.includes(name));
    assert.equal(lost.ok, theirs.includes(inHand));
    if (!lost.ok) return;
    const [gone, kit] = [lost.value.gone.map(nameOf), lost.value.kit && nameOf(lost.value.kit)];
    assert.deepEqual([...gone, ...(kit === undefined ? [] : [kit])].toSorted(), theirs.toSorted());
    assert.ok(kit === undefined || (!wrapped.some((name) => name === kit) && !kitLost));
  }), { numRuns: 300 });
});

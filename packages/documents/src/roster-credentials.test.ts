import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { SEAL_OVERHEAD_BYTES, sealTo } from '@mortise/crypto/seal.ts';
import { CARD_ENTRY, type CardEntry } from './card-entry.ts';
import { CODE_KEY_ENTRY, CODE_LENGTHS_H, type CodeKeyEntry } from './code-key-entry.ts';
import type { EntryTerms } from './entry-terms.ts';
import { exampleEntropy, exampleLock, exampleSite, rosterFields } from './example-site.ts';
import { FINGER_ENTRY } from './finger-entry.ts';
import { isPin, PIN_ENTRY, pinEntry, pinImage } from './pin-entry.ts';
import { openCredentials, openRosterEntries } from './roster-credentials.ts';
import type { RosterFields } from './roster.ts';
import { isEntryKind, MAX_SEALED_ENTRY_BYTES, openEntry, sealEntry, type EntryForm, type EntryKind } from './sealed-entry.ts';

const site = exampleSite();
const lock = exampleLock();
const other = exampleLock('next');
const address = { sealKey: lock.seal.publicKey, lockId: lock.lockId };
const entropy = exampleEntropy('sealing');

const HOURS = { startS: 1_800_000_000, recurrence: { durationS: 3600, mask: 0b11111, pattern: 2, interval: 1, ordinal: 0 }, utc: false } as const;
const TERMS: EntryTerms = {
  pseudonym: exampleEntropy('person').subarray(0, 16), rights: 3, from: instant(1_700_000_000_000), until: instant(1_900_000_000_000),
  hours: [HOURS, HOURS, HOURS, HOURS], holidays: 255, second: ['phone', 'pin', 'card', 'finger'], duress: true,
};
const FREE: EntryTerms = { ...TERMS, rights: 7, from: null, until: null, hours: [], holidays: null, second: [], duress: false };
const CARD: CardEntry = { ...TERMS, card: Uint8Array.of(4, 1, 2, 3, 4, 5, 6), key: new Secret(exampleEntropy('card').subarray(0, 16)) };
const KEY: CodeKeyEntry = {
  keyId: exampleEntropy('id').subarray(0, 16), key: new Secret(exampleEntropy('key')), rights: 3, kinds: ['window', 'once'], longest: 15, until: instant(1_900_000_000_000),
  revoked: Array.from({ length: 32 }, (_, index) => 99_999_968 + index),
};

const seal = <Entry>(form: EntryForm<Entry>, entry: Entry): Bytes => sealEntry(crypto, form, address, entry, entropy);
const open = <Entry>(form: EntryForm<Entry>, sealed: Bytes): Entry | undefined => openEntry(crypto, form, lock.seal, lock.lockId, sealed);
const revealed = <Entry extends { readonly key: Secret }>({ key, ...entry }: Entry) => ({ ...entry, key: key.reveal() });

// ---- each kind ---------------------------------------------------------------------------------------------------------------

test('an entry of each kind opens as it was written, at its fullest and at its barest', () => {
  for (const terms of [TERMS, FREE]) {
    const pin = pinEntry(crypto, lock.lockId, '4711089', terms);
    assert.deepEqual(open(PIN_ENTRY, seal(PIN_ENTRY, pin)), pin);
    const finger = { ...terms, slot: 0xffff };
    assert.deepEqual(open(FINGER_ENTRY, seal(FINGER_ENTRY, finger)), finger);
    const opened = open(CARD_ENTRY, seal(CARD_ENTRY, { ...CARD, ...terms }));
    assert.deepEqual(opened && revealed(opened), revealed({ ...CARD, ...terms }));
  }
  for (const key of [KEY, { ...KEY, rights: 1, kinds: ['once'] as const, longest: 0, until: null, revoked: [] }]) {
    const opened = open(CODE_KEY_ENTRY, seal(CODE_KEY_ENTRY, key));
    assert.deepEqual(opened && revealed(opened), revealed(key));
  }
  assert.ok(Math.max(seal(CARD_ENTRY, CARD).length, seal(CODE_KEY_ENTRY, KEY).length) <= MAX_SEALED_ENTRY_BYTES);
});

test('at its lock, and as its kind only', () => {
  const sealed = seal(PIN_ENTRY, pinEntry(crypto, lock.lockId, '471108', FREE));
  assert.notEqual(open(PIN_ENTRY, sealed), undefined, 'the control');
  assert.equal(openEntry(crypto, PIN_ENTRY, other.seal, lock.lockId, sealed), undefined, 'another key');
  assert.equal(openEntry(crypto, PIN_ENTRY, lock.seal, other.lockId, sealed), undefined, 'another lock');
  assert.equal(open({ ...PIN_ENTRY, kind: 'finger' }, sealed), undefined, 'another kind');
  assert.equal(open(PIN_ENTRY, new Uint8Array(513)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.equal(open(PIN_ENTRY, bytes), undefined)), { numRuns: 30 });
});

const plain = (kind: EntryKind, value: Cbor): Bytes =>
  sealTo(crypto, lock.seal.publicKey, encodeCbor(['mortise-roster-entry', 1, identifierBytes(lock.lockId), kind]), encodeCbor(value), entropy);
const withField = (value: Cbor, changes: Readonly<Record<string, Cbor>>): Cbor => {
  assert.ok(value instanceof Map);
  return new Map<number | string, Cbor>([...value, ...Object.entries(changes)]);
};
const without = (value: Cbor, name: string): Cbor => {
  assert.ok(value instanceof Map);
  return new Map<number | string, Cbor>([...value].filter(([key]) => key !== name));
};

type Changes = Readonly<Record<string, Cbor>>;

const fieldsAre = <Entry>(form: EntryForm<Entry>, entry: Entry, good: readonly Changes[], bad: readonly Changes[]): void => {
  const opens = (value: Cbor): boolean => open(form, plain(form.kind, value)) !== undefined;
  const value = form.write(entry);
  assert.ok(value instanceof Map && opens(value), `${form.kind}: the control`);
  for (const changes of good) assert.ok(opens(withField(value, changes)), `${form.kind} with ${JSON.stringify(changes)}`);
  for (const changes of [...bad, { more: 1 }]) assert.ok(!opens(withField(value, changes)), `${form.kind} with ${JSON.stringify(changes)}`);
  for (const name of value.keys()) assert.ok(!opens(without(value, String(name))), `${form.kind} without ${name}`);
  for (const odd of [null, 1, 'text', [], new Map()] satisfies Cbor[]) assert.ok(!opens(odd));
};

const GOOD_TERMS: readonly Changes[] = [
  { rights: 1 }, { rights: 7 }, { from: null }, { until: null }, { from: 0 }, { from: 5 }, { until: 5 }, { from: 5, until: 5 }, { hours: [] }, { holidays: null }, { holidays: 1 }, { holidays: 255 }, { second: [] },
  { second: ['card'] }, { duress: true },
];
const BAD_TERMS: readonly Changes[] = [
  { pseudonym: new Uint8Array(15) }, { pseudonym: 'Anna' }, { rights: 0 }, { rights: 32 }, { from: -1 }, { from: 6, until: 5 }, { until: 'later' }, { hours: null }, { hours: [1] },
  { hours: Array.from({ length: 5 }, () => new Map([[0, 0], [3, 0]])) }, { holidays: 0 }, { holidays: 256 }, { second: ['card', 'card'] }, { second: ['fob'] }, { second: null }, { duress: 1 },
];

test('fields outside their bounds do not open, though they are sealed for the lock', () => {
  fieldsAre(PIN_ENTRY, pinEntry(crypto, lock.lockId, '471108', FREE), [...GOOD_TERMS, { length: 9 }],
    [...BAD_TERMS, { image: new Uint8Array(31) }, { image: '471108' }, { length: 5 }, { length: 10 }]);
  fieldsAre(CARD_ENTRY, { ...CARD, ...FREE }, [...GOOD_TERMS, { card: new Uint8Array(4) }, { card: new Uint8Array(16) }],
    [...BAD_TERMS, { card: new Uint8Array(3) }, { card: new Uint8Array(17) }, { card: 'text' }, { key: new Uint8Array(15) }, { key: new Uint8Array(17) }]);
  fieldsAre(FINGER_ENTRY, { ...FREE, slot: 1 }, [...GOOD_TERMS, { slot: 0 }, { slot: 65_535 }], [...BAD_TERMS, { slot: -1 }, { slot: 65_536 }, { slot: 1.5 }]);
  fieldsAre(CODE_KEY_ENTRY, KEY,
    [{ rights: 1 }, { rights: 2 }, { rights: 11 }, { kinds: ['once'] }, { longest: 0 }, { until: null }, { revoked: [] }, { revoked: [0, 99_999_999] }],
    [{ keyId: new Uint8Array(17) }, { key: new Uint8Array(16) }, { rights: 0 }, { rights: 4 }, { rights: 5 }, { rights: 12 }, { rights: 16 }, { kinds: [] }, { kinds: ['once', 'once'] }, { kinds: ['always'] }, { longest: -1 },
      { longest: 16 }, { until: -1 }, { revoked: [1, 1] }, { revoked: [-1] }, { revoked: [100_000_000] }, { revoked: Array.from({ length: 33 }, (_, index) => index) }]);
});

test('what does not fit is our own bug', () => {
  assert.throws(() => seal(PIN_ENTRY, { ...pinEntry(crypto, lock.lockId, '471108', FREE), length: 10 }), InvariantError);
  const long = { ...HOURS, endS: 9_000_000_000 };
  const terms = { ...TERMS, hours: [long, long, long, long], second: ['phone', 'pin', 'card', 'finger'] } as const;
  assert.ok(seal(CARD_ENTRY, { ...CARD, ...terms, card: new Uint8Array(16) }).length <= MAX_SEALED_ENTRY_BYTES, 'the largest there is fits');
  assert.deepEqual(['trusted', 'pin', 'card', 'finger', 'codeKey', 'toString', 'fob', 1, null, ['pin']].map(isEntryKind), [true, true, true, true, true, false, false, false, false, false]);
});

test('the longest entry that is read is the longest that is sealed', () => {
  const form: EntryForm<Bytes> = { kind: 'pin', write: (bytes) => bytes, read: (value) => asBytes(value) };
  const [headBytes, context] = [3, encodeCbor(['mortise-roster-entry', 1, identifierBytes(lock.lockId), 'pin'])];
  const longest = new Uint8Array(MAX_SEALED_ENTRY_BYTES - SEAL_OVERHEAD_BYTES - headBytes);
  const sealed = seal(form, longest);
  assert.equal(sealed.length, MAX_SEALED_ENTRY_BYTES);
  assert.deepEqual(open(form, sealed), longest);
  const tooLong = new Uint8Array(longest.length + 1);
  assert.throws(() => seal(form, tooLong), InvariantError);
  assert.equal(open(form, sealTo(crypto, lock.seal.publicKey, context, encodeCbor(tooLong), entropy)), undefined);
});

// ---- PINs ---------------------------------------------------------------------------------------------------------------------

test('a PIN is 6 to 9 digits, and has another image at another lock', () => {
  assert.deepEqual(['12345', '123456', '123456789', '1234567890', '12345a', '١٢٣٤٥٦', ' 123456', '123456\n', ''].map(isPin), [false, true, true, false, false, false, false, false, false]);
  assert.deepEqual(pinImage(crypto, lock.lockId, '123456'), pinImage(crypto, lock.lockId, '123456'));
  assert.notDeepEqual(pinImage(crypto, lock.lockId, '123456'), pinImage(crypto, other.lockId, '123456'));
  assert.notDeepEqual(pinImage(crypto, lock.lockId, '123456'), pinImage(crypto, lock.lockId, '1234560'));
  assert.throws(() => pinImage(crypto, lock.lockId, '12345'), InvariantError);
});

test('neither the digits nor their image show in a sealed entry, nor that two PINs are the same', () => {
  const entry = pinEntry(crypto, lock.lockId, '47110815', FREE);
  const [one, two] = ['one', 'two'].map((name) => sealEntry(crypto, PIN_ENTRY, address, entry, exampleEntropy(name)));
  const short = sealEntry(crypto, PIN_ENTRY, address, pinEntry(crypto, lock.lockId, '471108', FREE), exampleEntropy('three'));
  assert.ok(one !== undefined && two !== undefined);
  assert.equal(one.length, two.length);
  assert.equal(one.length, short.length, 'nor how many digits there are');
  assert.notDeepEqual(one, two);
  const plaintext = encodeCbor(PIN_ENTRY.write(entry)).toHex();
  assert.ok(!plaintext.includes(utf8('47110815').toHex()), 'not even under the seal');
  for (const text of [one.toHex(), two.toHex()]) assert.ok(!text.includes(entry.image.toHex()) && !text.includes(utf8('47110815').toHex()));
});

// ---- a roster -----------------------------------------------------------------------------------------------------------------

test('a roster’s credentials open all or not at all', () => {
  const pin = pinEntry(crypto, lock.lockId, '471108', FREE);
  const fields = rosterFields(site, lock);
  const entries = [
    ...fields.entries,
    { kind: 'pin', sealed: seal(PIN_ENTRY, pin) }, { kind: 'pin', sealed: seal(PIN_ENTRY, { ...pin, pseudonym: entropy.subarray(0, 16) }) },
    { kind: 'card', sealed: seal(CARD_ENTRY, CARD) }, { kind: 'finger', sealed: seal(FINGER_ENTRY, { ...FREE, slot: 7 }) }, { kind: 'codeKey', sealed: seal(CODE_KEY_ENTRY, KEY) },
  ] as const;
  const told = (more: readonly (typeof entries)[number][]): string => {
    const opened = openCredentials(crypto, lock.seal, { ...fields, entries: [...entries, ...more] });
    if (!opened.ok) return opened.error.code;
    const { pins, cards, fingers, codeKeys } = opened.value;
    return [pins.length, cards.length, fingers.length, codeKeys.length].join();
  };
  assert.equal(told([]), '2,1,1,1', 'the control; of two PINs of the same digits nobody is told');
  assert.equal(told([{ kind: 'card', sealed: seal(CARD_ENTRY, { ...CARD, key: new Secret(new Uint8Array(16)) }) }]), 'malformed', 'one card twice');
  assert.equal(told([{ kind: 'card', sealed: seal(CARD_ENTRY, { ...CARD, card: CARD.card.with(6, 0) }) }]), '2,2,1,1', 'the control');
  assert.equal(told([{ kind: 'finger', sealed: seal(FINGER_ENTRY, { ...TERMS, slot: 7 }) }]), 'malformed', 'one slot twice');
  assert.equal(told([{ kind: 'finger', sealed: seal(FINGER_ENTRY, { ...TERMS, slot: 8 }) }]), '2,1,2,1', 'the control');
  assert.equal(told([{ kind: 'codeKey', sealed: seal(CODE_KEY_ENTRY, { ...KEY, key: new Secret(entropy) }) }]), 'malformed', 'one key id twice');
  assert.equal(told([{ kind: 'codeKey', sealed: seal(CODE_KEY_ENTRY, { ...KEY, keyId: entropy.subarray(0, 16) }) }]), 'malformed', 'one key twice');
  assert.equal(told([{ kind: 'codeKey', sealed: seal(CODE_KEY_ENTRY, { ...KEY, keyId: entropy.subarray(0, 16), key: new Secret(entropy) }) }]), '2,1,1,2', 'the control');
  for (const kind of ['pin', 'card', 'finger', 'codeKey'] as const) assert.equal(told([{ kind, sealed: utf8('sealed') }]), 'entry-unreadable', kind);
  assert.equal(told([{ kind: 'pin', sealed: seal(FINGER_ENTRY, { ...FREE, slot: 8 }) }]), 'entry-unreadable');
});

test('phones and credentials open together, or neither do', () => {
  const fields = rosterFields(site, lock);
  const pin = { kind: 'pin', sealed: seal(PIN_ENTRY, pinEntry(crypto, lock.lockId, '471108', FREE)) } as const;
  const told = (entries: RosterFields['entries']): string => {
    const opened = openRosterEntries(crypto, lock.seal, { ...fields, entries });
    return opened.ok ? [opened.value.trusted.length, opened.value.credentials.pins.length].join() : opened.error.code;
  };
  const phones = fields.entries.filter(({ kind }) => kind === 'trusted').length;
  assert.ok(phones > 0);
  assert.equal(told([...fields.entries, pin]), `${phones},1`);
  for (const kind of ['trusted', 'pin'] as const) assert.equal(told([...fields.entries, pin, { kind, sealed: utf8('sealed') }]), 'entry-unreadable', kind);
});

test('the sixteen lengths go from one hour to 28 days', () => {
  assert.deepEqual([CODE_LENGTHS_H.length, CODE_LENGTHS_H[0], CODE_LENGTHS_H.at(-1)], [16, 1, 28 * 24]);
  assert.deepEqual(CODE_LENGTHS_H.toSorted((one, two) => one - two), CODE_LENGTHS_H);
});

// The fast phase (SPEC §4.6): recognised by a persistent key, refused back to the standard phase, and what each side remembers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, hex, type Bytes } from '@mortise/base/bytes.ts';
import { InvariantError, required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { encodeTlvs } from '../protocol/tlv.ts';
import { recognise, sealCryptogram } from '../protocol/cryptogram.ts';
import { fastKeys, type KeyContext } from '../protocol/key-schedule.ts';
import { MAX_PERSISTENT_KEYS, rememberKey, type PersistentCache } from '../protocol/persistent-cache.ts';
import { createReader, stepReader } from './reader.ts';
import { filled, partiesOf, record, type Recording, type Setup } from '../conformance/transaction.conformance.ts';
import { createUserDevice } from '../device/user-device.ts';
import { INTERFACES } from '../protocol/vendor.ts';

const NFC: Setup = { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey' };
const first = record(crypto, { ...NFC, reader: { remembers: true }, device: { remembers: true } });
const { readerConfig } = partiesOf(crypto, NFC);
const { credentialKey } = first.authenticated;
const readersKey = required(first.authenticated.persistentKey, 'the reader remembers');
const owner = concat(readerConfig.groupIdentifier, readerConfig.subIdentifier, credentialKey);

const instructions = ({ messages }: Recording): string => messages.flatMap(({ to, apdu }) => (to === 'device' ? [hex(apdu.slice(1, 2))] : [])).join(' ');
const known = (key: Secret): PersistentCache => rememberKey([], credentialKey, key);
const held = (key: Secret): PersistentCache => rememberKey([], owner, key);
const second = (reader: PersistentCache, device: PersistentCache, more: Setup = NFC): Recording =>
  record(crypto, { ...more, reader: { ...more.reader, persistentKeys: reader }, device: { ...more.device, persistentKeys: device } });

test('both sides of a standard phase hold the same persistent key, and the next transaction is a fast one', () => {
  assert.equal(hex(readersKey.reveal()), hex(required(first.persistentKey, 'the user device remembers').reveal()));
  const fast = second(known(readersKey), held(readersKey));
  assert.equal(instructions(first), 'a4 80 81 c9');
  assert.equal(instructions(fast), 'a4 80 c9');
  assert.equal(fast.authenticated.phase, 'fast');
  assert.equal(hex(fast.authenticated.credentialKey), hex(credentialKey));
  assert.deepEqual(fast.authenticated.vendorExtension, first.authenticated.vendorExtension);
  assert.deepEqual([fast.reader.kind, fast.device.kind], ['completed', 'completed']);
  assert.equal(fast.authenticated.persistentKey, undefined);
  assert.equal(fast.persistentKey, undefined, 'a fast phase gives no new key');
});

test('a key that the other side does not hold falls back to the standard phase, with AUTH0’s words as they were', () => {
  const other = new Secret(filled(32, 99));
  for (const [what, reader, device] of [
    ['the user device has none', known(readersKey), []],
    ['the user device has another', known(readersKey), held(other)],
    ['the user device has one for another reader', known(readersKey), rememberKey([], filled(97, 1), readersKey)],
    ['the reader has another', known(other), held(readersKey)],
    ['the reader has one for another credential', rememberKey([], filled(65, 1), readersKey), held(readersKey)],
  ] as const) {
    const fallen = second(reader, device);
    assert.equal(instructions(fallen), 'a4 80 81 c9', what);
    assert.equal(fallen.authenticated.phase, 'standard', what);
    assert.equal(fallen.reader.kind, 'completed', what);
  }
});

test('a reader that knows nobody asks for no cryptogram', () => {
  assert.equal(instructions(second([], held(readersKey))), 'a4 80 81 c9');
});

test('a user who must be verified is not passed by the fast phase', () => {
  const forced = second(known(readersKey), held(readersKey), { ...NFC, reader: { authenticationPolicy: 3 } });
  assert.equal(instructions(forced), 'a4 80 81 c9');
  assert.equal(instructions(second(known(readersKey), held(readersKey), { ...NFC, reader: { authenticationPolicy: 2 } })), 'a4 80 c9', 'control');
});

test('a host that wants more after a fast phase goes on with AUTH1, and both remember a new key', () => {
  const both = second(known(readersKey), held(readersKey), { ...NFC, choices: [{ kind: 'standard' }], reader: { remembers: true }, device: { remembers: true } });
  assert.equal(instructions(both), 'a4 80 81 c9');
  assert.equal(both.authenticated.phase, 'standard');
  const renewed = required(both.authenticated.persistentKey, 'remembered');
  assert.equal(hex(renewed.reveal()), hex(required(both.persistentKey, 'remembered').reveal()));
  assert.notEqual(hex(renewed.reveal()), hex(readersKey.reveal()));
});

test('the words of the first transaction do not fit another: verb, reader, transaction, interface', () => {
  const changes: readonly (readonly [string, Setup])[] = [
    ['another interface', { ...NFC, interfaceByte: INTERFACES.contact }],
    ['another verb', { ...NFC, device: { command: filled(25, 3) } }],
    ['another B1', { ...NFC, reader: { vendorExtension: filled(9, 9) } }],
  ];
  const cryptogramOf = (recording: Recording): string => hex(required(recording.messages.find(({ to, session }) => to === 'reader' && session.phase.kind === 'auth0'), 'an answer').apdu).slice(134, 266);
  const plain = cryptogramOf(second(known(readersKey), held(readersKey)));
  for (const [what, setup] of changes) {
    const fast = second(known(readersKey), held(readersKey), setup);
    assert.equal(fast.authenticated.phase, 'fast', what);
    assert.notEqual(cryptogramOf(fast), plain, what);
  }
});

// ---- the cryptogram itself ----------------------------------------------------------------------------------------------------

const context: KeyContext = {
  groupIdentifierKey: readerConfig.groupIdentifierKey, readerIdentifier: filled(32, 1), interfaceByte: INTERFACES.nfc, version: 0x0100,
  readerEphemeral: credentialKey, deviceEphemeral: credentialKey, transactionId: filled(16, 2), parameters: 1, authenticationPolicy: 1, proprietary: filled(10, 3),
};
const cryptogramKey = fastKeys(crypto, readersKey, context, credentialKey).cryptogram;
const sealed = (plaintext: Bytes): Bytes => crypto.aesGcmSeal(cryptogramKey.reveal(), new Uint8Array(12), plaintext);
const read = (cryptogram: Bytes): string => {
  const recognised = recognise(crypto, known(readersKey), context, cryptogram);
  if (recognised === undefined) return 'nobody';
  return recognised.ok ? JSON.stringify(recognised.value.said) : recognised.error.code;
};

test('a cryptogram says what the user device has', () => {
  const said = { signaling: 0x1c33, accessSigned: instant(Date.UTC(2026, 0, 1)), revocationSigned: instant(0) };
  assert.equal(sealCryptogram(crypto, cryptogramKey, said).length, 64);
  assert.equal(read(sealCryptogram(crypto, cryptogramKey, said)), JSON.stringify(said));
  assert.equal(read(sealCryptogram(crypto, cryptogramKey, { signaling: 0 })), '{"signaling":0}');
});

test('sealed under the right key and out of form: refused; under another key: nobody', () => {
  const [bitmap, none] = [Uint8Array.of(0, 0), new Uint8Array(20)];
  assert.equal(read(sealed(encodeTlvs([0x5e, bitmap], [0x91, none], [0x92, none]))), '{"signaling":0}', 'control');
  assert.equal(read(sealed(encodeTlvs([0x5e, bitmap], [0x92, none], [0x91, none]))), 'field-missing');
  assert.equal(read(sealed(encodeTlvs([0x5e, bitmap], [0x91, none]))), 'field-missing');
  assert.equal(read(sealed(encodeTlvs([0x5e, bitmap], [0x91, none], [0x92, none], [0xaa, none]))), 'field-unexpected');
  assert.equal(read(sealed(encodeTlvs([0x5e, bitmap], [0x91, filled(20, 1)], [0x92, none]))), 'field-value');
  assert.equal(read(sealed(encodeTlvs([0x5e, bitmap], [0x91, none], [0x92, filled(20, 1)]))), 'field-value');
  assert.equal(read(filled(64, 1)), 'nobody');
  assert.equal(read(new Uint8Array(0)), 'nobody');
});

test('64 keys are tried and no more are taken', () => {
  const many = Array.from({ length: MAX_PERSISTENT_KEYS - 1 }, (_, index) => ({ owner: filled(65, index), key: new Secret(filled(32, index)) }));
  const last = [...many, { owner: credentialKey, key: readersKey }];
  const recognised = recognise(crypto, last, context, sealCryptogram(crypto, cryptogramKey, { signaling: 0 }));
  assert.ok(recognised?.ok && hex(recognised.value.owner) === hex(credentialKey));
  const tooMany = [...last, { owner: filled(65, 70), key: readersKey }];
  const secrets = { ephemeralPrivateKey: filled(32, 1), transactionId: filled(16, 1) };
  assert.throws(() => createReader({ ...readerConfig, persistentKeys: tooMany }, secrets), InvariantError);
  assert.throws(() => createUserDevice({ ...partiesOf(crypto, NFC).deviceConfig, persistentKeys: tooMany }, secrets), InvariantError);
});

test('choices out of place are our bug', () => {
  const deciding = (recording: Recording) => {
    const message = required(recording.messages.find(({ to, session }) => to === 'reader' && (session.phase.kind === 'auth0' || session.phase.kind === 'auth1')), 'an answer');
    assert.ok(message.to === 'reader');
    return stepReader(crypto, message.session, { kind: 'response', apdu: message.apdu }).session;
  };
  const fast = deciding(second(known(readersKey), held(readersKey)));
  assert.equal(fast.phase.kind, 'deciding');
  assert.throws(() => stepReader(crypto, fast, { kind: 'stepUp', request: filled(3, 1) }), InvariantError);
  const standard = record(crypto, NFC).messages.find(({ to, session }) => to === 'reader' && session.phase.kind === 'auth1');
  assert.ok(standard?.to === 'reader');
  const decided = stepReader(crypto, standard.session, { kind: 'response', apdu: standard.apdu }).session;
  assert.throws(() => stepReader(crypto, decided, { kind: 'standard' }), InvariantError);
});

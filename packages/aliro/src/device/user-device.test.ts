// What a user device refuses and how (SPEC §3.8): each row takes up a recorded transaction at one message and feeds another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, fromHex, hex, uint, type Bytes } from '@mortise/base/bytes.ts';
import { InvariantError, required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { encodeCommandChain, type Header } from '../protocol/apdu.ts';
import { AUTH0, decodeAuth0Command, encodeAuth0Command, type Auth0Command } from '../protocol/auth0.ts';
import { AUTH1, LOAD_CERT, encodeAuth1Command } from '../protocol/auth1.ts';
import { CONTROL_FLOW } from '../protocol/control-flow.ts';
import { EXCHANGE } from '../protocol/exchange.ts';
import { open, seal } from '../protocol/secure-channel.ts';
import { SELECT, encodeProprietary } from '../protocol/select.ts';
import { filled, partiesOf, record, type Setup } from '../conformance/transaction.conformance.ts';
import { createUserDevice, stepUserDevice, type DeviceConfig, type DeviceSession } from './user-device.ts';
import { INTERFACES } from '../protocol/vendor.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hex');
const NFC: Setup = { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey' };
const recording = record(crypto, NFC);
const loaded = record(crypto, { ...NFC, certificate: 'loadCert' });

type Kind = DeviceSession['phase']['kind'];

const sessionIn = (kind: Kind, from = recording): DeviceSession =>
  required(from.messages.flatMap(({ session, to }) => (to === 'device' && session.phase.kind === kind ? [session] : []))[0], `a session that is ${kind}`);

/** Status word and how the session ended, if it did. */
const fed = (session: DeviceSession, apdu: Bytes): string => {
  const { effects } = stepUserDevice(crypto, session, { kind: 'command', apdu });
  return effects.map((effect) => {
    if (effect.kind === 'respond') return hex(effect.apdu.slice(-2));
    if (effect.kind !== 'finished') return effect.kind;
    return effect.outcome.kind === 'failed' ? effect.outcome.error.code : effect.outcome.readerStatus.toString(16);
  }).join(' ');
};

const command = (header: Header, data: Bytes): Bytes => encodeCommandChain(header, data, true)[0];
const auth0Apdu = required(recording.messages[2], 'AUTH0').apdu;
const auth0Decoded = decodeAuth0Command(auth0Apdu.slice(5, -1));
assert.ok(auth0Decoded.ok);
const auth0 = (changes: Partial<Auth0Command>): Bytes => command(AUTH0, encodeAuth0Command({ ...auth0Decoded.value, ...changes }));
const auth1 = command(AUTH1, encodeAuth1Command({ keyRequest: 'publicKey', signature: recording.readerSignature }));
const certificate = required(partiesOf(crypto, { ...NFC, certificate: 'auth1' }).readerConfig.certificate, 'a certificate').bytes;

const exchange = (plaintext: Bytes, session = sessionIn('secured')): Bytes => {
  assert.ok(session.phase.kind === 'secured');
  const sealed = seal(crypto, session.phase.channel, 'reader', plaintext);
  assert.ok(sealed.ok);
  return command(EXCHANGE, sealed.value.sealed);
};

test('refusals, phase by phase', () => {
  const idle = sessionIn('idle');
  const selected = sessionIn('selected');
  const begun = sessionIn('begun');
  const secured = sessionIn('secured');
  const table: readonly (readonly [string, DeviceSession, Bytes, string])[] = [
    ['another application is passed over', idle, command(SELECT, filled(9, 1)), '6a82'],
    ['the step-up application is not there yet', selected, bytes('00a4040009a000000909acce550200'), '6a82'],
    ['AUTH0 before SELECT', idle, auth0Apdu, '6d00 instruction-unexpected'],
    ['SELECT again before AUTH0', selected, bytes('00a4040009a000000909acce550100'), '9000'],
    ['SELECT in a transaction', begun, bytes('00a4040009a000000909acce550100'), '6d00 instruction-unexpected'],
    ['another class', idle, bytes('81a4040000'), '6800 class-unsupported'],
    ['an unknown class and instruction', idle, bytes('42ff000000'), '6800 class-unsupported'],
    ['an unknown instruction', idle, bytes('00b0000000'), '6d00 instruction-unexpected'],
    ['other parameters', selected, bytes('8080010000'), '6a86 parameters-unsupported'],
    ['too short', idle, bytes('00a404'), '6701 apdu-malformed'],
    ['too long for short APDUs', idle, new Uint8Array(262), '6701 apdu-too-long'],
    ['GET RESPONSE for nothing', selected, bytes('00c0000000'), '6d00 instruction-unexpected'],
    ['control', selected, auth0Apdu, '9000'],
    ['AUTH0: another version', selected, auth0({ version: 0x0a00 }), '6985 version-unsupported'],
    ['AUTH0: another group', selected, auth0({ readerIdentifier: filled(32, 1) }), '6701 group-unknown'],
    ['AUTH0: no point', selected, auth0({ readerEphemeral: filled(65, 4) }), '6701 point-invalid'],
    ['AUTH0: reserved bits', selected, auth0({ parameters: 2 }), '6701 field-value'],
    ['AUTH0: unknown policy', selected, auth0({ authenticationPolicy: 4 }), '6701 field-value'],
    ['AUTH0 twice', begun, auth0Apdu, '6d00 instruction-unexpected'],
    ['LOAD CERT before AUTH0', selected, command(LOAD_CERT, certificate.slice(0, 200)), '6d00 instruction-unexpected'],
    ['LOAD CERT keeps anything', begun, command(LOAD_CERT, filled(200, 1)), '9000'],
    ['AUTH1 before AUTH0', selected, auth1, '6d00 instruction-unexpected'],
    ['control', begun, auth1, 'sign'],
    ['AUTH1: reserved bits', begun, auth1.with(7, 2), '6701 field-value'],
    ['AUTH1: another signature', begun, auth1.with(20, (auth1[20] ?? 0) ^ 1), '6982 reader-signature-invalid'],
    ['EXCHANGE before keys', begun, command(EXCHANGE, filled(20, 1)), '6d00 instruction-unexpected'],
    ['CONTROL FLOW', begun, command(CONTROL_FLOW, bytes('410100420100')), '9000 ended-by-reader'],
    ['CONTROL FLOW: no common version', selected, command(CONTROL_FLOW, bytes('410100420127')), '9000 no-common-version'],
    ['CONTROL FLOW: out of form', selected, command(CONTROL_FLOW, bytes('420127')), '6701 field-missing'],
    ['CONTROL FLOW once there are keys', secured, command(CONTROL_FLOW, bytes('410100420100')), '6d00 instruction-unexpected'],
    ['EXCHANGE: closes', secured, exchange(bytes('97020101')), '9000 101'],
    ['EXCHANGE: a failure closes too', secured, exchange(bytes('97020004')), '9000 4'],
    ['EXCHANGE: a notification is taken', secured, exchange(bytes('ae028200')), '9000'],
    ['EXCHANGE: ranging', secured, exchange(bytes('9800')), '9000'],
    ['EXCHANGE: no mailbox', secured, exchange(bytes('ba098c0100870400000004')), '9000 operation-unsupported'],
    ['EXCHANGE: an update document, whose content nobody knows', secured, exchange(bytes('8100')), '9000 operation-unsupported'],
    ['EXCHANGE: an empty mailbox command', secured, exchange(bytes('ba00')), '6701 field-length'],
    ['EXCHANGE: unknown object', secured, exchange(bytes('aa00')), '6701 field-unexpected'],
    ['EXCHANGE: nothing', secured, exchange(new Uint8Array(0)), '6701 field-missing'],
    ['EXCHANGE: twice the same', secured, exchange(bytes('9702010197020101')), '6701 field-repeated'],
    ['EXCHANGE: wrong length', secured, exchange(bytes('970101')), '6701 field-length'],
    ['EXCHANGE: out of form', secured, exchange(bytes('97')), '6701 tlv-malformed'],
    ['EXCHANGE: wrong tag', secured, command(EXCHANGE, filled(20, 1)), '6982 channel-refused'],
  ];
  for (const [what, session, apdu, expected] of table) assert.equal(fed(session, apdu), expected, what);
});

test('a refusal ends the session for good', () => {
  const stepped = stepUserDevice(crypto, sessionIn('begun'), { kind: 'command', apdu: auth0Apdu });
  assert.equal(stepped.session.phase.kind, 'ended');
  assert.equal(fed(stepped.session, bytes('00a4040009a000000909acce550100')), '6d00');
  assert.equal(fed(stepped.session, bytes('ff')), '6701');
});

test('ranging is made available once', () => {
  const stepped = stepUserDevice(crypto, sessionIn('secured'), { kind: 'command', apdu: exchange(bytes('9800')) });
  assert.equal(fed(stepped.session, exchange(bytes('9800'), stepped.session)), '6701 field-repeated');
});

test('a counter that has run out ends the session', () => {
  const session = sessionIn('secured');
  assert.ok(session.phase.kind === 'secured');
  const { channel } = session.phase;
  const apdu = exchange(bytes('97020101'));
  assert.equal(fed({ ...session, phase: { ...session.phase, channel: { ...channel, readerCounter: 0xffff } } }, apdu), '6d00 channel-exhausted');
  assert.equal(fed({ ...session, phase: { ...session.phase, channel: { ...channel, deviceCounter: 0xffff } } }, apdu), '6d00 channel-exhausted');
});

test('on Bluetooth no reader status goes over EXCHANGE (SPEC §5)', () => {
  const session = sessionIn('secured');
  assert.equal(fed({ ...session, config: { ...session.config, interfaceByte: INTERFACES.ble } }, exchange(bytes('97020101'))), '6701 field-unexpected');
  assert.equal(fed({ ...session, config: { ...session.config, interfaceByte: INTERFACES.ble, closing: 'exchange' } }, exchange(bytes('97020101'))), '9000 101', 'unless its form there has no message for it');
  assert.equal(fed({ ...session, config: { ...session.config, closing: 'message' } }, exchange(bytes('97020101'))), '6701 field-unexpected');
});

test('certificates: which, when, whose', () => {
  const signing = (changes: Partial<DeviceConfig>, apdus: readonly Bytes[]): string => {
    const { session } = required(loaded.messages[4], 'LOAD CERT');
    assert.ok('ephemeralPrivateKey' in session && 'groups' in session.config);
    let device = { ...sessionIn('begun', loaded), config: { ...session.config, ...changes } };
    let last = '';
    for (const apdu of apdus) {
      last = fed(device, apdu);
      device = { ...stepUserDevice(crypto, device, { kind: 'command', apdu }).session, config: device.config };
    }
    return last;
  };
  const load = encodeCommandChain(LOAD_CERT, certificate, true);
  const plain = command(AUTH1, encodeAuth1Command({ keyRequest: 'publicKey', signature: loaded.readerSignature }));
  const both = encodeCommandChain(AUTH1, encodeAuth1Command({ keyRequest: 'publicKey', signature: loaded.readerSignature, certificate }), true);
  const within = encodeCommandChain(AUTH1, encodeAuth1Command({ keyRequest: 'publicKey', signature: loaded.readerSignature, certificate: filled(50, 1) }), true);
  assert.equal(signing({}, [...load, plain]), 'sign', 'control');
  assert.equal(signing({}, both), 'sign', 'control');
  assert.equal(signing({}, [...load, ...both]), '6701 field-unexpected');
  assert.equal(signing({}, [...load, ...load]), '6d00 instruction-unexpected');
  assert.equal(signing({}, [plain]), '6982 certificate-missing');
  assert.equal(signing({}, within), '6400 certificate-malformed');
  assert.equal(signing({}, encodeCommandChain(LOAD_CERT, new Uint8Array(1025), true)), '6701 apdu-too-long');
  assert.equal(signing({ expectSubject: () => 'another door' }, [...load, plain]), '6982 certificate-subject');
  assert.equal(signing({ expectSubject: () => undefined }, [...load, plain]), 'sign');
  assert.equal(signing({ now: instant(0) }, [...load, plain]), '6982 certificate-expired');
  assert.equal(signing({ now: instant(Date.parse('2030-01-01T00:00:00Z')) }, [...load, plain]), 'sign');
});

test('a fast request is answered by a cryptogram that nobody can read (SPEC §4.6)', () => {
  const fast = stepUserDevice(crypto, sessionIn('selected'), { kind: 'command', apdu: auth0({ parameters: 1 }) });
  const [effect] = fast.effects;
  assert.ok(effect?.kind === 'respond');
  assert.equal(hex(effect.apdu).slice(134, 138), '9d40');
  const given = { ...sessionIn('selected'), cryptogram: filled(64, 5) };
  const [told] = stepUserDevice(crypto, given, { kind: 'command', apdu: auth0({ parameters: 1 }) }).effects;
  assert.ok(told?.kind === 'respond' && hex(told.apdu).includes(hex(filled(64, 5))));
});

test('signatures: late ones are passed over, others must have 64 bytes', () => {
  const begun = sessionIn('begun');
  assert.deepEqual(stepUserDevice(crypto, begun, { kind: 'signed', signature: filled(64, 1) }), { session: begun, effects: [] });
  const signing = stepUserDevice(crypto, begun, { kind: 'command', apdu: auth1 }).session;
  const [respond, finished] = stepUserDevice(crypto, signing, { kind: 'signed', signature: filled(63, 1) }).effects;
  assert.ok(respond?.kind === 'respond' && hex(respond.apdu) === '6985');
  assert.ok(finished?.kind === 'finished' && finished.outcome.kind === 'failed' && finished.outcome.error.code === 'signer-failed');
});

test('a long answer is fetched by GET RESPONSE, once', () => {
  const versions = Array.from({ length: 16 }, (_, index) => 0x0100 + index);
  const proprietary = encodeProprietary(versions);
  assert.ok(proprietary.length < 128);
  const session = { ...sessionIn('begun'), held: { rest: filled(300, 1), limit: 254 } };
  const first = stepUserDevice(crypto, session, { kind: 'command', apdu: bytes('00c00000ff') });
  assert.ok(first.effects[0]?.kind === 'respond' && first.effects[0].apdu.length === 256);
  const second = stepUserDevice(crypto, first.session, { kind: 'command', apdu: bytes('00c0000000') });
  assert.ok(second.effects[0]?.kind === 'respond');
  assert.equal(hex(second.effects[0].apdu), hex(concat(filled(300, 1).slice(254), uint(0x9000, 2))));
  assert.equal(fed(second.session, bytes('00c0000000')), '6d00 instruction-unexpected');
});

test('what the shell configures wrongly is our bug', () => {
  const { deviceConfig: config } = partiesOf(crypto, NFC);
  const secrets = { ephemeralPrivateKey: filled(32, 1) };
  const wrong: readonly (readonly [DeviceConfig, typeof secrets & { cryptogram?: Bytes }])[] = [
    [{ ...config, versions: [] }, secrets],
    [{ ...config, groups: [{ groupIdentifier: filled(15, 1), groupIdentifierKey: filled(65, 1), credentialKey: filled(65, 1) }] }, secrets],
    [{ ...config, command: filled(128, 1) }, secrets],
    [{ ...config, maxCommand: 100 }, secrets],
    [{ ...config, maxResponse: 65536 }, secrets],
    [config, { ephemeralPrivateKey: filled(31, 1) }],
    [config, { ...secrets, cryptogram: filled(63, 1) }],
  ];
  for (const [one, its] of wrong) assert.throws(() => createUserDevice(one, its), InvariantError);
  assert.equal(JSON.stringify(createUserDevice(config, secrets)).includes(hex(secrets.ephemeralPrivateKey)), false);
});

test('a sealed answer is what it says', () => {
  const session = sessionIn('secured');
  const stepped = stepUserDevice(crypto, session, { kind: 'command', apdu: exchange(bytes('ba038c0100')) });
  assert.ok(session.phase.kind === 'secured' && stepped.effects[0]?.kind === 'respond');
  const opened = open(crypto, session.phase.channel, 'device', stepped.effects[0].apdu.slice(0, -2));
  assert.ok(opened.ok && hex(opened.value.plaintext) === '0002ffff');
});

// What a reader makes of each answer (SPEC §5, §7.1, §9.1): each row takes up a recorded transaction at one answer and feeds
// another; the closing message is opened with the session's keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY, concat, fromHex, hex, uint, type Bytes } from '@mortise/base/bytes.ts';
import { InvariantError, required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { MAX_PIECES } from '../protocol/apdu.ts';
import { encodeAuth1Answer, type Auth1Answer } from '../protocol/auth1.ts';
import { createReader, stepReader, type ReaderConfig, type ReaderInput, type ReaderSession } from './reader.ts';
import { open, seal } from '../protocol/secure-channel.ts';
import { EXPEDITED_AID, encodeProprietary, encodeSelectAnswer } from '../protocol/select.ts';
import { filled, partiesOf, record, type Recording, type Setup } from '../conformance/transaction.conformance.ts';
import { encodeTlv } from '../protocol/tlv.ts';
import { INTERFACES } from '../protocol/vendor.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hex');
const NFC: Setup = { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey' };
const plain = record(crypto, NFC);
const slotted = record(crypto, { ...NFC, keyRequest: 'keySlot' });
const loaded = record(crypto, { ...NFC, certificate: 'loadCert', choices: [{ kind: 'exchange', objects: bytes('ae028200') }] });

const chained = record(crypto, { ...NFC, certificate: 'auth1' });

type Kind = ReaderSession['phase']['kind'];

const sessionIn = (kind: Kind, from: Recording = plain): ReaderSession =>
  required(from.messages.flatMap(({ session, to }) => (to === 'reader' && session.phase.kind === kind ? [session] : []))[0], `a session that is ${kind}`);
const answerIn = (kind: Kind, from: Recording = plain): Bytes =>
  required(from.messages.find(({ session, to }) => to === 'reader' && session.phase.kind === kind), `an answer to ${kind}`).apdu;

const closingOf = (session: ReaderSession, apdu: Bytes): string => {
  if (apdu[1] !== 0xc9 || !('channel' in session.phase)) return hex(apdu).slice(0, 22);
  const opened = open(crypto, session.phase.channel, 'reader', apdu.slice(5, -1));
  return opened.ok ? hex(opened.value.plaintext) : 'sealed';
};

/** Effects in words: what was transmitted (opened where it is sealed) and how the session ended. */
const said = (session: ReaderSession, input: ReaderInput): string =>
  stepReader(crypto, session, input).effects.map((effect) => {
    if (effect.kind === 'transmit') return closingOf(session, effect.apdu);
    if (effect.kind !== 'finished') return effect.kind;
    return effect.outcome.kind === 'failed' ? effect.outcome.error.code : `completed ${effect.outcome.status.toString(16)}`;
  }).join(' ');

const fed = (session: ReaderSession, apdu: Bytes): string => said(session, { kind: 'response', apdu });

const ABORT = '803c000006410100420100';
const selectAnswer = (a5: string): Bytes => concat(encodeSelectAnswer(EXPEDITED_AID, encodeTlv(0xa5, bytes(a5))), bytes('9000'));

test('SELECT', () => {
  const session = sessionIn('selecting');
  const table: readonly (readonly [string, Bytes, string])[] = [
    ['another version', selectAnswer('800200005c020a00'), '803c000006410100420127 no-common-version'],
    ['no application', bytes('6a82'), 'status-unexpected'],
    ['another application', concat(encodeSelectAnswer(filled(9, 1), encodeProprietary([0x0100])), bytes('9000')), `${ABORT} field-value`],
    ['another application type', selectAnswer('800200015c020100'), `${ABORT} field-value`],
    ['half a version', selectAnswer('800200005c03010000'), `${ABORT} field-value`],
    ['no versions', selectAnswer('80020000'), `${ABORT} field-missing`],
    ['no A5', bytes('6f0b8409a000000909acce55019000'), `${ABORT} field-missing`],
    ['nothing', bytes('9000'), `${ABORT} field-missing`],
    ['no status word', bytes('90'), `${ABORT} apdu-malformed`],
    ['an extended offer out of form', selectAnswer('800200005c0201007f66080204000010000201'), `${ABORT} field-value`],
    ['an extended offer with other tags', selectAnswer('800200005c0201007f66080302100002021000'), `${ABORT} field-value`],
    ['an empty part', bytes('6110'), `${ABORT} chain-broken`],
  ];
  for (const [what, apdu, expected] of table) assert.equal(fed(session, apdu), expected, what);
});

test('SELECT: the highest common version, and extended length only where it is of use', () => {
  const session = sessionIn('selecting');
  const sent = (a5: string, versions: readonly number[] = [0x0100]): string => {
    const [effect] = stepReader(crypto, { ...session, config: { ...session.config, versions } }, { kind: 'response', apdu: selectAnswer(a5) }).effects;
    assert.ok(effect?.kind === 'transmit');
    return hex(effect.apdu);
  };
  assert.ok(sent('800200005c0201007f66080202100002021000').startsWith('8080000000008c'));
  assert.ok(sent('800200005c0201007f66080202000a0202000a').startsWith('808000008c'), 'less than a short APDU is not an offer');
  assert.ok(sent('800200005c0401000200', [0x0100, 0x0200, 0x0300]).includes('5c020200'));
  assert.ok(sent('800200005c020100b30100').startsWith('808000008c'), 'a vendor object is passed over');
});

test('AUTH0 (SPEC §9.1)', () => {
  const session = sessionIn('auth0');
  const answer = answerIn('auth0').slice(0, -2);
  const key = answer.slice(0, 67);
  const ok = bytes('9000');
  const table: readonly (readonly [string, Bytes, string])[] = [
    ['control', answerIn('auth0'), 'sign'],
    ['an unknown object is passed over', concat(answer, bytes('aa0100'), ok), 'sign'],
    ['86 replaced by 88', concat(answer.with(0, 0x88), ok), `${ABORT} field-missing`],
    ['no point', concat(encodeTlv(0x86, filled(65, 4)), ok), `${ABORT} point-invalid`],
    ['twice the key', concat(answer, key, ok), `${ABORT} field-repeated`],
    ['a short key', concat(encodeTlv(0x86, key.slice(2, 66)), ok), `${ABORT} field-length`],
    ['a cryptogram that nobody asked for', concat(answer, encodeTlv(0x9d, filled(64, 1)), ok), `${ABORT} field-unexpected`],
    ['refused', bytes('6701'), `${ABORT} status-unexpected`],
  ];
  for (const [what, apdu, expected] of table) assert.equal(fed(session, apdu), expected, what);
});

/** The recorded AUTH1 answer with other contents, under the session's keys. */
const auth1Answer = (session: ReaderSession, change: (plaintext: Bytes) => Bytes, from: Recording = plain): Bytes => {
  assert.ok('channel' in session.phase);
  const opened = open(crypto, session.phase.channel, 'device', answerIn('auth1', from).slice(0, -2));
  const sealed = opened.ok ? seal(crypto, session.phase.channel, 'device', change(opened.value.plaintext)) : opened;
  assert.ok(sealed.ok);
  return concat(sealed.value.sealed, bytes('9000'));
};

test('AUTH1 (SPEC §7.1, §9.1): the closing reader status says what was wrong', () => {
  const session = sessionIn('auth1');
  const other = partiesOf(crypto, NFC).readerConfig.groupIdentifierKey;
  const answer: Auth1Answer = { credential: { kind: 'publicKey', key: plain.authenticated.credentialKey }, signature: plain.deviceSignature, signaling: 0 };
  const being = (changes: Partial<Auth1Answer>): Bytes => auth1Answer(session, () => encodeAuth1Answer({ ...answer, ...changes }));
  const table: readonly (readonly [string, Bytes, string])[] = [
    ['control', answerIn('auth1'), 'authenticated'],
    ['control, sealed again', being({}), 'authenticated'],
    ['with documents and a mailbox', being({ mailboxSubset: filled(3, 1), signaling: 0x1c37, accessSigned: instant(0), revocationSigned: instant(1.8e12) }), 'authenticated'],
    ['an unknown object is passed over', auth1Answer(session, (plaintext) => concat(plaintext, bytes('aa0100'))), 'authenticated'],
    ['another signature', being({ signature: filled(64, 1) }), '97020004 device-signature-invalid'],
    ['another credential', being({ credential: { kind: 'publicKey', key: other } }), '97020004 device-signature-invalid'],
    ['no point', being({ credential: { kind: 'publicKey', key: filled(65, 1) } }), '97020004 device-signature-invalid'],
    ['a slot instead', being({ credential: { kind: 'keySlot', slot: filled(8, 1) } }), '97020022 public-key-missing'],
    ['both', auth1Answer(session, (plaintext) => concat(plaintext, encodeTlv(0x4e, filled(8, 1)))), '97020006 field-unexpected'],
    ['9E replaced by 88', auth1Answer(session, (plaintext) => plaintext.with(67, 0x88)), '97020023 signature-missing'],
    ['no signalling', auth1Answer(session, (plaintext) => plaintext.slice(0, -4)), '97020006 field-missing'],
    ['out of form', auth1Answer(session, (plaintext) => plaintext.slice(0, -1)), '97020007 tlv-malformed'],
    ['nothing sealed', bytes('9000'), '97020007 channel-refused'],
    ['another tag', concat(filled(150, 1), bytes('9000')), '97020007 channel-refused'],
    ['refused', bytes('6982'), '97020007 status-unexpected'],
    ['no status word', EMPTY, '97020006 apdu-malformed'],
  ];
  for (const [what, apdu, expected] of table) assert.equal(fed(session, apdu), expected, what);
});

test('AUTH1 by key slot', () => {
  const session = sessionIn('auth1', slotted);
  assert.equal(fed(session, answerIn('auth1', slotted)), 'authenticated');
  assert.equal(fed({ ...session, config: { ...session.config, keyOfSlot: () => undefined } }, answerIn('auth1', slotted)), '97020001 credential-unknown');
  const { keyOfSlot: _keyOfSlot, ...without } = session.config;
  assert.equal(fed({ ...session, config: without }, answerIn('auth1', slotted)), '97020001 credential-unknown');
  const keyed = auth1Answer(session, (plaintext) => concat(encodeTlv(0x5a, filled(65, 1)), plaintext.slice(10)), slotted);
  assert.equal(fed(session, keyed), '97020021 key-slot-missing');
});

test('LOAD CERT and EXCHANGE refused', () => {
  assert.equal(fed(sessionIn('loading', loaded), bytes('6700')), `${ABORT} status-unexpected`);
  const piece = sessionIn('auth1', chained);
  assert.equal(piece.transport.pending.length, 1, 'the certificate does not fit a short APDU');
  assert.equal(fed(piece, bytes('aa9000')), '97020007 status-unexpected', 'a piece is acknowledged without data');
  assert.equal(fed(piece, bytes('6700')), '97020007 status-unexpected');
  const exchanging = sessionIn('exchanging', loaded);
  assert.equal(fed(exchanging, answerIn('exchanging', loaded)), 'exchanged');
  assert.equal(fed(exchanging, bytes('6982')), '97020007 status-unexpected');
  assert.equal(fed(exchanging, concat(filled(20, 1), bytes('9000'))), '97020007 channel-refused');
  assert.ok('channel' in exchanging.phase);
  const failing = seal(crypto, exchanging.phase.channel, 'device', bytes('0002ffff'));
  const short = seal(crypto, exchanging.phase.channel, 'device', bytes('0000'));
  assert.ok(failing.ok && short.ok);
  assert.equal(fed(exchanging, concat(failing.value.sealed, bytes('9000'))), '97020020 exchange-refused');
  assert.equal(fed(exchanging, concat(short.value.sealed, bytes('9000'))), '97020020 exchange-refused');
});

test('the close', () => {
  const closing = sessionIn('closing');
  assert.equal(fed(closing, answerIn('closing')), 'completed 181');
  assert.equal(fed(closing, bytes('6110')), 'completed 181', 'some phones answer 61xx');
  assert.equal(fed(closing, bytes('6d00')), 'status-unexpected');
  assert.equal(fed(closing, concat(filled(20, 1), bytes('9000'))), 'channel-refused');
});

test('a decision is closed by EXCHANGE, but not on Bluetooth; a counter that has run out closes nothing', () => {
  const waiting = stepReader(crypto, sessionIn('auth1'), { kind: 'response', apdu: answerIn('auth1') }).session;
  assert.equal(said(waiting, { kind: 'decide', status: 0x0003 }), '97020003');
  assert.throws(() => said(waiting, { kind: 'decide', status: 0x10000 }), InvariantError);
  const ble = { ...waiting, config: { ...waiting.config, interfaceByte: INTERFACES.ble } };
  assert.equal(said(ble, { kind: 'decide', status: 0x0101 }), 'completed 101');
  const gatt = { ...ble, config: { ...ble.config, closing: 'exchange' } as const };
  assert.equal(said(gatt, { kind: 'decide', status: 0x0101 }), '97020101', 'unless its form there has no message for it');
  assert.equal(said({ ...waiting, config: { ...waiting.config, closing: 'message' } }, { kind: 'decide', status: 0x0101 }), 'completed 101');
  const bleAuth1 = { ...sessionIn('auth1'), config: { ...waiting.config, interfaceByte: INTERFACES.ble } };
  assert.equal(fed(bleAuth1, bytes('6982')), 'status-unexpected');
  assert.ok(waiting.phase.kind === 'deciding');
  const worn = { ...waiting, phase: { ...waiting.phase, channel: { ...waiting.phase.channel, readerCounter: 0xffff } } };
  assert.equal(said(worn, { kind: 'decide', status: 0x0101 }), 'channel-exhausted');
});

test('a long answer is gathered, within bounds', () => {
  const whole = answerIn('auth1').slice(0, -2);
  let session = sessionIn('auth1');
  const part = (data: Bytes, status: number): string => {
    const stepped = stepReader(crypto, session, { kind: 'response', apdu: concat(data, uint(status, 2)) });
    session = stepped.session;
    return stepped.effects.map((effect) => (effect.kind === 'transmit' ? hex(effect.apdu) : effect.kind)).join(' ');
  };
  assert.equal(part(whole.slice(0, 50), 0x61ff), '00c00000ff');
  assert.equal(part(whole.slice(50, 60), 0x6105), '00c0000005');
  assert.equal(part(whole.slice(60), 0x9000), 'authenticated');
  session = sessionIn('auth1');
  let last = '';
  for (let count = 0; count <= MAX_PIECES && session.phase.kind === 'auth1'; count += 1) last = part(filled(1, 1), 0x6110);
  assert.ok(last.endsWith('finished'));
  session = sessionIn('auth1');
  for (let count = 0; count < 4 && session.phase.kind === 'auth1'; count += 1) last = part(filled(10000, 1), 0x6110);
  assert.ok(last.endsWith('finished'));
});

test('inputs that nobody waits for are passed over; a signature has 64 bytes', () => {
  const inputs: readonly ReaderInput[] = [{ kind: 'start' }, { kind: 'signed', signature: filled(64, 1) }, { kind: 'decide', status: 0 }, { kind: 'exchange', objects: EMPTY }];
  for (const input of inputs) assert.equal(said(sessionIn('auth0'), input), '');
  const signing = stepReader(crypto, sessionIn('auth0'), { kind: 'response', apdu: answerIn('auth0') }).session;
  assert.equal(fed(signing, bytes('9000')), '');
  assert.equal(said(signing, { kind: 'signed', signature: filled(63, 1) }), `${ABORT} signer-failed`);
});

test('what the shell configures wrongly is our bug', () => {
  const { readerConfig: config } = partiesOf(crypto, NFC);
  const secrets = { ephemeralPrivateKey: filled(32, 1), transactionId: filled(16, 1) };
  const wrong: readonly (readonly [ReaderConfig, typeof secrets])[] = [
    [{ ...config, subIdentifier: filled(15, 1) }, secrets],
    [{ ...config, groupIdentifierKey: filled(64, 1) }, secrets],
    [{ ...config, vendorExtension: filled(128, 1) }, secrets],
    [{ ...config, certificate: { bytes: filled(1025, 1), sentBy: 'auth1' } }, secrets],
    [{ ...config, certificate: { bytes: EMPTY, sentBy: 'auth1' } }, secrets],
    [{ ...config, authenticationPolicy: 4 }, secrets],
    [config, { ...secrets, ephemeralPrivateKey: filled(31, 1) }],
    [config, { ...secrets, transactionId: filled(15, 1) }],
  ];
  for (const [one, its] of wrong) assert.throws(() => createReader(one, its), InvariantError);
  assert.equal(JSON.stringify(createReader(config, secrets)).includes(hex(secrets.ephemeralPrivateKey)), false);
});

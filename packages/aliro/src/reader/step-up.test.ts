// The step-up phase in a session (SPEC §8): when the application must be selected, what is asked and answered under which keys, and
// what a user device without documents, or a reader without patience, makes of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY, concat, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { encodeCommandChain, encodeResponseApdu, type Header } from '../protocol/apdu.ts';
import { AUTH0 } from '../protocol/auth0.ts';
import { AUTH1, LOAD_CERT } from '../protocol/auth1.ts';
import { CONTROL_FLOW } from '../protocol/control-flow.ts';
import { encodeDeviceRequest } from '../documents/device-request.ts';
import { decodeDeviceResponse, encodeDeviceResponse, encodeFailedResponse } from '../documents/device-response.ts';
import { ACCESS_ID, FROM, POLICY, REQUESTS } from '../conformance/document.fixture.ts';
import { ENVELOPE, decodeEnvelope, decodeEnvelopeAnswer, encodeEnvelope } from '../protocol/envelope.ts';
import { EXCHANGE } from '../protocol/exchange.ts';
import { NO_MEMORIES } from '../judgement/issuer-memory.ts';
import { judgeResponse } from '../judgement/judge.ts';
import { stepUpKeys } from '../protocol/key-schedule.ts';
import { stepReader, type ReaderInput, type ReaderSession } from './reader.ts';
import { open, openChannel, seal } from '../protocol/secure-channel.ts';
import { EXPEDITED_AID, SELECT, STEP_UP_AID, encodeProprietary, encodeSelectAnswer } from '../protocol/select.ts';
import { encodeTlv } from '../protocol/tlv.ts';
import { GRANTED, documentsFor, filled, record, type Recording, type Setup } from '../conformance/transaction.conformance.ts';
import { stepUserDevice, type DeviceSession } from '../device/user-device.ts';
import { INTERFACES } from '../protocol/vendor.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hex');
const NFC: Setup = { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey', documents: documentsFor(crypto) };
const REQUEST = encodeDeviceRequest(REQUESTS);
const stepUp: ReaderInput = { kind: 'stepUp', request: REQUEST };
const plain = record(crypto, { ...NFC, choices: [stepUp] });
const selected = record(crypto, { ...NFC, device: { stepUpSelect: true }, choices: [stepUp] });

const instructions = ({ messages }: Recording): string =>
  messages.flatMap(({ to, apdu }) => (to === 'device' && apdu[1] !== 0xc0 ? [hex(apdu.slice(1, 2))] : [])).join(' ');

test('documents are fetched under the step-up keys, and the close stands under them too', () => {
  assert.equal(instructions(plain), 'a4 80 81 c3 c9');
  assert.deepEqual([plain.reader.kind, plain.device.kind], ['completed', 'completed']);
  assert.equal(plain.responses.length, 1);
  const { verdict } = judgeResponse(crypto, required(plain.responses[0], 'a response'), REQUESTS, plain.authenticated.credentialKey, POLICY, NO_MEMORIES);
  assert.ok(verdict.ok && hex(verdict.value.data.id ?? EMPTY) === hex(ACCESS_ID));
});

test('AUTH1 says what there is: which kinds, signed when', () => {
  const { signaling, accessSigned, revocationSigned } = plain.authenticated;
  assert.deepEqual({ signaling, accessSigned, revocationSigned }, { signaling: 0b011, accessSigned: FROM, revocationSigned: FROM });
  const [access] = documentsFor(crypto);
  const one = record(crypto, { ...NFC, documents: [required(access, 'a document')] }).authenticated;
  assert.deepEqual([one.signaling, one.accessSigned, one.revocationSigned], [0b001, FROM, undefined]);
  const broken = record(crypto, { ...NFC, documents: [{ docType: 'aliro-r', bytes: filled(20, 1) }] }).authenticated;
  assert.deepEqual([broken.signaling, broken.accessSigned, broken.revocationSigned], [0b010, undefined, undefined]);
});

test('a user device with many documents chooses by what it is asked for, and says when they were signed as it has noted', () => {
  const all = documentsFor(crypto);
  const asked: string[] = [];
  const choose: Setup['choose'] = (requests) => {
    asked.push(...requests.map(({ docType }) => docType));
    return all.filter(({ docType }) => docType === 'aliro-r');
  };
  const noted = instant(FROM + 5000);
  const chosen = record(crypto, { ...NFC, documents: all.map((document) => ({ ...document, signed: noted })), choose, choices: [stepUp] });
  assert.deepEqual(asked, REQUESTS.map(({ docType }) => docType));
  const read = decodeDeviceResponse(required(chosen.responses[0], 'a response'));
  assert.deepEqual(read.ok && read.value.map(({ docType }) => docType), ['aliro-r']);
  assert.deepEqual([chosen.authenticated.accessSigned, chosen.authenticated.revocationSigned], [noted, noted]);
});

test('where the user device wants it, the step-up application is selected first; once', () => {
  assert.equal(instructions(selected), 'a4 80 81 a4 c3 c9');
  assert.equal(selected.authenticated.signaling, 0b111);
  assert.equal(instructions(record(crypto, { ...NFC, device: { stepUpSelect: true }, choices: [stepUp, stepUp] })), 'a4 80 81 a4 c3 c3 c9');
});

test('EXCHANGE before and after: first under the expedited keys, then under the step-up keys', () => {
  const notify: ReaderInput = { kind: 'exchange', objects: bytes('ae028200') };
  const mixed = record(crypto, { ...NFC, choices: [notify, stepUp, notify] });
  assert.equal(instructions(mixed), 'a4 80 81 c9 c3 c9 c9');
  assert.equal(mixed.device.kind, 'completed');
});

test('a user device without documents answers none', () => {
  const { documents: _documents, ...bare } = NFC;
  const none = record(crypto, { ...bare, choices: [stepUp] });
  assert.equal(hex(required(none.responses[0], 'a response')), hex(encodeDeviceResponse([])));
});

test('a request out of form is answered by a status, and the transaction goes on', () => {
  for (const [request, status] of [['ff', 11], ['a0', 12], ['a2613163322e30613280', 12]] as const) {
    const asked = record(crypto, { ...NFC, choices: [{ kind: 'stepUp', request: bytes(request) }] });
    assert.equal(hex(required(asked.responses[0], 'a response')), hex(encodeFailedResponse(status)), request);
    assert.equal(asked.device.kind, 'completed');
  }
});

// ---- the user device, one command at a time ---------------------------------------------------------------------------------------

const deviceBefore = (recording: Recording, instruction: number): DeviceSession => {
  const message = required(recording.messages.find(({ to, apdu }) => to === 'device' && apdu[1] === instruction), 'a command');
  assert.ok(message.to === 'device');
  return message.session;
};

const answered = (session: DeviceSession, apdu: Bytes): string => {
  const respond = stepUserDevice(crypto, session, { kind: 'command', apdu }).effects.find(({ kind }) => kind === 'respond');
  assert.ok(respond?.kind === 'respond');
  return hex(respond.apdu.slice(-2));
};

const envelope = (session: DeviceSession, wrap: (sealed: Bytes) => Bytes = encodeEnvelope): Bytes => {
  assert.ok(session.phase.kind === 'secured' && session.phase.stepUp.kind === 'offered');
  const sealed = seal(crypto, openChannel(stepUpKeys(crypto, session.phase.stepUp.key)), 'reader', REQUEST);
  assert.ok(sealed.ok);
  return encodeCommandChain(ENVELOPE, wrap(sealed.value.sealed), true)[0];
};

test('ENVELOPE in and out of place', () => {
  const ready = deviceBefore(plain, ENVELOPE[1]);
  const unselected = deviceBefore(record(crypto, { ...NFC, device: { stepUpSelect: true } }), 0xc9);
  assert.equal(answered(ready, envelope(ready)), '61ff', 'control');
  assert.equal(answered(ready, envelope(ready, (sealed) => encodeTlv(0x53, sealed))), '61ff', 'raw ciphertext in 53');
  assert.equal(answered(unselected, envelope(unselected)), '6d00', 'SELECT is required first');
  assert.equal(answered(deviceBefore(plain, 0x81), envelope(ready)), '6d00', 'before keys');
  assert.equal(answered(ready, envelope(ready).with(20, 0)), '6982', 'another tag');
  assert.equal(answered(ready, encodeCommandChain(ENVELOPE, filled(20, 1), true)[0]), '6701');
  assert.equal(answered(ready, encodeCommandChain(ENVELOPE, EMPTY, true)[0]), '6701');
  assert.ok(ready.phase.kind === 'secured');
  assert.equal(answered({ ...ready, phase: { ...ready.phase, stepUp: { kind: 'none' } } }, envelope(ready)), '6d00', 'a fast phase has no step-up');
});

test('SELECT of the step-up application in and out of place', () => {
  const select = encodeCommandChain(SELECT, STEP_UP_AID, true)[0];
  const ready = deviceBefore(plain, ENVELOPE[1]);
  assert.equal(answered(ready, select), '9000', 'not required, and taken');
  assert.equal(answered(deviceBefore(plain, 0x80), select), '6a82', 'before keys it is not there');
  const after = deviceBefore(plain, 0xc9);
  assert.equal(answered(after, select), '9000', 'after the first ENVELOPE the keys still stand');
  assert.equal(answered(ready, encodeCommandChain(SELECT, filled(9, 1), true)[0]), '6d00', 'another application in a transaction');
});

test('an atomic mailbox session does not survive an ENVELOPE', () => {
  const ready = deviceBefore(plain, ENVELOPE[1]);
  assert.ok(ready.phase.kind === 'secured');
  assert.equal(answered({ ...ready, phase: { ...ready.phase, mailbox: { stored: EMPTY, pending: EMPTY } } }, envelope(ready)), '6900');
});

test('nor any other command but EXCHANGE; one that is none, or none of ours, is answered as such', () => {
  const ready = deviceBefore(plain, ENVELOPE[1]);
  assert.ok(ready.phase.kind === 'secured');
  const atomic: DeviceSession = { ...ready, phase: { ...ready.phase, mailbox: { stored: EMPTY, pending: EMPTY } } };
  const apdu = (header: Header, data: Bytes): Bytes => encodeCommandChain(header, data, true)[0];
  const commands = [apdu(SELECT, STEP_UP_AID), apdu(SELECT, EXPEDITED_AID), apdu(AUTH0, filled(4, 1)), apdu(AUTH1, filled(4, 1)), apdu(LOAD_CERT, filled(4, 1)), apdu(CONTROL_FLOW, filled(4, 1))];
  assert.deepEqual(commands.map((command) => answered(atomic, command)), commands.map(() => '6900'));
  assert.equal(answered(atomic, apdu(EXCHANGE, filled(20, 1))), '6982', 'control');
  assert.deepEqual([answered(atomic, bytes('80770000')), answered(atomic, bytes('10c90000')), answered(atomic, bytes('80c90100'))], ['6d00', '9000', '6a86']);
});

test('what stands beside the sealed answer is passed over by the reader, and refused by the user device', () => {
  const beside = (sealed: Bytes): Bytes => concat(encodeTlv(0xaa, filled(3, 1)), encodeEnvelope(sealed), encodeTlv(0x54, EMPTY));
  const inOtherOrder = (sealed: Bytes): Bytes => encodeTlv(0x53, concat(bytes('a2'), encodeCbor('status'), encodeCbor(20), encodeCbor('data'), encodeCbor(sealed)));
  const ready = deviceBefore(plain, ENVELOPE[1]);
  assert.equal(answered(ready, envelope(ready, beside)), '6701');
  assert.equal(answered(ready, envelope(ready, inOtherOrder)), '61ff');
  const sealed = filled(40, 7);
  assert.deepEqual(decodeEnvelopeAnswer(beside(sealed)), { ok: true, value: sealed });
  assert.deepEqual(decodeEnvelopeAnswer(inOtherOrder(sealed)), { ok: true, value: sealed });
  const twice = decodeEnvelopeAnswer(concat(encodeEnvelope(sealed), encodeEnvelope(sealed)));
  assert.ok(!twice.ok && twice.error.code === 'field-repeated');
});

test('counters that have run out end the session', () => {
  const begun = deviceBefore(plain, 0xc9);
  assert.ok(begun.phase.kind === 'secured' && begun.phase.stepUp.kind === 'begun');
  const { channel } = begun.phase;
  const sealed = seal(crypto, channel, 'reader', REQUEST);
  assert.ok(sealed.ok);
  const apdu = encodeCommandChain(ENVELOPE, encodeEnvelope(sealed.value.sealed), true)[0];
  assert.equal(answered(begun, apdu), '61ff', 'control: a second request');
  for (const counter of ['readerCounter', 'deviceCounter'] as const) {
    assert.equal(answered({ ...begun, phase: { ...begun.phase, channel: { ...channel, [counter]: 0xffff } } }, apdu), '6d00', counter);
  }
});

// ---- the reader, one answer at a time ----------------------------------------------------------------------------------------------

const readerIn = (recording: Recording, kind: ReaderSession['phase']['kind']): ReaderSession => {
  const message = required(recording.messages.find(({ to, session }) => to === 'reader' && session.phase.kind === kind), `a reader that is ${kind}`);
  assert.ok(message.to === 'reader');
  return message.session;
};

const said = (session: ReaderSession, input: ReaderInput): string =>
  stepReader(crypto, session, input).effects.map((effect) => {
    if (effect.kind === 'transmit') return hex(effect.apdu.slice(1, 2));
    if (effect.kind !== 'finished') return effect.kind;
    return effect.outcome.kind === 'failed' ? effect.outcome.error.code : 'completed';
  }).join(' ');
const fed = (session: ReaderSession, apdu: Bytes): string => said(session, { kind: 'response', apdu });

test('the step-up application’s answer is looked at', () => {
  const session = readerIn(selected, 'selectingStepUp');
  const answer = (aid: Bytes, a5: Bytes): Bytes => encodeResponseApdu(encodeSelectAnswer(aid, a5), 0x9000);
  assert.equal(fed(session, answer(STEP_UP_AID, encodeProprietary([0x0100]))), 'c3', 'control');
  assert.equal(fed(session, answer(STEP_UP_AID, bytes('a50480020000'))), 'c3', 'versions stand in the expedited answer only');
  assert.equal(fed(session, answer(filled(9, 1), encodeProprietary([0x0100]))), 'c9 field-value');
  assert.equal(fed(session, answer(STEP_UP_AID, bytes('a50480020001'))), 'c9 field-value');
  assert.equal(fed(session, answer(STEP_UP_AID, bytes('a500'))), 'c9 field-missing');
  assert.equal(fed(session, bytes('9000')), 'c9 field-missing');
  assert.equal(fed(session, bytes('6a82')), 'c9 status-unexpected');
});

test('the response is taken in both forms, and nothing else', () => {
  const session = readerIn(plain, 'enveloping');
  assert.ok(session.phase.kind === 'enveloping');
  const sealed = seal(crypto, session.phase.channel, 'device', filled(40, 1));
  assert.ok(sealed.ok);
  const answer = (data: Bytes): Bytes => encodeResponseApdu(data, 0x9000);
  assert.equal(fed(session, answer(encodeEnvelope(sealed.value.sealed))), 'documents', 'control');
  assert.equal(fed(session, answer(encodeTlv(0x53, sealed.value.sealed))), 'documents', 'raw ciphertext');
  assert.equal(fed(session, answer(encodeTlv(0x53, concat(sealed.value.sealed, EMPTY).with(0, (sealed.value.sealed[0] ?? 0) ^ 1)))), 'c9 channel-refused');
  assert.equal(fed(session, answer(encodeTlv(0x54, sealed.value.sealed))), 'c9 field-missing');
  assert.equal(fed(session, answer(EMPTY)), 'c9 field-missing');
  assert.equal(fed(session, bytes('6982')), 'c9 status-unexpected');
});

test('a failure in step-up is closed under the step-up keys', () => {
  const session = readerIn(plain, 'enveloping');
  assert.ok(session.phase.kind === 'enveloping');
  const [effect] = stepReader(crypto, session, { kind: 'response', apdu: bytes('6982') }).effects;
  assert.ok(effect?.kind === 'transmit');
  const opened = open(crypto, session.phase.channel, 'reader', effect.apdu.slice(5, -1));
  assert.ok(opened.ok && hex(opened.value.plaintext) === '97020007');
});

test('a counter that has run out: nothing is asked any more', () => {
  const message = required(plain.messages.find(({ to, session }) => to === 'reader' && session.phase.kind === 'enveloping'), 'an answer');
  assert.ok(message.to === 'reader');
  const parts = plain.messages.filter(({ to, session }) => to === 'reader' && session.phase.kind === 'enveloping');
  let { session } = message;
  for (const { apdu } of parts) session = stepReader(crypto, session, { kind: 'response', apdu }).session;
  assert.ok(session.phase.kind === 'deciding' && session.phase.stage.kind === 'stepUp');
  const spent: ReaderSession = { ...session, phase: { ...session.phase, channel: { ...session.phase.channel, readerCounter: 0xffff } } };
  assert.equal(said(session, stepUp), 'c3', 'control');
  assert.equal(said(spent, stepUp), 'channel-exhausted');
  assert.equal(said(spent, { kind: 'decide', status: GRANTED }), 'channel-exhausted');
});

test('SessionData that is no map, or a map of something else, is taken for the ciphertext', () => {
  for (const content of ['a0', 'a16464617461f6', '4401020304', 'a1646461746143010203']) {
    const decoded = decodeEnvelope(encodeTlv(0x53, bytes(content)));
    assert.ok(decoded.ok);
    assert.equal(hex(decoded.value), content === 'a1646461746143010203' ? '010203' : content);
  }
});

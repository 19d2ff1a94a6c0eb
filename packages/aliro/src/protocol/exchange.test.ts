// EXCHANGE in a session (SPEC §7): the mailbox over several commands, what is stored when, and the answers as a reader takes them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { encodeCommandChain } from './apdu.ts';
import { EXCHANGE, decodeExchangeAnswer, encodeExchangeAnswer, encodeMailboxObject, encodeReaderStatus } from './exchange.ts';
import type { MailboxOperation } from './mailbox.ts';
import type { ReaderInput } from '../reader/reader.ts';
import { open, seal } from './secure-channel.ts';
import { filled, record, type Setup } from '../conformance/transaction.conformance.ts';
import { createUserDevice, stepUserDevice, type DeviceEffect, type DeviceSession } from '../device/user-device.ts';
import { INTERFACES } from './vendor.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hex');
const NFC: Setup = { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey', mailbox: bytes('0001020304050607') };
const box = (goesOn: boolean, ...operations: readonly MailboxOperation[]): Bytes => encodeMailboxObject({ goesOn, operations });
const exchange = (objects: Bytes): ReaderInput => ({ kind: 'exchange', objects });
const write = (offset: number, data: string): MailboxOperation => ({ kind: 'write', offset, data: bytes(data) });
const read = (offset: number, length: number): MailboxOperation => ({ kind: 'read', offset, length });

const run = (...objects: readonly Bytes[]) => record(crypto, { ...NFC, choices: objects.map(exchange) });

test('a reader reads, writes and reads again', () => {
  const done = run(box(false, read(0, 4), write(0, 'aabb')), box(false, read(0, 4)));
  assert.deepEqual(done.reads.map(hex), ['00010203', 'aabb0203']);
  assert.deepEqual(done.mailboxes.map(hex), ['aabb020304050607']);
  assert.equal(done.device.kind, 'completed');
});

test('an atomic session is stored once, at its end', () => {
  const done = run(box(true, write(0, 'aa')), box(true, write(1, 'bb'), read(0, 2)), box(false, write(2, 'cc')), box(false, read(0, 4)));
  assert.deepEqual(done.mailboxes.map(hex), ['aabbcc0304050607']);
  assert.deepEqual(done.reads.map(hex), ['0001', 'aabbcc03']);
});

test('a session that breaks off stores nothing', () => {
  const broken = record(crypto, { ...NFC, choices: [exchange(box(true, write(0, 'aa')))] }); // the host then closes: another command
  assert.deepEqual(broken.mailboxes, []);
  assert.ok(broken.device.kind === 'failed' && broken.device.error.code === 'atomic-session-broken');
  assert.ok(broken.reader.kind === 'failed' && broken.reader.error.code === 'status-unexpected');
});

test('an operation out of bounds stores nothing and ends the session; the reader closes with 0020', () => {
  const refused = run(box(false, write(0, 'aa'), read(8, 1)));
  assert.deepEqual(refused.mailboxes, []);
  assert.ok(refused.device.kind === 'failed' && refused.device.error.code === 'mailbox-out-of-bounds');
  assert.ok(refused.reader.kind === 'failed' && refused.reader.error.code === 'exchange-refused' && refused.reader.error.readerStatus === 0x0020);
});

test('what reads and what has no mailbox', () => {
  const none = record(crypto, { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey', choices: [exchange(box(false, read(0, 1)))] });
  assert.ok(none.device.kind === 'failed' && none.device.error.code === 'operation-unsupported');
});

test('the signalling bitmap tells of the mailbox', () => {
  assert.equal(run().authenticated.signaling, 0b100_0011_1000);
  assert.equal(record(crypto, { ...NFC, mailbox: new Uint8Array(8) }).authenticated.signaling, 0b100_0011_0000, 'all zeros');
  assert.equal(record(crypto, { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey' }).authenticated.signaling, 0);
});

// ---- one command at a time, under the session's keys ------------------------------------------------------------------------------

const secured = (): DeviceSession => {
  const message = required(run(box(false)).messages.find(({ to, session }) => to === 'device' && session.phase.kind === 'secured'), 'a secured session');
  assert.ok(message.to === 'device');
  return message.session;
};

const send = (session: DeviceSession, objects: Bytes): { readonly session: DeviceSession; readonly effects: readonly DeviceEffect[]; readonly answer: string } => {
  assert.ok(session.phase.kind === 'secured');
  const sealed = seal(crypto, session.phase.channel, 'reader', objects);
  assert.ok(sealed.ok);
  const [apdu] = encodeCommandChain(EXCHANGE, sealed.value.sealed, true);
  const stepped = stepUserDevice(crypto, session, { kind: 'command', apdu });
  const answer = required(stepped.effects.find((effect) => effect.kind === 'respond'), 'an answer').apdu;
  const opened = open(crypto, sealed.value.channel, 'device', answer.slice(0, -2));
  return { ...stepped, answer: opened.ok ? hex(opened.value.plaintext) : hex(answer) };
};

test('the mailbox is stored before the answer goes out', () => {
  const { effects } = send(secured(), box(false, write(0, 'aa')));
  assert.deepEqual(effects.map(({ kind }) => kind), ['storeMailbox', 'respond']);
  assert.deepEqual(send(secured(), box(false, read(0, 1))).effects.map(({ kind }) => kind), ['respond'], 'nothing to store');
});

test('a status may close the command that reads and writes', () => {
  const closed = send(secured(), concat(box(false, read(0, 2), write(0, 'aa')), encodeReaderStatus(0x0101)));
  assert.equal(closed.answer, '0002000100020000');
  assert.deepEqual(closed.effects.map(({ kind }) => kind), ['storeMailbox', 'respond', 'finished']);
});

test('in an atomic session anything but the next mailbox command is out of place (6900)', () => {
  const open1 = send(secured(), box(true, write(0, 'aa')));
  assert.equal(open1.answer, '00020000');
  for (const objects of [bytes('ae028200'), bytes('9800'), encodeReaderStatus(0x0101), concat(box(false), bytes('9800')), concat(box(false), encodeReaderStatus(0x0101))]) {
    const broken = send(open1.session, objects);
    assert.equal(broken.answer, '6900', hex(objects));
    assert.equal(broken.session.phase.kind, 'ended');
    assert.ok(broken.effects.every(({ kind }) => kind !== 'storeMailbox'));
  }
  const going = send(open1.session, box(true, write(1, 'bb')));
  assert.equal(going.answer, '00020000');
  assert.deepEqual(send(going.session, box(false)).effects.map(({ kind }) => kind), ['storeMailbox', 'respond'], 'control');
});

test('a long read at the close can still be fetched', () => {
  const { deviceConfig, session } = { deviceConfig: secured().config, session: secured() };
  assert.ok(session.phase.kind === 'secured');
  const large: DeviceSession = { ...session, config: deviceConfig, phase: { ...session.phase, mailbox: { stored: filled(600, 3) } } };
  const closing = send(large, concat(box(false, read(0, 500)), encodeReaderStatus(0x0101)));
  assert.deepEqual(closing.effects.map(({ kind }) => kind), ['respond', 'finished']);
  const rest = stepUserDevice(crypto, closing.session, { kind: 'command', apdu: bytes('00c0000000') });
  assert.ok(rest.effects[0]?.kind === 'respond' && rest.effects[0].apdu.length === 256);
  const last = stepUserDevice(crypto, rest.session, { kind: 'command', apdu: bytes('00c0000000') });
  assert.ok(last.effects[0]?.kind === 'respond' && hex(last.effects[0].apdu.slice(-2)) === '9000');
});

test('a mailbox beyond the bound is our bug', () => {
  const { config } = secured();
  const groups = config.groups.map((group) => ({ ...group, mailbox: new Uint8Array(16385) }));
  assert.throws(() => createUserDevice({ ...config, groups }, { ephemeralPrivateKey: filled(32, 1) }));
});

// ---- the answer -------------------------------------------------------------------------------------------------------------------

test('answers in and out of form (SPEC §7)', () => {
  const table: readonly (readonly [string, string])[] = [
    ['00020000', ''], ['00041122334400020000', '11223344'], ['000000020000', ''], ['0001aa0002bbcc00020000', 'aa,bbcc'],
    ['0002ffff', 'exchange-refused'], ['00020001', 'exchange-refused'], ['', 'exchange-refused'], ['0002', 'exchange-refused'], ['000200', 'exchange-refused'],
    ['00', 'exchange-refused'], ['0003000000', 'exchange-refused'], ['000411223300020000', 'exchange-refused'], ['0002000000', 'exchange-refused'],
  ];
  for (const [plaintext, expected] of table) {
    const reads = decodeExchangeAnswer(bytes(plaintext));
    assert.equal(reads.ok ? reads.value.map(hex).join() : reads.error.code, expected, plaintext);
  }
  assert.equal(hex(encodeExchangeAnswer(true, [bytes('aa'), bytes('')])), '0001aa000000020000');
  assert.equal(hex(encodeExchangeAnswer(false)), '0002ffff');
});

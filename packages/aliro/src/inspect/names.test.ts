// The tables of words against what our codecs and our errors use: no number that we send or refuse with is without a name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAPABILITY } from '../documents/access-schedule.ts';
import { AUTH0, encodeAuth0Answer, encodeAuth0Command } from '../protocol/auth0.ts';
import { AUTH1, LOAD_CERT, encodeAuth1Answer, encodeAuth1Command } from '../protocol/auth1.ts';
import { CONTROL_FLOW, encodeControlFlow } from '../protocol/control-flow.ts';
import { AUTH0_ANSWER, AUTH0_COMMAND, AUTH1_ANSWER, AUTH1_COMMAND, CONTROL_FLOW_COMMAND, ENVELOPE_DATA, EXCHANGE_COMMAND, SELECT_ANSWER } from './describe-message.ts';
import { describeTlvs, type TagTable } from './describe-tlv.ts';
import { SIGNALS } from '../protocol/device-signals.ts';
import { DOCUMENT_FAULTS } from '../documents/document-error.ts';
import { stepOfCode } from './document-fault-text.ts';
import { ENVELOPE, encodeEnvelope } from '../protocol/envelope.ts';
import { ALIRO_FAULTS } from '../protocol/errors.ts';
import { EXCHANGE, encodeMailboxObject, encodeReaderStatus } from '../protocol/exchange.ts';
import { flatten } from './inspect.fixture.ts';
import { CAPABILITY_BITS, SIGNAL_BITS, instructionOf, readerStatusName, statusWordName } from './names.ts';
import { EXPEDITED_AID, SELECT, encodeProprietary, encodeSelectAnswer } from '../protocol/select.ts';

test('every instruction has its name, also as a piece of a chain', () => {
  const headers = [SELECT, AUTH0, LOAD_CERT, AUTH1, EXCHANGE, ENVELOPE, CONTROL_FLOW];
  assert.deepEqual(headers.map(instructionOf), ['SELECT', 'AUTH0', 'LOAD CERT', 'AUTH1', 'EXCHANGE', 'ENVELOPE', 'CONTROL FLOW']);
  assert.deepEqual(headers.map(([cla, ...rest]) => instructionOf([cla | 0x10, ...rest])), headers.map(instructionOf));
  assert.equal(instructionOf([0x00, 0x80, 0x00, 0x00]), undefined, 'the class counts');
});

test('every status word and reader status that ends something of ours has its name', () => {
  const faults = Object.values(ALIRO_FAULTS);
  assert.deepEqual(faults.filter(({ statusWord }) => statusWordName(statusWord) === undefined), []);
  const statuses = [...faults.map(({ readerStatus }) => readerStatus), ...Object.values(DOCUMENT_FAULTS), 0x0100, 0x0101];
  assert.deepEqual(statuses.filter((status) => /unknown/.test(readerStatusName(status))), []);
  assert.deepEqual([0x01ff, 0x00ff, 0x0200].map(readerStatusName), ['success, otherwise unknown', 'failure, otherwise unknown', 'unknown']);
});

test('every bit of ours has its word', () => {
  assert.deepEqual(Object.values(SIGNAL_BITS), Object.values(SIGNALS));
  assert.deepEqual(Object.values(CAPABILITY_BITS), Object.values(CAPABILITY));
});

test('every tag that our encoders write is in the table of its message', () => {
  const [key, signature, extension] = [new Uint8Array(65), new Uint8Array(64), Uint8Array.of(1)];
  const written: readonly (readonly [TagTable, Uint8Array])[] = [
    [SELECT_ANSWER, encodeSelectAnswer(EXPEDITED_AID, encodeProprietary([0x0100], { maxCommand: 4096, maxResponse: 4096 }))],
    [AUTH0_COMMAND, encodeAuth0Command({ parameters: 1, authenticationPolicy: 1, version: 0x0100, readerEphemeral: key, transactionId: new Uint8Array(16), readerIdentifier: new Uint8Array(32), vendorExtension: extension })],
    [AUTH0_ANSWER, encodeAuth0Answer({ deviceEphemeral: key, cryptogram: signature, vendorExtension: extension })],
    [AUTH1_COMMAND, encodeAuth1Command({ keyRequest: 'publicKey', signature, certificate: Uint8Array.of(0x30, 0x00) })],
    [AUTH1_ANSWER, encodeAuth1Answer({ credential: { kind: 'publicKey', key }, signature, mailboxSubset: extension, signaling: 0xffff })],
    [AUTH1_ANSWER, encodeAuth1Answer({ credential: { kind: 'keySlot', slot: new Uint8Array(8) }, signature, signaling: 0 })],
    [CONTROL_FLOW_COMMAND, encodeControlFlow('no-common-version')],
    [ENVELOPE_DATA, encodeEnvelope(signature)],
    [EXCHANGE_COMMAND, encodeReaderStatus(0x0101)],
    [EXCHANGE_COMMAND, encodeMailboxObject({ goesOn: true, operations: [{ kind: 'read', offset: 0, length: 1 }, { kind: 'write', offset: 0, data: extension }, { kind: 'set', offset: 0, length: 1, value: 1 }] })],
  ];
  const unnamed = written.flatMap(([table, bytes]) => flatten(describeTlvs(bytes, table))).filter(({ name }) => /unknown|not readable/.test(name));
  assert.deepEqual(unnamed, []);
});

test('each code of a document belongs to a step of SPEC §9, in their order', () => {
  const codes = ['document-doctype', 'issuer-unknown', 'issuer-signature', 'elements-missing', 'digest-mismatch', 'digest-algorithm', 'device-key-mismatch', 'expired', 'iteration-too-old', 'access-data-version', 'revoked', 'reader-rule-unknown', 'extension-unknown', 'rules-missing', 'schedule-denies'] as const;
  assert.deepEqual(codes.map(stepOfCode), [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16]);
});

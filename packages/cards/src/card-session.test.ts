// A card that holds the key and still answers what it should not: authenticity is not yet sense.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { InvariantError } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { encodeReaderProof, readCardProof, readReaderProof, rotate, type Channel } from './authentication.ts';
import { pad, unpad } from './block-padding.ts';
import { enrol, entropyOf, fed, opening, play } from './card.fixture.ts';
import { cardSession, stepCard, type CardSession } from './card-session.ts';
import { UID_STEP, changeKeyStep, writeIdStep } from './card-step.ts';
import { INS, encodeNative } from './native-command.ts';
import { PRODUCTS } from './product.ts';
import { LAST_COUNTER, openAnswer, openCommand, sealAnswer, sealCommand } from './secure-messaging.ts';

const ZERO = new Uint8Array(16);
const DONE = Uint8Array.of(0x91, 0x00);
const { known, card } = enrol('ntag424');
const reading = play(opening(known), card).exchanges[3];
assert.ok(reading !== undefined && reading.session.phase.kind === 'secured');
const { session, phase } = { session: reading.session, phase: reading.session.phase };

/** The answer that the card would give over these blocks, with a right MAC. */
const sealedBlocks = (channel: Channel, blocks: Bytes): Bytes => {
  const counter = channel.counter + 1;
  const iv = crypto.aesCbcEncrypt(channel.encKey.reveal(), ZERO, concat(Uint8Array.of(0x5a, 0xa5), channel.transaction, Uint8Array.of(counter, 0), new Uint8Array(8)));
  return concat(sealAnswer(crypto, channel, 'mac', crypto.aesCbcEncrypt(channel.encKey.reveal(), iv, blocks)).data, DONE);
};

test('under a right MAC: padding that is none, too much of it, half blocks and other lengths are refused', () => {
  const table: readonly (readonly [string, Bytes, string])[] = [
    ['control', pad(known.cardId), 'proven'],
    ['no padding', concat(known.cardId, ZERO), 'answer-malformed'],
    ['a wrong mark', concat(known.cardId, Uint8Array.of(1), ZERO.subarray(1)), 'answer-malformed'],
    ['a block of padding too much', concat(pad(known.cardId), ZERO), 'answer-malformed'],
    ['an id that is longer', pad(concat(known.cardId, Uint8Array.of(0))), 'card-id-other'],
    ['an id that is shorter', pad(known.cardId.subarray(1)), 'card-id-other'],
    ['nothing in it', pad(EMPTY), 'card-id-other'],
  ];
  for (const [what, blocks, expected] of table) assert.equal(fed(session, sealedBlocks(phase.channel, blocks)), expected, what);
  assert.equal(fed(session, concat(sealAnswer(crypto, phase.channel, 'mac', new Uint8Array(15)).data, DONE)), 'answer-malformed', 'half a block');
  assert.equal(fed(session, concat(sealAnswer(crypto, phase.channel, 'mac', EMPTY).data, DONE)), 'card-id-other', 'no data at all');
});

test('an answer of an earlier or a later command is refused', () => {
  const late = { ...phase.channel, counter: phase.channel.counter + 1 };
  assert.equal(fed(session, concat(sealAnswer(crypto, phase.channel, 'full', known.cardId).data, DONE)), 'proven', 'control');
  assert.equal(fed(session, concat(sealAnswer(crypto, late, 'full', known.cardId).data, DONE)), 'mac-wrong');
});

test('a proof without our RndA, or with capabilities that we did not send, is none; the card’s own are its affair', () => {
  const [rndA, rndB] = [entropyOf(1).subarray(0, 16), entropyOf(2).subarray(0, 16)];
  const proven = (proof: readonly Bytes[]): string => {
    const read = readCardProof(crypto, known.key, rndA, rndB, crypto.aesCbcEncrypt(known.key.reveal(), ZERO, concat(...proof)));
    return read.ok ? 'proven' : read.error;
  };
  const [transaction, none, some] = [new Uint8Array(4), new Uint8Array(6), Uint8Array.of(0, 0, 0, 0, 0, 1)];
  assert.equal(proven([transaction, rotate(rndA), none, none]), 'proven', 'control');
  assert.equal(proven([transaction, rotate(rndA), some, none]), 'proven');
  assert.equal(proven([transaction, rotate(rndA), none, some]), 'card-unproven');
  assert.equal(proven([transaction, rndA, none, none]), 'card-unproven');
  assert.equal(proven([transaction, rotate(rndB), none, none]), 'card-unproven');
});

test('a UID has seven bytes', () => {
  const asking: CardSession = { ...session, steps: [], phase: { kind: 'secured', step: UID_STEP, channel: phase.channel } };
  for (const length of [0, 4, 7, 10]) assert.equal(fed(asking, concat(sealAnswer(crypto, phase.channel, 'full', new Uint8Array(length)).data, DONE)), length === 7 ? 'proven' : 'answer-malformed');
});

test('padding comes off as it went on', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (data) => {
    assert.equal(pad(data).length % 16, 0);
    assert.deepEqual(unpad(pad(data)), data);
  }));
  assert.equal(unpad(EMPTY), undefined);
});

test('the key that opened the session changes without a MAC: what comes with its answer is none', () => {
  const step = changeKeyStep(0, new Secret(new Uint8Array(17)), true);
  assert.ok(step.kind === 'secured');
  const changing: CardSession = { ...session, steps: [], phase: { kind: 'secured', step, channel: phase.channel } };
  assert.deepEqual([fed(changing, DONE), fed(changing, concat(Uint8Array.of(0), DONE))], ['proven', 'answer-malformed']);
});

test('a write is answered by no data, however authentic', () => {
  const step = writeIdStep(PRODUCTS.ntag424, known.cardId);
  assert.ok(step.kind === 'secured');
  const writing: CardSession = { ...session, steps: [], phase: { kind: 'secured', step, channel: phase.channel } };
  for (const length of [0, 1, 16]) assert.equal(fed(writing, concat(sealAnswer(crypto, phase.channel, 'full', new Uint8Array(length)).data, DONE)), length === 0 ? 'proven' : 'answer-malformed');
});

test('a session that ended keeps nothing of what it was', () => {
  const { session: ended } = stepCard(crypto, session, { kind: 'answer', apdu: reading.answer });
  assert.deepEqual(ended, { cardId: known.cardId, steps: [], phase: { kind: 'ended' } });
  const effects = [{ kind: 'finished', outcome: { kind: 'refused', fault: 'answer-malformed' } }];
  assert.deepEqual(stepCard(crypto, session, { kind: 'answer', apdu: EMPTY }), { session: ended, effects }, 'proven or not');
});

test('the card takes no command that is too short for its MAC or has another, and no proof of another length', () => {
  const command = { ins: INS.getFileSettings, header: Uint8Array.of(3), data: EMPTY };
  const sealed = sealCommand(crypto, phase.channel, 'mac', command);
  const opened = (body: Bytes): string => {
    const read = openCommand(crypto, phase.channel, 'mac', command.ins, 1, body);
    return read.ok ? 'opened' : read.error;
  };
  assert.deepEqual([sealed, sealed.subarray(1), EMPTY, sealed.with(0, 4), sealed.with(8, 1 ^ (sealed[8] ?? 0))].map(opened), ['opened', 'answer-malformed', 'answer-malformed', 'mac-wrong', 'mac-wrong']);
  const [rndA, rndB] = [entropyOf(1).subarray(0, 16), entropyOf(2).subarray(0, 16)];
  const proof = encodeReaderProof(crypto, known.key, rndA, rndB);
  assert.deepEqual(readReaderProof(crypto, known.key, rndB, proof), rndA, 'control');
  for (const other of [proof.subarray(1), proof.subarray(16), EMPTY, concat(proof, ZERO), concat(proof, Uint8Array.of(0))]) assert.equal(readReaderProof(crypto, known.key, rndB, other), undefined);
});

test('a plan that asks before it authenticates, and a counter that would begin again, are our bugs', () => {
  assert.throws(() => stepCard(crypto, cardSession(known.cardId, [UID_STEP]), { kind: 'start' }), InvariantError);
  const spent = { ...phase.channel, counter: LAST_COUNTER };
  assert.throws(() => openAnswer(crypto, spent, 'mac', new Uint8Array(8)), InvariantError);
  assert.equal(encodeNative(INS.getCardUid, sealCommand(crypto, phase.channel, 'full', { ins: INS.getCardUid, header: EMPTY, data: EMPTY })).length, 14);
});

// A card that holds the key and still answers what it should not: authenticity is not yet sense.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { InvariantError } from '@mortise/base/assert.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { encodeReaderProof, readCardProof, readReaderProof, rotate, type Channel } from './authentication.ts';
import { pad, unpad } from './block-padding.ts';
import { enrol, entropyOf, fed, opening, play } from './card.fixture.ts';
import { cardSession, stepCard, type CardSession } from './card-session.ts';
import { UID_STEP, writeIdStep } from './card-step.ts';
import { PRODUCTS } from './product.ts';
import { INS, encodeNative } from './native-command.ts';
import { LAST_COUNTER, MAC_BYTES, openAnswer, openCommand, sealAnswer, sealCommand } from './secure-messaging.ts';

const ZERO = new Uint8Array(16);
const DONE = Uint8Array.of(0x91, 0x00);
const { known, card } = enrol('ntag424');
const reading = play(opening(known), card).exchanges[3];
assert.ok(reading !== undefined && reading.session.phase.kind === 'secured');
const { session, phase } = { session: reading.session, phase: reading.session.phase };

const requiredSecured = (step: ReturnType<typeof writeIdStep>): Extract<typeof step, { readonly kind: 'secured' }> => {
  assert.ok(step.kind === 'secured');
  return step;
};

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

test('a reader’s proof is two blocks, of which the second is the card’s own challenge', () => {
  const [rndA, rndB] = [entropyOf(1).subarray(0, 16), entropyOf(2).subarray(0, 16)];
  const proof = encodeReaderProof(crypto, known.key, rndA, rndB);
  const read = (data: Bytes): Bytes | undefined => readReaderProof(crypto, known.key, rndB, data);
  assert.deepEqual(read(proof), rndA, 'control');
  for (const data of [EMPTY, proof.subarray(0, 16), proof.subarray(1), concat(proof, ZERO), encodeReaderProof(crypto, known.key, rndB, rndA)]) assert.equal(read(data), undefined);
});

test('a write is answered by no data, however authentic', () => {
  const writing: CardSession = { ...session, steps: [], phase: { kind: 'secured', step: requiredSecured(writeIdStep(PRODUCTS.ntag424, known.cardId)), channel: phase.channel } };
  for (const length of [0, 1, 16]) {
    assert.equal(fed(writing, concat(sealAnswer(crypto, phase.channel, 'full', new Uint8Array(length)).data, DONE)), length === 0 ? 'proven' : 'answer-malformed');
  }
});

test('a command is read once its MAC is right, and not where it has no room for one', () => {
  const [header, data] = [Uint8Array.of(3, 0), Uint8Array.of(1, 2, 3)];
  for (const mode of ['mac', 'full'] as const) {
    const sealed = sealCommand(crypto, phase.channel, mode, { ins: INS.readData, header, data });
    const read = (body: Bytes) => openCommand(crypto, phase.channel, mode, INS.readData, header.length, body);
    assert.deepEqual(read(sealed), { ok: true, value: { ins: INS.readData, header, data } }, 'control');
    for (let length = 0; length < sealed.length; length += 1) {
      assert.deepEqual(read(sealed.subarray(0, length)), { ok: false, error: length < header.length + MAC_BYTES ? 'answer-malformed' : 'mac-wrong' }, `${length} bytes`);
    }
    for (let at = 0; at < sealed.length; at += 1) assert.deepEqual(read(sealed.with(at, (sealed[at] ?? 0) ^ 1)), { ok: false, error: 'mac-wrong' }, `byte ${at}`);
  }
  const bare = sealCommand(crypto, phase.channel, 'full', { ins: INS.readData, header, data: EMPTY });
  assert.equal(bare.length, header.length + MAC_BYTES);
  assert.deepEqual(openCommand(crypto, phase.channel, 'full', INS.readData, header.length, bare), { ok: true, value: { ins: INS.readData, header, data: EMPTY } });
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

test('a plan that asks before it authenticates, and a counter that would begin again, are our bugs', () => {
  assert.throws(() => stepCard(crypto, cardSession(known.cardId, [UID_STEP]), { kind: 'start' }), InvariantError);
  const spent = { ...phase.channel, counter: LAST_COUNTER };
  assert.throws(() => openAnswer(crypto, spent, 'mac', new Uint8Array(8)), InvariantError);
  assert.equal(encodeNative(INS.getCardUid, sealCommand(crypto, phase.channel, 'full', { ins: INS.getCardUid, header: EMPTY, data: EMPTY })).length, 14);
});

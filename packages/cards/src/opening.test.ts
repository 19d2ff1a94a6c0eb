// What a lock makes of each answer in an opening; each row beside the rightful answer.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { concat, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { PRODUCT_NAMES, enrol, entropyOf, fed, opening, play, said, type Exchange } from './card.fixture.ts';
import { CARD_FAULTS } from './card-fault.ts';
import { stepCard } from './card-session.ts';
import { openingSession } from './opening.ts';
import { answerCommand } from './virtual/virtual-card.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hexadecimal');

for (const product of PRODUCT_NAMES) {
  const { known, card } = enrol(product);
  const { exchanges } = play(opening(known), card);
  const [selecting, challenged, proving, reading] = exchanges;
  assert.ok(selecting !== undefined && challenged !== undefined && proving !== undefined && reading !== undefined);
  const rows = ({ session, answer }: Exchange, rightful: string, table: readonly (readonly [string, Bytes, string])[]): void => {
    assert.equal(fed(session, answer), rightful, 'control');
    for (const [what, apdu, expected] of table) assert.equal(fed(session, apdu), expected, what);
  };
  const withStatus = ({ answer }: Exchange, status: string): Bytes => concat(answer.subarray(0, -2), bytes(status));

  test(`${product}: select`, () => {
    rows(selecting, 'goes on', [
      ['no application', bytes(product === 'ntag424' ? '6a82' : '91a0'), 'application-missing'],
      ['another status', bytes('6900'), 'status-unexpected'],
      ['the status of the other kind of command', bytes(product === 'ntag424' ? '9100' : '9000'), 'status-unexpected'],
      ['data that nobody asked for', withStatus({ ...selecting, answer: bytes('00ffff') }, hex(selecting.answer)), 'answer-malformed'],
      ['half a status', bytes('90'), 'answer-malformed'],
      ['nothing', bytes(''), 'answer-malformed'],
      ['more than a short answer holds', new Uint8Array(259), 'answer-malformed'],
    ]);
  });

  test(`${product}: the challenge`, () => {
    rows(challenged, 'goes on', [
      ['no such key', bytes('9140'), 'key-refused'],
      ['authentication refused', bytes('91ae'), 'key-refused'],
      ['refused otherwise', bytes('919d'), 'status-unexpected'],
      ['done, where more is owed', withStatus(challenged, '9100'), 'status-unexpected'],
      ['a byte short', concat(challenged.answer.subarray(1)), 'answer-malformed'],
      ['a challenge of LRP, which is a byte longer', concat(bytes('01'), challenged.answer), 'answer-malformed'],
    ]);
  });

  test(`${product}: the proof`, () => {
    rows(proving, 'goes on', [
      ['refused', bytes('91ae'), 'key-refused'],
      ['more, where all is owed', withStatus(proving, '91af'), 'status-unexpected'],
      ['a block short', concat(proving.answer.subarray(16)), 'answer-malformed'],
      ['no data', bytes('9100'), 'answer-malformed'],
      ['its blocks the other way round', concat(proving.answer.subarray(16, 32), proving.answer.subarray(0, 16), bytes('9100')), 'card-unproven'],
    ]);
  });

  test(`${product}: the id`, () => {
    rows(reading, 'proven', [
      ['refused', bytes('919d'), 'status-unexpected'],
      ['no data', bytes('9100'), 'answer-malformed'],
      ['the MAC alone', concat(reading.answer.subarray(-10)), 'mac-wrong'],
      ['the id in the clear', concat(known.cardId, bytes('9100')), 'mac-wrong'],
    ]);
  });

  test(`${product}: another card's id under the right keys is refused`, () => {
    const other = { ...known, cardId: enrol(product, 2).known.cardId };
    assert.equal(said(play(opening(other), card).outcome), 'card-id-other');
  });

  test(`${product}: nothing is sent before the start, twice, or after the end`, () => {
    const session = opening(known);
    assert.deepEqual(stepCard(crypto, session, { kind: 'answer', apdu: selecting.answer }).effects, []);
    const started = stepCard(crypto, session, { kind: 'start' }).session;
    assert.deepEqual(stepCard(crypto, started, { kind: 'start' }).effects, []);
    const ended = stepCard(crypto, reading.session, { kind: 'answer', apdu: reading.answer }).session;
    assert.deepEqual([stepCard(crypto, ended, { kind: 'start' }).effects, stepCard(crypto, ended, { kind: 'answer', apdu: reading.answer }).effects], [[], []]);
  });

  test(`${product}: noble and OpenSSL say the same, byte for byte`, () => {
    let progress = stepCard(nobleCrypto, openingSession(nobleCrypto, known, entropyOf(3)), { kind: 'start' });
    for (const { command, answer } of exchanges) {
      assert.deepEqual(progress.effects, [{ kind: 'transmit', apdu: command }]);
      progress = stepCard(nobleCrypto, progress.session, { kind: 'answer', apdu: answer });
    }
    assert.deepEqual(progress.effects, [{ kind: 'finished', outcome: { kind: 'proven', cardId: known.cardId } }]);
  });
}

// Written by `node packages/cards/src/opening.test.ts --write`.
test('a golden opening of each kind: what passes between lock and card, from fixed entropy', () => {
  const file = new URL('../../../vectors/cards/opening.json', import.meta.url);
  const golden = PRODUCT_NAMES.map((product) => {
    const { known, card } = enrol(product);
    const exchanges = play(opening(known), card).exchanges.map(({ command, answer }) => ({ command: hex(command), answer: hex(answer) }));
    return { product, cardId: hex(known.cardId), key: hex(known.key.reveal()), entropy: hex(entropyOf(3)), exchanges };
  });
  if (process.argv.includes('--write')) writeFileSync(file, `${JSON.stringify({ source: 'Mortise: golden, not published by anybody else', openings: golden }, null, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')).openings, golden);
});

test('a card of the other kind is no card of ours', () => {
  const [ntag, desfire] = [enrol('ntag424'), enrol('desfire')];
  assert.equal(said(play(opening(ntag.known), desfire.card).outcome), 'application-missing');
  assert.equal(said(play(opening(desfire.known), ntag.card).outcome), 'status-unexpected');
});

test('each fault is in words', () => {
  assert.ok(Object.values(CARD_FAULTS).every((text) => text.endsWith('.')));
  assert.equal(hex(answerCommand(crypto, enrol('ntag424').card, bytes('00'), entropyOf(1)).answer), '6e00');
});

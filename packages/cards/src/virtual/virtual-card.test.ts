// The virtual card itself: it answers anything, gives nothing without a key, and forgets a session at the first error.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError, required } from '@mortise/base/assert.ts';
import { EMPTY, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import type { Channel } from '../authentication.ts';
import { PRODUCT_NAMES, UID, authenticatedAs, enrol, entropyOf } from '../card.fixture.ts';
import { FACTORY_KEY } from '../card-keys.ts';
import { INS, encodeNative } from '../native-command.ts';
import { PRODUCTS } from '../product.ts';
import { LAST_COUNTER, openAnswer, sealCommand, type CommMode } from '../secure-messaging.ts';
import { answerCommand, lifted, virtualCard, type VirtualCard } from './virtual-card.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hexadecimal');
const heard = (card: VirtualCard, ...commands: readonly string[]): string =>
  commands.reduce<{ card: VirtualCard; answer: Bytes }>(({ card: at }, command) => answerCommand(crypto, at, bytes(command), entropyOf(1)), { card, answer: EMPTY }).answer.toHex();

const SELECT = '00a4040c07d276000085010100';
const ntag = virtualCard('ntag424', UID);
const desfire = virtualCard('desfire', UID);

test('in the clear: what an NTAG 424 DNA from the factory gives to anybody, and no more', () => {
  const table: readonly (readonly [string, readonly string[], string])[] = [
    ['settings of its files', [SELECT, '90f50000010300'], '000330238000009100'],
    ['the head of the NDEF file', [SELECT, '90ad0000070200000004000000'], '000000009100'],
    ['a write to the NDEF file', [SELECT, '908d00000802000000010000ff00'], '9100'],
    ['nothing before the selection', ['90f50000010300'], '919d'],
    ['not the proprietary file', [SELECT, '90ad0000070300000010000000'], '91ae'],
    ['not beyond a file’s end', [SELECT, '90ad00000702f0000011000000'], '91be'],
    ['not a file that is not there', [SELECT, '90ad0000070900000001000000'], '91f0'],
    ['no settings of it either', [SELECT, '90f50000010900'], '91f0'],
    ['no UID', [SELECT, '905100000000'], '6e00'],
    ['no UID in its right form', [SELECT, '9051000000'], '91ae'],
    ['no write to the capability file', [SELECT, '908d00000801000000010000ff00'], '91ae'],
    ['no other length than was announced', [SELECT, '908d00000802000000020000ff00'], '917e'],
    ['no data behind a read', [SELECT, '90ad00000802000000010000ff00'], '917e'],
    ['no new application', ['90ca0000054d5254098200'], '919d'],
    ['no selection by number', ['905a0000034d525400'], '911c'],
    ['no other application', ['00a4040c07d276000085010000'], '6a82'],
    ['no sixth key', [SELECT, '9071000002050000'], '9140'],
    ['no capabilities', [SELECT, '907100000300010000'], '917e'],
    ['no proof before a challenge', [SELECT, `90af000020${'00'.repeat(32)}00`], '911c'],
    ['no command that it does not know', [SELECT, '9060000000'], '911c'],
  ];
  for (const [what, commands, answer] of table) assert.equal(heard(ntag, ...commands), answer, what);
});

test('in the clear: a DESFire makes applications, once each, and keeps their files to itself', () => {
  const [create, select] = ['90ca0000054d5254098200', '905a0000034d525400'];
  const table: readonly (readonly [readonly string[], string])[] = [
    [[select], '91a0'], [[create, select], '9100'], [[create, create], '91de'], [[create, select, create], '919d'], [[create, select, '90f50000010100'], '91ae'],
    [['90ca0000054d5254090200'], '919e'], [['90ca0000054d5254098f00'], '919e'], [['90ca0000044d52540900'], '917e'], [[create, select, '90cd0000070103001010000000'], '91ae'],
  ];
  for (const [commands, answer] of table) assert.equal(heard(desfire, ...commands), answer, commands.join(' '));
  const many = Array.from({ length: 29 }, (_, index) => `90ca0000050000${index.toString(16).padStart(2, '0')}098200`);
  assert.deepEqual([heard(desfire, ...many.slice(0, 28)), heard(desfire, ...many)], ['9100', '919e'], 'at most 28');
});

type Sent = { readonly ins: number; readonly header: string; readonly data?: Bytes; readonly mode: CommMode };

/** Status, and what came back when it opens. */
const asked = ({ card, channel }: { card: VirtualCard; channel: Channel }, { ins, header, data = EMPTY, mode }: Sent): string => {
  const { answer } = answerCommand(crypto, card, encodeNative(ins, sealCommand(crypto, channel, mode, { ins, header: bytes(header), data })), entropyOf(5));
  const opened = openAnswer(crypto, channel, mode, answer.subarray(0, -2));
  return `${hex(answer.subarray(-2))}${opened.ok ? ` ${hex(opened.value.data)}` : ''}`;
};

test('under keys: each right with its key, and refused with another', () => {
  const [none, three] = [authenticatedAs(ntag, 0, FACTORY_KEY), authenticatedAs(ntag, 3, FACTORY_KEY)];
  assert.equal(asked(none, { ins: INS.getCardUid, header: '', mode: 'full' }), `9100 ${hex(UID)}`);
  assert.equal(asked(none, { ins: INS.getFileSettings, header: '03', mode: 'mac' }), '9100 00033023800000');
  assert.equal(asked(none, { ins: INS.readData, header: '03000000100000', mode: 'full' }), '919d');
  assert.equal(asked(three, { ins: INS.readData, header: '03000000100000', mode: 'full' }), `9100 ${'00'.repeat(16)}`);
  assert.equal(asked(three, { ins: INS.writeData, header: '03000000010000', data: Uint8Array.of(1), mode: 'mac' }), '917e', 'not as the file demands');
  assert.equal(asked(three, { ins: INS.changeKey, header: '01', data: new Uint8Array(21), mode: 'full' }), '91ae');
  assert.equal(asked(none, { ins: INS.changeKey, header: '01', data: new Uint8Array(21), mode: 'full' }), '911e', 'the checksum is wrong');
  assert.equal(asked(none, { ins: INS.changeKey, header: '00', data: new Uint8Array(21), mode: 'full' }), '911e', 'its own key has no checksum');
  assert.equal(asked(none, { ins: INS.changeKey, header: '07', data: new Uint8Array(21), mode: 'full' }), '9140');
  assert.equal(asked(none, { ins: INS.createStandardFile, header: '05030010100000', mode: 'mac' }), '911c', 'an NTAG has the files it has');
});

test('under keys: files of a DESFire, within their bounds', () => {
  const { card, enrolled } = enrol('desfire');
  const owner = authenticatedAs(card, 0, enrolled.keys.owner);
  const create = (header: string): string => asked(owner, { ins: INS.createStandardFile, header, mode: 'mac' });
  assert.deepEqual(['0203f010100000', '0103f010100000', '2003f010100000', '0203f010000000', '0203f010010400', '0202f010100000'].map(create), ['9100 ', '91de', '919e', '919e', '919e', '919e']);
});

test('the first error ends the session, and so does lifting the card', () => {
  const session = authenticatedAs(ntag, 3, FACTORY_KEY);
  const read: Sent = { ins: INS.readData, header: '03000000100000', mode: 'full' };
  assert.ok(asked(session, read).startsWith('9100'), 'control');
  const wrong = answerCommand(crypto, session.card, encodeNative(INS.readData, new Uint8Array(15)), entropyOf(5));
  assert.equal(wrong.card.authority.kind, 'nobody');
  assert.equal(asked({ ...session, card: wrong.card }, read), '91ae');
  assert.equal(asked({ ...session, card: lifted(session.card) }, read), '919d');
});

test('a session ends before its counter would begin again', () => {
  const { card, channel } = authenticatedAs(ntag, 0, FACTORY_KEY);
  const at = (counter: number): string => asked({ card: { ...card, authority: { kind: 'authenticated', keyNumber: 0, channel: { ...channel, counter } } }, channel: { ...channel, counter } }, { ins: INS.getCardUid, header: '', mode: 'full' });
  assert.equal(at(LAST_COUNTER - 1), `9100 ${hex(UID)}`);
  const spent = { ...card, authority: { kind: 'authenticated', keyNumber: 0, channel: { ...channel, counter: LAST_COUNTER } } } as const;
  assert.equal(hex(answerCommand(crypto, spent, encodeNative(INS.getCardUid, new Uint8Array(8)), entropyOf(5)).answer), '919d');
});

test('whatever comes, in whatever order, is answered; nobody is let in without a key', (t) => {
  const ins = fc.constantFrom(...Object.values(INS), 0x00, 0x60, 0x64);
  const native = fc.tuple(ins, fc.uint8Array({ maxLength: 60 })).map(([code, data]) => encodeNative(code, data));
  const known = PRODUCT_NAMES.map((name) => PRODUCTS[name].select);
  const command = fc.oneof(native, fc.constantFrom(...known), fc.uint8Array({ maxLength: 300 }));
  const cards = PRODUCT_NAMES.map((name) => enrol(name).card);
  let tried = 0;
  fc.assert(
    fc.property(fc.constantFrom(...cards), fc.array(command, { maxLength: 12 }), (from, commands) => {
      let card = from;
      for (const apdu of commands) {
        const answered = answerCommand(crypto, card, apdu, entropyOf(tried));
        assert.ok(answered.answer.length >= 2 && answered.answer.length <= 258);
        assert.notEqual(answered.card.authority.kind, 'authenticated');
        card = answered.card;
        tried += 1;
      }
      for (const [name, { keys }] of from.applications) assert.deepEqual(card.applications.get(name)?.keys, keys);
    }),
    { numRuns: 1500 },
  );
  t.diagnostic(`${tried} commands`);
  assert.throws(() => virtualCard('ntag424', UID.subarray(1)), InvariantError);
});

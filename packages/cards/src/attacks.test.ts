// Who holds no card's key, and what a lock makes of them. Beside each stands the rightful card, which opens.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, EMPTY, hex, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { FACTORY_KEY, newCard } from './card-keys.ts';
import { otherKeyData } from './change-key.ts';
import { PRODUCT_NAMES, UID, authenticatedAs, enrol, entropyOf, fed, opening, play, said, type Between, type Enrolled } from './card.fixture.ts';
import { enrolmentSession } from './enrolment.ts';
import { INS, STATUS, encodeAnswer, encodeNative } from './native-command.ts';
import { PRODUCTS } from './product.ts';
import { sealCommand } from './secure-messaging.ts';
import { answerCommand, virtualCard, type VirtualCard } from './virtual/virtual-card.ts';

const flip = (value: Bytes, at: number, bit = 0): Bytes => value.with(at, (value[at] ?? 0) ^ (1 << bit));
const DONE = encodeAnswer({ data: EMPTY, status: STATUS.done });

/** Another card's memory, with one thing changed. */
const withKeys = (card: VirtualCard, change: (key: Secret, number: number) => Secret): VirtualCard => ({
  ...card, applications: new Map([...card.applications].map(([name, application]) => [name, { ...application, keys: application.keys.map(change) }])),
});

const openingOf = ({ known }: Enrolled, card: VirtualCard, entropy = entropyOf(1), between?: Between): string => said(play(opening(known), card, entropy, between).outcome);

for (const product of PRODUCT_NAMES) {
  const enrolled = enrol(product);
  const { known, card } = enrolled;
  const recorded = play(opening(known), card);
  const rightful = (): void => assert.equal(openingOf(enrolled, card), 'proven', 'control');

  test(`${product}: a card with the same UID, the same id in its file and other keys opens nothing`, () => {
    const clone = withKeys(card, () => new Secret(crypto.sha256(UID).subarray(0, 16)));
    assert.deepEqual(clone.uid, card.uid);
    assert.equal(openingOf(enrolled, clone), 'key-refused');
    // A clone on a chip of its own accepts any proof, and still cannot give one.
    const accepting: Between = (answer, index) => (index === 2 ? concat(crypto.sha256(answer), encodeAnswer({ data: EMPTY, status: STATUS.done })) : answer);
    assert.equal(openingOf(enrolled, clone, entropyOf(1), accepting), 'card-unproven');
    rightful();
  });

  test(`${product}: a card that was never enrolled opens nothing, whatever its UID`, () => {
    assert.notEqual(openingOf(enrolled, virtualCard(product, UID)), 'proven');
    rightful();
  });

  test(`${product}: a recorded opening, played again, opens nothing`, () => {
    const replay: Between = (_answer, index) => recorded.exchanges[index]?.answer ?? EMPTY;
    assert.equal(said(play(opening(known), card, entropyOf(1), replay).outcome), 'proven', 'control: the same RndA would be taken in');
    for (let number = 4; number < 40; number += 1) assert.equal(said(play(opening(known, number), card, entropyOf(1), replay).outcome), 'card-unproven');
  });

  test(`${product}: what the lock said itself, sent back to it, opens nothing`, () => {
    const back: Between = (_answer, index, command) => (index === 2 ? concat(command.subarray(5, -1), DONE) : (recorded.exchanges[index]?.answer ?? EMPTY));
    assert.equal(openingOf(enrolled, card, entropyOf(1), back), 'card-unproven');
    rightful();
  });

  test(`${product}: another enrolled card opens nothing in this card's name, nor from its transcript`, () => {
    const other = enrol(product, 2);
    assert.equal(openingOf(enrolled, other.card), 'key-refused');
    const others = play(opening(other.known), other.card).exchanges;
    const replay: Between = (_answer, index) => others[index]?.answer ?? EMPTY;
    assert.equal(openingOf(enrolled, card, entropyOf(1), replay), 'card-unproven');
    // The card answers, but another of its own sessions' reading is put in.
    const mixed: Between = (answer, index) => (index === 3 ? (recorded.exchanges[3]?.answer ?? EMPTY) : answer);
    assert.equal(openingOf(enrolled, card, entropyOf(2), mixed), 'mac-wrong');
    rightful();
  });

  test(`${product}: the lock that knows a wrong key for the card opens to nothing`, () => {
    assert.equal(said(play(opening({ ...known, key: enrolled.enrolled.keys.owner }), card).outcome), 'key-refused');
    rightful();
  });

  test(`${product}: a card under the factory's key is refused without a word, though it would prove itself`, () => {
    const open = withKeys(card, () => FACTORY_KEY);
    const { outcome, exchanges } = play(opening({ ...known, key: FACTORY_KEY }), open);
    assert.deepEqual([said(outcome), exchanges.length], ['key-factory', 0]);
    const own = withKeys(card, () => known.key);
    assert.equal(said(play(opening(known), own).outcome), 'proven', 'control');
  });

  test(`${product}: enrolment: who keeps a change of keys from the card and answers in its place is found out`, (t) => {
    const session = enrolmentSession(crypto, { product, ...newCard(crypto, UID, entropyOf(70)) }, entropyOf(71));
    const whole = play(session, virtualCard(product, UID));
    const changes = whole.exchanges.flatMap(({ command }, index) => (command[1] === INS.changeKey ? [index] : []));
    const last = changes.at(-1);
    for (const at of changes) {
      const swallowed = play(session, virtualCard(product, UID), entropyOf(1), (answer, index) => (index === at ? DONE : answer), at);
      // The change of key 0 is answered without a MAC, so that the next authentication has to tell.
      assert.equal(said(swallowed.outcome), at === last ? 'key-refused' : 'answer-malformed');
    }
    assert.equal(said(whole.outcome), 'proven', 'control');
    t.diagnostic(`${changes.length} changes of keys`);
  });

  test(`${product}: the key that locks hold reads the id and changes nothing on the card`, () => {
    const { cardKey, file } = PRODUCTS[product];
    const status = (keyNumber: number, key: Secret, ins: number, header: readonly number[], data: Bytes): string => {
      const session = authenticatedAs(card, keyNumber, key);
      const sealed = sealCommand(crypto, session.channel, 'full', { ins, header: Uint8Array.from(header), data });
      return hex(answerCommand(crypto, session.card, encodeNative(ins, sealed), entropyOf(9)).answer.subarray(-2));
    };
    const [owner, newKey] = [enrolled.enrolled.keys.owner, otherKeyData(entropyOf(1).subarray(0, 16), known.key.reveal(), 2)];
    assert.equal(status(cardKey, known.key, INS.readData, [file, 0, 0, 0, 16, 0, 0], EMPTY), '9100', 'control: it reads');
    assert.equal(status(cardKey, known.key, INS.writeData, [file, 0, 0, 0, 1, 0, 0], Uint8Array.of(1)), '919d');
    assert.equal(status(cardKey, known.key, INS.changeKey, [cardKey], newKey), '91ae');
    assert.equal(status(PRODUCTS[product].writeKey, owner, INS.writeData, [file, 0, 0, 0, 1, 0, 0], Uint8Array.of(1)), '9100', 'control: the owner’s key writes');
    assert.equal(status(0, owner, INS.changeKey, [cardKey], newKey), '9100', 'control: and changes keys');
  });

  test(`${product}: each bit of each answer flipped, each cut: nothing opens`, (t) => {
    let tried = 0;
    for (const [index, { answer, session }] of recorded.exchanges.entries()) {
      for (let at = 0; at < answer.length; at += 1) {
        for (let bit = 0; bit < 8; bit += 1) {
          const outcome = openingOf(enrolled, card, entropyOf(1), (own, exchange) => (exchange === index ? flip(own, at, bit) : own));
          assert.notEqual(outcome, 'proven', `exchange ${index}, byte ${at}, bit ${bit}`);
          tried += 1;
        }
        assert.notEqual(fed(session, answer.subarray(0, at)), 'proven');
        tried += 1;
      }
    }
    rightful();
    t.diagnostic(`${tried} altered answers`);
  });

  test(`${product}: whatever bytes answer, in whatever phase, nothing opens and nothing throws`, (t) => {
    let tried = 0;
    const statuses = fc.constantFrom(0x9100, 0x91af, 0x9000, 0x91ae);
    const any = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.tuple(fc.uint8Array({ maxLength: 40 }), statuses).map(([data, status]) => encodeAnswer({ data, status })));
    const phases = recorded.exchanges.map(({ session }) => session);
    fc.assert(
      fc.property(fc.constantFrom(...phases), any, (session, apdu) => {
        tried += 1;
        assert.notEqual(fed(session, apdu), 'proven');
      }),
      { numRuns: 4000 },
    );
    t.diagnostic(`${tried} answers`);
  });
}

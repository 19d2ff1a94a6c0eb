// Enrolment of a card from the factory, and what it leaves on the card.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '@mortise/base/assert.ts';
import { concat, hex, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { FACTORY_KEY, newCard } from './card-keys.ts';
import { PRODUCT_NAMES, UID, enrol, entropyOf, opening, play, said } from './card.fixture.ts';
import { enrolmentSession, type NewCard } from './enrolment.ts';
import { PRODUCTS } from './product.ts';
import { lifted, virtualCard } from './virtual/virtual-card.ts';

const GOLDEN_CARD = ['04958caa5c5e80749aec08ea99353615', 'e814db8f5628d1acee7bd30aec1cef2e', 'b6b163761bb06e7b9ac4134bd48bde1c'];
const GOLDEN_ENROLMENTS = { ntag424: '3445256d5f27d0732bb681ad4552bb97c1401efe039d78a34c48890867dee8a9', desfire: '8822640eeeba747464cafe4b742c2ab4c21ad54724ec6c60fbc7f791de257202' };

for (const product of PRODUCT_NAMES) {
  const fresh = virtualCard(product, UID);
  const card: NewCard = { product, ...newCard(crypto, UID, entropyOf(7)) };
  const session = enrolmentSession(crypto, card, entropyOf(8));

  test(`${product}: a card from the factory is enrolled, says its UID, and opens afterwards`, () => {
    const played = play(session, fresh);
    assert.deepEqual(played.outcome, { kind: 'proven', cardId: card.cardId, uid: UID });
    const opened = play(opening({ product, cardId: card.cardId, key: card.keys.card }), lifted(played.card));
    assert.deepEqual(opened.outcome, { kind: 'proven', cardId: card.cardId });
    assert.equal(opened.exchanges.length, 4, 'select, two for the authentication, one to read');
  });

  test(`${product}: no key of the application is the factory's any more; the lock's key stands in one place only`, () => {
    const [application] = [...play(session, fresh).card.applications.values()];
    const { cardKey } = PRODUCTS[product];
    assert.deepEqual(application?.keys.map((key) => hex(key.reveal())), application?.keys.map((_, number) => hex((number === cardKey ? card.keys.card : card.keys.owner).reveal())));
  });

  test(`${product}: a card that was enrolled before is refused, and keeps opening`, () => {
    const { known, card: enrolled } = enrol(product);
    const again = play(session, enrolled);
    assert.equal(said(again.outcome), product === 'ntag424' ? 'key-refused' : 'application-exists');
    assert.equal(said(play(opening(known), lifted(again.card)).outcome), 'proven');
  });

  test(`${product}: the factory's key, and one key for both purposes, are refused without a word`, () => {
    for (const keys of [{ ...card.keys, card: FACTORY_KEY }, { ...card.keys, owner: FACTORY_KEY }, { card: card.keys.card, owner: card.keys.card }]) {
      const { outcome, exchanges } = play(enrolmentSession(crypto, { ...card, keys }, entropyOf(8)), fresh);
      assert.deepEqual([said(outcome), exchanges.length], ['key-factory', 0]);
    }
  });

  test(`${product}: lifted at any moment, the card ends in no state that proves it to a lock before its keys are in place`, (t) => {
    const whole = play(session, fresh);
    const known = { product, cardId: card.cardId, key: card.keys.card };
    const after = whole.exchanges.map((_, cut) => {
      const broken = play(session, fresh, entropyOf(1), (answer, index) => (index >= cut ? new Uint8Array(0) : answer));
      assert.equal(said(broken.outcome), 'answer-malformed');
      return said(play(opening(known), lifted(broken.card)).outcome);
    });
    const changed = after.indexOf('proven');
    assert.ok(changed > 0 && after.slice(changed).every((outcome) => outcome === 'proven'), after.join(' '));
    t.diagnostic(`${after.length} moments`);
  });
}

test('ntag424: a file that is not protected as it leaves the factory is refused', () => {
  const fresh = virtualCard('ntag424', UID);
  const [[name, application] = ['', undefined]] = [...fresh.applications];
  const file = application?.files.get(3);
  assert.ok(application !== undefined && file !== undefined);
  const card: NewCard = { product: 'ntag424', ...newCard(crypto, UID, entropyOf(7)) };
  const withSettings = (settings: readonly number[]) => ({ ...fresh, applications: new Map([[name, { ...application, files: new Map(application.files).set(3, { ...file, settings: Uint8Array.from(settings) }) }]]) });
  const enrolled = (settings: readonly number[]) => said(play(enrolmentSession(crypto, card, entropyOf(8)), withSettings(settings)).outcome);
  assert.equal(enrolled([0x00, 0x03, 0x30, 0x23, 0x80, 0x00, 0x00]), 'proven', 'control');
  assert.equal(enrolled([0x00, 0x03, 0x30, 0xe3, 0x80, 0x00, 0x00]), 'settings-other', 'free to read');
  assert.equal(enrolled([0x00, 0x03, 0x33, 0x23, 0x80, 0x00, 0x00]), 'settings-other', 'another changes its settings');
});

// A card that was enrolled, and an enrolment that is played again from its entropy, must stay what they were.
test('golden: what a card is given, and what passes in an enrolment, from fixed entropy', () => {
  const { cardId, keys } = newCard(crypto, UID, entropyOf(7));
  assert.deepEqual([cardId, keys.card.reveal(), keys.owner.reveal()].map(hex), GOLDEN_CARD);
  for (const product of PRODUCT_NAMES) {
    const session = enrolmentSession(crypto, { product, cardId, keys }, entropyOf(8));
    const drawn = session.steps.flatMap((step) => (step.kind === 'authenticate' ? [hex(step.rndA.reveal())] : []));
    assert.equal(new Set(drawn).size, { ntag424: 4, desfire: 3 }[product], 'no random number serves twice');
    const { exchanges } = play(session, virtualCard(product, UID));
    assert.equal(hex(crypto.sha256(concat(...exchanges.flatMap(({ command, answer }) => [command, answer])))), GOLDEN_ENROLMENTS[product], product);
  }
});

test('lengths of our own making are our bugs; keys do not print', () => {
  const card: NewCard = { product: 'ntag424', ...newCard(crypto, UID, entropyOf(7)) };
  assert.throws(() => enrolmentSession(crypto, { ...card, cardId: card.cardId.subarray(1) }, entropyOf(8)), InvariantError);
  assert.throws(() => enrolmentSession(crypto, { ...card, keys: { ...card.keys, card: new Secret(new Uint8Array(8)) } }, entropyOf(8)), InvariantError);
  assert.throws(() => opening({ product: 'ntag424', cardId: card.cardId.subarray(1), key: card.keys.card }), InvariantError);
  assert.throws(() => opening({ product: 'ntag424', cardId: card.cardId, key: new Secret(new Uint8Array(24)) }), InvariantError);
  const session = JSON.stringify(enrolmentSession(crypto, card, entropyOf(8)));
  const firstOf = (bytes: Bytes): string => JSON.stringify(bytes).slice(1, 20);
  for (const key of [card.keys.card, card.keys.owner]) assert.ok(!session.includes(firstOf(key.reveal())));
  assert.ok(session.includes(firstOf(card.cardId)), 'control: what is no secret is there');
});

// Enrolment of a card fresh from the factory: its id is written, its file's protection is looked at, each key of the application is
// replaced by the card's own, and the card is proven as a lock will prove it. What is exchanged is only as secret as the factory's
// key, which everybody knows: whoever listens to this one session learns the keys. Enrol where nobody listens.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { KEY_BYTES } from './authentication.ts';
import { FACTORY_KEY, areOwnKeys, type CardKeys } from './card-keys.ts';
import { cardSession, type CardSession } from './card-session.ts';
import { UID_STEP, changeKeyStep, createFileStep, selectStep, settingsStep, writeIdStep, type Step } from './card-step.ts';
import { otherKeyData, ownKeyData } from './change-key.ts';
import { INS, STATUS, encodeNative } from './native-command.ts';
import { provingSteps, rndAOf } from './opening.ts';
import { APPLICATION, PRODUCTS, type Product, type ProductName } from './product.ts';

export type NewCard = { readonly product: ProductName; readonly cardId: Bytes; readonly keys: CardKeys };

/** 0 is the factory's. */
const KEY_VERSION = 1;

/**
 * DESFire: key 0 changes keys and settings, nothing is free (KeySettings1 09); two AES-128 keys (82). Sent outside of a session, as a
 * card's factory settings allow.
 */
const CREATE_APPLICATION: Step = {
  kind: 'plain', apdu: encodeNative(INS.createApplication, Uint8Array.of(...APPLICATION, 0x09, 0x82)), done: STATUS.done,
  faults: new Map([[STATUS.duplicate, 'application-exists']]),
};

type Context = { readonly crypto: Crypto; readonly product: Product; readonly card: NewCard; readonly entropy: Bytes };

const authenticate = ({ crypto, entropy }: Context, keyNumber: number, key: Secret, label: string): Step => ({
  kind: 'authenticate', keyNumber, key, rndA: rndAOf(crypto, entropy, label),
});

/** Up to the id written, and a session of key 0 under the factory's key. */
const PREPARING: Record<ProductName, (context: Context) => readonly Step[]> = {
  ntag424: (context) => [
    selectStep(context.product),
    authenticate(context, context.product.writeKey, FACTORY_KEY, 'writing'),
    writeIdStep(context.product, context.card.cardId),
    authenticate(context, 0, FACTORY_KEY, 'enrolling'),
  ],
  desfire: (context) => [
    CREATE_APPLICATION,
    selectStep(context.product),
    authenticate(context, 0, FACTORY_KEY, 'enrolling'),
    createFileStep(context.product),
    writeIdStep(context.product, context.card.cardId),
  ],
};

const change = (keyNumber: number, key: Secret): Step => changeKeyStep(keyNumber, new Secret(otherKeyData(key.reveal(), FACTORY_KEY.reveal(), KEY_VERSION)), false);

const keySteps = ({ product, card: { keys } }: Context): readonly Step[] => [
  change(product.cardKey, keys.card),
  ...product.otherKeys.map((keyNumber) => change(keyNumber, keys.owner)),
  changeKeyStep(0, new Secret(ownKeyData(keys.owner.reveal(), KEY_VERSION)), true),
];

/**
 * `entropy`: 32 fresh bytes for this session alone, others than the card's keys came from. Ends `proven` with the card's UID once every key was changed: the
 * change of key 0 is answered without a MAC, so that key is tried. Barred (`key-factory`) when a key is the factory's or both are one.
 */
export const enrolmentSession = (crypto: Crypto, card: NewCard, entropy: Bytes): CardSession => {
  const { cardId, keys } = card;
  assert([cardId.length, keys.card.reveal().length, keys.owner.reveal().length].every((length) => length === KEY_BYTES), 'a card’s id and keys have 16 bytes');
  if (!areOwnKeys(keys)) return cardSession(cardId, [{ kind: 'barred', fault: 'key-factory' }]);
  const context: Context = { crypto, product: PRODUCTS[card.product], card, entropy };
  return cardSession(cardId, [
    ...PREPARING[card.product](context), UID_STEP, settingsStep(context.product), ...keySteps(context),
    authenticate(context, 0, keys.owner, 'owner'),
    ...provingSteps(crypto, context.product, cardId, keys.card, entropy),
  ]);
};

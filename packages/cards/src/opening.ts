// Opening: select, authenticate under the card's own key, and read the card's id under the keys of that session. The UID that a card
// shows when it is found only says which entry to try: anybody can show any UID.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import { KEY_BYTES, RANDOM_BYTES } from './authentication.ts';
import { CARD_ID_BYTES, isFactoryKey } from './card-keys.ts';
import { cardSession, type CardSession } from './card-session.ts';
import { readIdStep, selectStep, type Step } from './card-step.ts';
import { PRODUCTS, type Product, type ProductName } from './product.ts';

/** What a lock keeps of a card. `cardId`: 16 bytes; `key`: 16, of this card alone. */
export type KnownCard = { readonly product: ProductName; readonly cardId: Bytes; readonly key: Secret };

/** RndA for the authentication named `label`; each has its own. */
export const rndAOf = (crypto: Crypto, entropy: Bytes, label: string): Secret => new Secret(derive(crypto, entropy, `card RndA ${label}`, RANDOM_BYTES));

export const provingSteps = (crypto: Crypto, product: Product, cardId: Bytes, key: Secret, entropy: Bytes): readonly Step[] => [
  { kind: 'authenticate', keyNumber: product.cardKey, key, rndA: rndAOf(crypto, entropy, 'opening') },
  readIdStep(product, cardId),
];

/** `entropy`: 32 fresh bytes for this session alone. A card under the factory's key is refused (`key-factory`) without a word to it. */
export const openingSession = (crypto: Crypto, { product: name, cardId, key }: KnownCard, entropy: Bytes): CardSession => {
  assert(cardId.length === CARD_ID_BYTES && key.reveal().length === KEY_BYTES, 'a card’s id and key have 16 bytes');
  if (isFactoryKey(key)) return cardSession(cardId, [{ kind: 'barred', fault: 'key-factory' }]);
  const product = PRODUCTS[name];
  return cardSession(cardId, [selectStep(product), ...provingSteps(crypto, product, cardId, key, entropy)]);
};

// The keys of one card: each card has its own, so that a lock that is opened up gives away the cards it knows and no others.

import { concat, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import { KEY_BYTES } from './authentication.ts';

export const CARD_ID_BYTES = 16;
/** Of DESFire and NTAG 424 DNA. */
export const CARD_UID_BYTES = 7;

/** What every key of a new application is. */
export const FACTORY_KEY = new Secret(new Uint8Array(KEY_BYTES));

/** `card`: held by the locks; reads the card's id and does nothing else. `owner`: all others of the application; no lock keeps it. */
export type CardKeys = { readonly card: Secret; readonly owner: Secret };

export const isFactoryKey = (key: Secret): boolean => equalBytes(key.reveal(), FACTORY_KEY.reveal());

/** Whether a card may be given these keys: both its own, and different. */
export const areOwnKeys = ({ card, owner }: CardKeys): boolean => !isFactoryKey(card) && !isFactoryKey(owner) && !equalBytes(card.reveal(), owner.reveal());

/**
 * A new card's id and keys, from 32 fresh bytes that serve nothing else. The id begins with the UID (7 bytes), by which a lock knows which card to
 * ask for; what follows is random, so that it is another card's to whom it is enrolled anew.
 */
export const newCard = (crypto: Crypto, uid: Bytes, entropy: Bytes): { readonly cardId: Bytes; readonly keys: CardKeys } => ({
  cardId: concat(uid.subarray(0, CARD_UID_BYTES), derive(crypto, entropy, 'card id', CARD_ID_BYTES - CARD_UID_BYTES)),
  keys: { card: new Secret(derive(crypto, entropy, 'card key', KEY_BYTES)), owner: new Secret(derive(crypto, entropy, 'card owner key', KEY_BYTES)) },
});

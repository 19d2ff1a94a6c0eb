// Cards laid on a lock: a session and a virtual card play until one of them ends, with somebody between who may change what passes.

import { assert, required } from '@mortise/base/assert.ts';
import { concat, uint, type Bytes } from '@mortise/base/bytes.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { RANDOM_BYTES, encodeReaderProof, readCardProof, readChallenge, type Channel } from './authentication.ts';
import { newCard } from './card-keys.ts';
import { stepCard, type CardInput, type CardOutcome, type CardSession } from './card-session.ts';
import { enrolmentSession, type NewCard } from './enrolment.ts';
import { openingSession, type KnownCard } from './opening.ts';
import { INS, encodeNative } from './native-command.ts';
import { PRODUCTS, type ProductName } from './product.ts';
import { answerCommand, lifted, virtualCard, type VirtualCard } from './virtual/virtual-card.ts';

export const PRODUCT_NAMES: readonly ProductName[] = ['ntag424', 'desfire'];
export const UID = Uint8Array.of(0x04, 0x95, 0x8c, 0xaa, 0x5c, 0x5e, 0x80);

/** 32 bytes that stand for fresh ones. */
export const entropyOf = (number: number): Bytes => crypto.sha256(uint(number, 4));

export type Exchange = { readonly command: Bytes; readonly answer: Bytes; readonly session: CardSession };
export type Played = { readonly outcome: CardOutcome; readonly card: VirtualCard; readonly exchanges: readonly Exchange[] };

/** Between lock and card: what the lock gets to hear for `command`, the exchange of number `index`. */
export type Between = (answer: Bytes, index: number, command: Bytes) => Bytes;

const MAX_EXCHANGES = 40;
const honest: Between = (answer) => answer;

/** `swallowed`: the exchange whose command never reaches the card. */
export const play = (session: CardSession, from: VirtualCard, entropy = entropyOf(1), between: Between = honest, swallowed = -1): Played => {
  const exchanges: Exchange[] = [];
  let [card, progress] = [from, stepCard(crypto, session, { kind: 'start' })];
  for (let index = 0; index < MAX_EXCHANGES; index += 1) {
    const [effect] = progress.effects;
    if (effect?.kind === 'finished') return { outcome: effect.outcome, card, exchanges };
    const command = required(effect, 'a session that runs has something to say').apdu;
    const answered = answerCommand(crypto, card, command, crypto.sha256(concat(entropy, uint(index, 2))));
    const answer = between(answered.answer, index, command);
    exchanges.push({ command, answer, session: progress.session });
    if (index !== swallowed) card = answered.card;
    progress = stepCard(crypto, progress.session, { kind: 'answer', apdu: answer });
  }
  throw new RangeError('a session has fewer exchanges');
};

/** A card with a session under one of its keys, and the reader's side of that session. */
export const authenticatedAs = (card: VirtualCard, keyNumber: number, key: Secret): { readonly card: VirtualCard; readonly channel: Channel } => {
  const [selected, rndA] = [answerCommand(crypto, card, PRODUCTS[card.product].select, entropyOf(1)).card, entropyOf(4).subarray(0, RANDOM_BYTES)];
  const asked = answerCommand(crypto, selected, encodeNative(INS.authenticateEv2First, Uint8Array.of(keyNumber, 0)), entropyOf(2));
  const rndB = readChallenge(crypto, key, asked.answer.subarray(0, -2));
  assert(rndB.ok, 'the card has the key');
  const proven = answerCommand(crypto, asked.card, encodeNative(INS.additionalFrame, encodeReaderProof(crypto, key, rndA, rndB.value)), entropyOf(3));
  const channel = readCardProof(crypto, key, rndA, rndB.value, proven.answer.subarray(0, -2));
  assert(channel.ok, 'the card holds this key');
  return { card: proven.card, channel: channel.value };
};

export type Enrolled = { readonly known: KnownCard; readonly card: VirtualCard; readonly enrolled: NewCard };

/** A card of its own keys, enrolled; lifted again. */
export const enrol = (product: ProductName, number = 1, uid = UID): Enrolled => {
  const enrolled: NewCard = { product, ...newCard(crypto, uid, entropyOf(1000 + number)) };
  const { outcome, card } = play(enrolmentSession(crypto, enrolled, entropyOf(2000 + number)), virtualCard(product, uid));
  assert(outcome.kind === 'proven', `enrolled: ${JSON.stringify(outcome)}`);
  return { enrolled, card: lifted(card), known: { product, cardId: enrolled.cardId, key: enrolled.keys.card } };
};

export const opening = (known: KnownCard, number = 3): CardSession => openingSession(crypto, known, entropyOf(number));

export const said = (outcome: CardOutcome): string => (outcome.kind === 'proven' ? 'proven' : outcome.fault);

/** How a session that stands at an exchange takes another answer: `proven`, a fault, or `goes on`. */
export const fed = (session: CardSession, apdu: Bytes): string => {
  const input: CardInput = { kind: 'answer', apdu };
  const [effect] = stepCard(crypto, session, input).effects;
  return effect?.kind === 'finished' ? said(effect.outcome) : 'goes on';
};

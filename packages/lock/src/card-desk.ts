// A card on the reader: asked as packages/cards says, and judged when it has proven its key, or has not. One at a time; whatever lies there next begins
// anew. A card that is lifted before was no attempt.

import { CARD_UID_BYTES } from '@mortise/cards/card-keys.ts';
import { stepCard, type CardInput } from '@mortise/cards/card-session.ts';
import { openingSession } from '@mortise/cards/opening.ts';
import type { ProductName } from '@mortise/cards/product.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { CARD_NUMBER_BYTES, type CardEntry } from '@mortise/documents/card-entry.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { onCardJudged } from './entry-desk.ts';
import type { EntryVerb } from './events.ts';
import type { CardVisit, LockState } from './state.ts';

/** From the card's being found to its last answer. */
export const CARD_MS = 3000;

/** A card says which it is; that opens nothing, and only tells which key to ask for. */
export const onCardFound = (moment: Moment, state: LockState, product: ProductName, uid: Bytes, verb: EntryVerb): Change => {
  const entry = state.membership.kind === 'adopted' ? state.membership.credentials.cards.find((card) => isOf(card, uid)) : undefined;
  const fresh: LockState = { ...state, card: undefined };
  // Whoever is not listened to gets no session either: the answer is the same.
  if (entry === undefined || isWaiting(moment, state)) return onCardJudged(moment, fresh, undefined, verb);
  const session = openingSession(moment.crypto, { product, cardId: entry.card, key: entry.key }, moment.entropy);
  return proceed(moment, fresh, { session, entry, verb, deadlineMs: moment.now.monotonicMs + CARD_MS }, { kind: 'start' });
};

/** Takes any bytes. */
export const onCardAnswer = (moment: Moment, state: LockState, apdu: Bytes): Change =>
  state.card === undefined ? changed(state) : proceed(moment, state, state.card, { kind: 'answer', apdu });

export const onCardGone = (state: LockState): Change => changed({ ...state, card: undefined });

/** A card that does not answer is not waited for. */
export const expireCard = (moment: Moment, state: LockState): LockState =>
  state.card !== undefined && moment.now.monotonicMs >= state.card.deadlineMs ? { ...state, card: undefined } : state;

const isOf = ({ card }: CardEntry, uid: Bytes): boolean =>
  card.length === CARD_NUMBER_BYTES.max && equalBytes(card.subarray(0, CARD_UID_BYTES), uid);

const isWaiting = ({ now }: Moment, { entries: { lockouts: { card } } }: LockState): boolean => now.monotonicMs < card.atMs + card.waitMs;

const proceed = (moment: Moment, state: LockState, visit: CardVisit, input: CardInput): Change => {
  const { session, effects } = stepCard(moment.crypto, visit.session, input);
  return inTurn({ ...state, card: { ...visit, session } }, ...effects.map((effect) => (current: LockState): Change => {
    if (effect.kind === 'transmit') return changed(current, { kind: 'cardSend', apdu: effect.apdu });
    const terms = effect.outcome.kind === 'proven' ? visit.entry : undefined;
    return onCardJudged(moment, { ...current, card: undefined }, terms, visit.verb);
  }));
};

// A card on the reader: asked as packages/cards says, and judged when it has proven its key, or has not. One at a time; whatever lies there next begins
// anew. A card that is lifted before was no attempt.

import { CARD_UID_BYTES } from '@mortise/cards/card-keys.ts';
import { stepCard, type CardInput, type CardOutcome } from '@mortise/cards/card-session.ts';
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

/** Entries that have the UID of one card, which is asked for each in turn. */
export const MAX_CARD_CANDIDATES = 4;

/** A card says which it is; that opens nothing, and only tells which keys to ask for: the newest entry's first. */
export const onCardFound = (moment: Moment, state: LockState, product: ProductName, uid: Bytes, verb: EntryVerb): Change => {
  const fresh: LockState = { ...state, card: undefined };
  // Whoever is not listened to gets no session either: the answer is the same.
  const candidates = isWaiting(moment, state) ? [] : candidatesOf(state, uid);
  return ask(moment, fresh, { product, verb, deadlineMs: moment.now.monotonicMs + CARD_MS }, candidates);
};

/** Takes any bytes. */
export const onCardAnswer = (moment: Moment, state: LockState, apdu: Bytes): Change =>
  state.card === undefined ? changed(state) : proceed(moment, state, state.card, { kind: 'answer', apdu });

export const onCardGone = (state: LockState): Change => changed({ ...state, card: undefined });

/** A card that does not answer is not waited for. */
export const expireCard = (moment: Moment, state: LockState): LockState =>
  state.card !== undefined && moment.now.monotonicMs >= state.card.deadlineMs ? { ...state, card: undefined } : state;

// Each owner's change adds at the end. A card that was enrolled anew beside its old entry, or two that say the same number, are told apart by their keys alone.
const candidatesOf = ({ membership }: LockState, uid: Bytes): readonly CardEntry[] =>
  membership.kind === 'adopted' ? membership.credentials.cards.filter((card) => isOf(card, uid)).toReversed().slice(0, MAX_CARD_CANDIDATES) : [];

const isOf = ({ card }: CardEntry, uid: Bytes): boolean => card.length === CARD_NUMBER_BYTES.max && equalBytes(card.subarray(0, CARD_UID_BYTES), uid);

const isWaiting = ({ now }: Moment, { entries: { lockouts: { card } } }: LockState): boolean => now.monotonicMs < card.atMs + card.waitMs;

type Asked = Pick<CardVisit, 'product' | 'verb' | 'deadlineMs'>;

// A session for the first of these entries; none is left: the card is nobody's.
const ask = (moment: Moment, state: LockState, asked: Asked, [entry, ...others]: readonly CardEntry[]): Change => {
  if (entry === undefined) return onCardJudged(moment, state, undefined, asked.verb);
  const session = openingSession(moment.crypto, { product: asked.product, cardId: entry.card, key: entry.key }, moment.entropy);
  return proceed(moment, state, { ...asked, session, entry, others }, { kind: 'start' });
};

const proceed = (moment: Moment, state: LockState, visit: CardVisit, input: CardInput): Change => {
  const { session, effects } = stepCard(moment.crypto, visit.session, input);
  return inTurn({ ...state, card: { ...visit, session } }, ...effects.map((effect) => (current: LockState): Change =>
    effect.kind === 'transmit' ? changed(current, { kind: 'cardSend', apdu: effect.apdu }) : conclude(moment, { ...current, card: undefined }, visit, effect.outcome)));
};

const conclude = (moment: Moment, state: LockState, visit: CardVisit, outcome: CardOutcome): Change =>
  outcome.kind === 'proven' ? onCardJudged(moment, state, heldNow(state, visit.entry), visit.verb) : ask(moment, state, visit, visit.others);

// A roster that came while the card lay there counts: what it says of this card, if it names it still under the key that was proven.
const heldNow = ({ membership }: LockState, { card, key }: CardEntry): CardEntry | undefined =>
  membership.kind === 'adopted' ? membership.credentials.cards.find((each) => equalBytes(each.card, card) && equalBytes(each.key.reveal(), key.reveal())) : undefined;

// The key's own PIN, where its orders ask for one. The key keeps HMAC-SHA-256 under a secret of its own, never the digits. Each try is counted,
// durably, before it is judged, so that taking the battery out saves no try; after some wrong ones the key does not listen for a
// while. It has no clock that it could trust for this to have run on: a restart begins the wait anew.

import { equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { hasRoomForRequest, note, store } from './journal-keeper.ts';
import { showing } from './signal.ts';
import { encodePin, valueNames } from './stored-values.ts';
import type { EkeyKeys, EkeyState, PinState } from './state.ts';

/** Digits of a PIN. */
const PIN_FORM = /^\d{4,12}$/;
export const FREE_TRIES = 3;
export const FIRST_WAIT_MS = 60_000;
export const LONGEST_WAIT_MS = 3_600_000;

export const NO_PIN: PinState = { verifier: undefined, epoch: 0, wrong: 0, blockedUntilMs: 0, unlockedUntilMs: 0, isJudging: false };

/** Milliseconds to wait after the `wrong`th wrong PIN in a row: none for the first two, then 1, 2, 4 … 60 minutes. */
export const pinBackOffMs = (wrong: number): number =>
  wrong < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(wrong - FREE_TRIES, 16));

/** Digits as they were typed. */
export const onPin = (moment: Moment, state: EkeyState, digits: string): Change => {
  const { pin, orders } = state;
  if (orders?.pin === undefined || pin.verifier === undefined || pin.isJudging || !hasRoomForRequest(state)) return changed(state);
  if (moment.now.monotonicMs < pin.blockedUntilMs) return changed(showing(state, moment.now, 'pin-blocked'));
  const isRight = PIN_FORM.test(digits) && equalBytes(verifierOf(moment.crypto, state.keys, digits), pin.verifier);
  const tried: PinState = { ...pin, wrong: pin.wrong + 1, isJudging: true };
  return store({ ...state, pin: tried }, { put: [[valueNames.pin, encodePin(tried)]] }, { kind: 'pinTried', isRight });
};

/** The try is counted: now it is told what came of it. */
export const onPinTried = (moment: Moment, state: EkeyState, isRight: boolean): Change => {
  const judged: PinState = { ...state.pin, isJudging: false };
  if (!isRight) return onWrong(moment, { ...state, pin: { ...judged, blockedUntilMs: moment.now.monotonicMs + pinBackOffMs(judged.wrong) } });
  const pin = unlocked(moment, state, { ...judged, wrong: 0 });
  return store({ ...state, pin }, { put: [[valueNames.pin, encodePin(pin)]] });
};

/** The holder chooses a PIN: where none is there, or after the old one was entered. */
export const onPinChosen = (moment: Moment, state: EkeyState, digits: string): Change => {
  const { pin, orders } = state;
  const may = pin.verifier === undefined || moment.now.monotonicMs < pin.unlockedUntilMs;
  if (orders?.pin === undefined || !may || pin.isJudging || !PIN_FORM.test(digits) || !hasRoomForRequest(state)) return changed(state);
  const chosen = unlocked(moment, state, { ...pin, verifier: verifierOf(moment.crypto, state.keys, digits), wrong: 0 });
  return note(moment, { ...state, pin: chosen }, { kind: 'event', reason: 'pin-set' }, [[valueNames.pin, encodePin(chosen)]]);
};

/** The PIN as it was stored, at a start: wrong tries still count, and the wait begins anew. */
export const startPin = (pin: PinState, nowMs: number): PinState => ({ ...pin, blockedUntilMs: nowMs + pinBackOffMs(pin.wrong) });

const onWrong = (moment: Moment, state: EkeyState): Change =>
  inTurn(
    showing(state, moment.now, 'pin-wrong', 'pin-wrong'),
    (current) => note(moment, current, { kind: 'event', reason: 'pin-wrong', rule: `tries:${current.pin.wrong}` }),
  );

const unlocked = ({ now }: Moment, { orders }: EkeyState, pin: PinState): PinState =>
  ({ ...pin, unlockedUntilMs: now.monotonicMs + (orders?.pin?.minutes ?? 0) * 60_000 });

const verifierOf = (crypto: Crypto, { pinSecret }: EkeyKeys, digits: string): Bytes => crypto.hmacSha256(pinSecret.reveal(), utf8(`mortise-key-pin ${digits}`));

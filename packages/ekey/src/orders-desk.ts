// What the key shall hold. Newer orders are put aside, and their items gathered as they come, in any order and from anybody, since each is named
// by its hash. Once all are there the key changes over, in one write with the record of it; until then the former orders hold.
// A power cut at any moment leaves the one or the other, and what was gathered.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { decodeKeyItem, encodeKeyOrders, openKeyOrders, type KeyOrders } from '@mortise/courier/key-orders.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { timeAuthorityOf } from './enrolment-desk.ts';
import type { Put } from './events.ts';
import { holdingsOf } from './holdings.ts';
import { hasRoomForRequest, note, noteUnproven, store } from './journal-keeper.ts';
import { keepAcknowledged } from './journal-ack-desk.ts';
import { raiseKeyFloor } from './key-clock.ts';
import { takeRevocation } from './revocation-shelf.ts';
import { showing } from './signal.ts';
import { encodeClock, encodePin, valueNames } from './stored-values.ts';
import type { Enrolled, EkeyState, PinState } from './state.ts';
import { answerUpdate } from './update-sending.ts';

/** Takes any bytes: the hub's word. What is held or gathered for already is answered again and changes nothing. */
export const onOrders = (moment: Moment, state: EkeyState, enrolled: Enrolled, bytes: Bytes): Change => {
  const opened = openKeyOrders(moment.crypto, bytes, state.keyId, timeAuthorityOf(state, enrolled));
  if (!opened.ok) return refuse(moment, state, opened.error.code);
  const orders = opened.value;
  const known = [state.orders, state.staged].filter((held) => held !== undefined);
  if (known.some((held) => isSame(held, orders))) return answerUpdate(state, 'orders', 'accepted');
  if (known.some(({ version }) => orders.version <= version)) return refuse(moment, state, 'stale');
  if (!hasRoomForRequest(state)) return answerUpdate(state, 'orders', 'busy');
  return stage(moment, { ...state, clock: raiseKeyFloor(state.clock, orders.instant, moment.now) }, enrolled, orders);
};

/** Takes any bytes: one item. What no orders name is not kept. */
export const onItem = (moment: Moment, state: EkeyState, enrolled: Enrolled, bytes: Bytes): Change => {
  const digest = moment.crypto.sha256(bytes);
  const name = hex(digest);
  if (state.items.has(name)) return answerUpdate(state, 'item', 'accepted');
  if (state.staged?.items.some((wanted) => hex(wanted) === name) !== true) return answerUpdate(state, 'item', 'not-wanted');
  if (decodeKeyItem(bytes) === undefined) return answerUpdate(state, 'item', 'malformed');
  if (!hasRoomForRequest(state)) return answerUpdate(state, 'item', 'busy');
  const gathered = { ...state, items: new Map(state.items).set(name, bytes) };
  return changeOver(moment, gathered, enrolled, [[valueNames.item(digest), bytes]]) ?? store(gathered, { put: [[valueNames.item(digest), bytes]] }, { kind: 'answer', to: 'item', code: 'accepted' });
};

const isSame = (one: KeyOrders, other: KeyOrders): boolean => hex(encodeKeyOrders(one)) === hex(encodeKeyOrders(other));

// What only the orders before them were gathered for goes.
const stage = (moment: Moment, state: EkeyState, enrolled: Enrolled, orders: KeyOrders): Change => {
  const kept = withoutUnnamed({ ...state, staged: orders }, [state.orders, orders]);
  const puts: readonly Put[] = [[valueNames.staged, encodeKeyOrders(orders)], [valueNames.clock, encodeClock(state.clock)], ...kept.puts];
  return changeOver(moment, kept.state, enrolled, puts) ?? store(kept.state, { put: puts }, { kind: 'answer', to: 'orders', code: 'accepted' });
};

type Kept = { readonly state: EkeyState; readonly puts: readonly Put[] };

const withoutUnnamed = (state: EkeyState, orders: readonly (KeyOrders | undefined)[]): Kept => {
  const named = new Set(orders.flatMap((each) => each?.items ?? []).map(hex));
  const gone = [...state.items.keys()].filter((name) => !named.has(name));
  return { state: { ...state, items: new Map([...state.items].filter(([name]) => named.has(name))) }, puts: gone.map((name) => [`item.${name}`, null]) };
};

/** Undefined: something is missing still. */
const changeOver = (moment: Moment, state: EkeyState, enrolled: Enrolled, puts: readonly Put[]): Change | undefined => {
  const { staged } = state;
  if (staged === undefined || !staged.items.every((digest) => state.items.has(hex(digest)))) return undefined;
  const kept = withoutUnnamed(state, [staged]);
  const pin = pinUnder(state.pin, staged);
  const holdings = holdingsOf(moment.crypto, state.keys, enrolled, staged, kept.state.items);
  const next: EkeyState = { ...kept.state, orders: staged, staged: undefined, holdings, pin };
  const all: readonly Put[] = [...puts, ...kept.puts, [valueNames.orders, encodeKeyOrders(staged)], [valueNames.staged, null], ...(pin === state.pin ? [] : [[valueNames.pin, encodePin(pin)] as const])];
  return inTurn(
    showing(next, moment.now, 'updated'),
    (current) => note(moment, current, { kind: 'event', reason: 'orders-accepted', rule: `orders:${staged.version}` }, lastOfEach(all), { kind: 'answer', to: 'orders', code: 'in-force' }),
    (current) => forEach(current, revocationsIn(current), (each, bytes) => takeRevocation(moment, each, enrolled, bytes)),
    (current) => keepAcknowledged(current),
    (current) => changed({ ...current, update: current.update && { ...current.update, isStatusWanted: true } }),
  );
};

// A value that was put and taken away again in one write is only taken away.
const lastOfEach = (puts: readonly Put[]): readonly Put[] => [...new Map(puts.map((put) => [put[0], put])).values()];

const pinUnder = (pin: PinState, { pin: policy }: KeyOrders): PinState =>
  policy === undefined || policy.epoch === pin.epoch ? pin : { ...pin, verifier: undefined, epoch: policy.epoch, wrong: 0, blockedUntilMs: 0, unlockedUntilMs: 0 };

const revocationsIn = ({ orders, items }: EkeyState): readonly Bytes[] =>
  (orders?.items ?? []).flatMap((digest) => {
    const item = decodeKeyItem(items.get(hex(digest)) ?? new Uint8Array(0));
    return item?.kind === 'revocation' ? [item.bytes] : [];
  });

const refuse = (moment: Moment, state: EkeyState, code: DocumentErrorCode): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'orders-refused', rule: `document:${code}` }),
    (current) => answerUpdate(current, 'orders', code),
  );

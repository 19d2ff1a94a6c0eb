// How a key comes to life: made anew, with keys that nobody had before, or as it was when its last write was durable. Reset is a physical act of the
// shell: it erases what is stored, makes new keys and begins by `birth`; so that a key of one site never becomes another's with its secrets.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { decodeKeyOrders } from '@mortise/courier/key-orders.ts';
import { decodePost } from '@mortise/courier/key-message.ts';
import { decodeFromLock, decodeToLock } from '@mortise/courier/link-message.ts';
import { GENESIS, lockIdOf, pointOf, verifyEntries, type Entry } from '@mortise/journal/chain.ts';
import { EMPTY_BAG } from './bag.ts';
import { storedMembership } from './enrolment-desk.ts';
import type { Context } from './events.ts';
import { holdingsOf, NO_HOLDINGS } from './holdings.ts';
import { EMPTY_JOURNAL } from './journal-keeper.ts';
import { NO_KEY_CLOCK } from './key-clock.ts';
import { NO_PIN } from './pin-desk.ts';
import { storedRevocation } from './revocation-shelf.ts';
import type { Bag, EkeyKeys, EkeyState, JournalState, Membership } from './state.ts';
import { decodeBegun, decodeClock, decodePin, valueNames } from './stored-values.ts';

/** `values`: the table as it was written; `entries`: the journal's last entries in order, as StoreWrite (events.ts) says which; `acknowledged`: a number. */
export type Stored = { readonly values: ReadonlyMap<string, Bytes>; readonly entries: readonly Entry[]; readonly acknowledged: number };

/** `values-malformed`: a value is not what the key wrote; `journal-broken`: the entries are not a chain of this key's. */
export type RestoreError = { readonly code: 'values-malformed' | 'journal-broken' };

/** A key of nobody. Its first `started` is recorded. */
export const birth = ({ crypto }: Context, keys: EkeyKeys): EkeyState => ({
  keys,
  keyId: lockIdOf(crypto, keys.identityKey),
  membership: { kind: 'factory' },
  clock: NO_KEY_CLOCK,
  orders: undefined,
  staged: undefined,
  items: new Map(),
  holdings: NO_HOLDINGS,
  revocations: [],
  bag: EMPTY_BAG,
  journal: EMPTY_JOURNAL,
  contact: undefined,
  update: undefined,
  pin: NO_PIN,
  batteryMv: undefined,
  shown: undefined,
  stores: [],
  signatures: [],
  statusCount: 0,
  unfinished: undefined,
  isStarted: false,
  nextId: 1,
  nextWakeMs: undefined,
});

/** The key as it was when its last write was durable. A value that is missing is one that was never written; one that is damaged is an error. */
export const restore = (context: Context, keys: EkeyKeys, { values, entries, acknowledged }: Stored): Result<EkeyState, RestoreError> => {
  const born = birth(context, keys);
  const journal = restoreJournal(context, born, entries, acknowledged);
  if (journal === undefined) return err({ code: 'journal-broken' });
  const read = readValues(context, born, values);
  return read === undefined ? err({ code: 'values-malformed' }) : ok({ ...born, ...read, journal });
};

// The first entry kept is the anchor; what came before it is gone.
const restoreJournal = ({ crypto }: Context, { keyId }: EkeyState, entries: readonly Entry[], acknowledged: number): JournalState | undefined => {
  const [first, ...rest] = entries;
  if (first === undefined) return acknowledged === 0 ? EMPTY_JOURNAL : undefined;
  const from = first.seq === 1 ? GENESIS : pointOf(first);
  const held = first.seq === 1 ? entries : rest;
  const last = verifyEntries(crypto, keyId, from, held);
  if (!last.ok || acknowledged > last.value.seq) return undefined;
  return { ...EMPTY_JOURNAL, last: last.value, durable: last.value.seq, acknowledged: Math.max(acknowledged, from.seq), from, entries: held, sentUpTo: last.value.seq };
};

type Read = Partial<EkeyState>;
type Part = (value: Bytes | undefined) => Read | undefined;

/** `read` of a value that is there; nothing of one that is not. */
const part = <T>(read: (bytes: Bytes) => T | undefined, place: (value: T) => Read): Part => (value) => {
  if (value === undefined) return {};
  const found = read(value);
  return found === undefined ? undefined : place(found);
};

const readValues = (context: Context, born: EkeyState, values: ReadonlyMap<string, Bytes>): Read | undefined => {
  const singles: readonly (Read | undefined)[] = [
    part((bytes) => storedMembership(context.crypto, born, bytes), (membership) => ({ membership }))(values.get(valueNames.membership)),
    part(decodeClock, (memory) => ({ clock: { ...memory, basis: undefined } }))(values.get(valueNames.clock)),
    part(decodePin, (memory) => ({ pin: { ...NO_PIN, ...memory } }))(values.get(valueNames.pin)),
    part(decodeKeyOrders, (orders) => ({ orders }))(values.get(valueNames.orders)),
    part(decodeKeyOrders, (staged) => ({ staged }))(values.get(valueNames.staged)),
    part(decodeBegun, (unfinished) => ({ unfinished }))(values.get(valueNames.contact)),
    readItems(context, values), readRevocations(values), readBag(values),
  ];
  if (singles.includes(undefined)) return undefined;
  return withHoldings(context, born, singles.reduce<Read>((all, one) => ({ ...all, ...one }), {}));
};

// Orders whose items are not all there are none that this key ever changed over to.
const withHoldings = ({ crypto }: Context, { keys }: EkeyState, read: Read): Read | undefined => {
  const { orders, membership = FACTORY, items = NO_ITEMS } = read;
  if (orders !== undefined && !orders.items.every((digest) => items.has(hex(digest)))) return undefined;
  return { ...read, holdings: holdingsOf(crypto, keys, membership, orders, items) };
};

const FACTORY: Membership = { kind: 'factory' };
const NO_ITEMS: ReadonlyMap<string, Bytes> = new Map();

const named = (values: ReadonlyMap<string, Bytes>, prefix: string): readonly (readonly [string, Bytes])[] =>
  [...values].filter(([name]) => name.startsWith(prefix)).map(([name, bytes]) => [name.slice(prefix.length), bytes]);

const readItems = ({ crypto }: Context, values: ReadonlyMap<string, Bytes>): Read | undefined => {
  const items = named(values, 'item.');
  return items.every(([name, bytes]) => hex(crypto.sha256(bytes)) === name) ? { items: new Map(items) } : undefined;
};

const readRevocations = (values: ReadonlyMap<string, Bytes>): Read | undefined => {
  const held = named(values, 'revocation.').map(([, bytes]) => storedRevocation(bytes));
  const revocations = held.filter((one) => one !== undefined).toSorted((a, b) => b.signed - a.signed);
  return revocations.length === held.length ? { revocations } : undefined;
};

const readBag = (values: ReadonlyMap<string, Bytes>): Read | undefined => {
  const forLocks = readPosts(named(values, 'for.'), decodeToLock);
  const fromLocks = readPosts(named(values, 'from.'), decodeFromLock);
  if (forLocks === undefined || fromLocks === undefined) return undefined;
  const bag: Bag = { forLocks, fromLocks, nextNumber: 1 + Math.max(0, ...[...forLocks, ...fromLocks].map(({ number }) => number)) };
  return { bag };
};

type ReadMessage<Type> = (bytes: Bytes) => { readonly type: Type; readonly body: Bytes } | undefined;

const readPosts = <Type>(posts: readonly (readonly [string, Bytes])[], decode: ReadMessage<Type>) => {
  const read = posts.map(([name, bytes]) => {
    const post = decodePost(bytes);
    const message = post && decode(post.message);
    return post === undefined || message === undefined ? undefined : { number: Number(name), lockId: post.lockId, type: message.type, body: message.body, message: post.message };
  });
  const whole = read.filter((post) => post !== undefined && Number.isSafeInteger(post.number)).toSorted((a, b) => (a?.number ?? 0) - (b?.number ?? 0));
  return whole.length === posts.length ? whole.filter((post) => post !== undefined) : undefined;
};

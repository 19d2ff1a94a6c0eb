// Seeded ways to make bytes and CBOR wrong, for attacks on decoders: small changes that keep most of the form, so that what stands
// behind the first check is reached too.

import { assert } from '@mortise/base/assert.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { Tagged, type Cbor } from '@mortise/base/cbor.ts';

export type Random = { readonly below: (limit: number) => number; readonly bytes: (length: number) => Bytes };

const MAX_RANDOM_BYTES = 300;
const MAX_INSERTED = 8;

/** mulberry32: small, seeded, good enough to choose attacks with. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return { below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) };
};

export const oneOf = <T>(random: Random, choices: readonly T[]): T => {
  const choice = choices[random.below(choices.length)];
  assert(choice !== undefined, 'something to choose from');
  return choice;
};

// ---- bytes -----------------------------------------------------------------------------------------------------------------------

type ByteMutator = (random: Random, bytes: Bytes) => Bytes;

const span = (random: Random, bytes: Bytes): readonly [number, number] => {
  const [a, b] = [random.below(bytes.length + 1), random.below(bytes.length + 1)];
  return [Math.min(a, b), Math.max(a, b)];
};

const changed = (random: Random, bytes: Bytes, change: (byte: number) => number): Bytes => {
  const at = random.below(Math.max(bytes.length, 1));
  return bytes.map((byte, index) => (index === at ? change(byte) : byte));
};

const BYTE_MUTATORS: readonly ByteMutator[] = [
  (random, bytes) => changed(random, bytes, (byte) => byte ^ (1 << random.below(8))),
  (random, bytes) => changed(random, bytes, () => random.below(256)),
  (random, bytes) => changed(random, bytes, (byte) => byte + 1),
  (random, bytes) => bytes.slice(0, random.below(bytes.length + 1)),
  (random, bytes) => concat(bytes, random.bytes(1 + random.below(MAX_INSERTED))),
  (random, bytes) => {
    const [from, to] = span(random, bytes);
    return concat(bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to));
  },
  (random, bytes) => {
    const [from, to] = span(random, bytes);
    return concat(bytes.subarray(0, from), bytes.subarray(to));
  },
  (random) => random.bytes(random.below(MAX_RANDOM_BYTES)),
];

export const mutateBytes: ByteMutator = (random, bytes) => oneOf(random, BYTE_MUTATORS)(random, bytes);

// ---- CBOR --------------------------------------------------------------------------------------------------------------------------

const NUMBERS = [0, 1, 2, 7, 8, 23, 24, 255, 256, 0xffff, 0x1_0000, 0xffff_ffff, Number.MAX_SAFE_INTEGER, -1, -25, -0x8000_0000] as const;
const TEXTS = ['', '1.0', '2.0', 'aliro-a', 'aliro-r', 'SHA-256', 'd.front', 'site', '2026-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1970-01-01T00:00:00Z', '1', '4', 'x'.repeat(65), 'é'] as const;
const LENGTHS = [0, 1, 8, 16, 17, 31, 32, 33, 64, 65, 300] as const;

/** Any small value of the kinds that documents are made of. */
const stranger = (random: Random): Cbor => oneOf(random, [
  null, true, false, oneOf(random, NUMBERS), oneOf(random, TEXTS), random.bytes(oneOf(random, LENGTHS)), [], new Map(),
  new Tagged(oneOf(random, [0, 1, 24, 25]), oneOf(random, TEXTS)), new Tagged(24, random.bytes(oneOf(random, LENGTHS))), [0, 1, 1, 1, 0], new Map([[0, 1]]),
]);

type Pairs = readonly (readonly [number | string, Cbor])[];

const PAIR_MUTATORS: readonly ((random: Random, pairs: Pairs, at: number) => Pairs)[] = [
  (_random, pairs, at) => pairs.toSpliced(at, 1),
  (random, pairs) => [...pairs, [oneOf<number | string>(random, [...NUMBERS.slice(0, 6), ...TEXTS]), stranger(random)]],
  (random, pairs, at) => pairs.map(([key, value], index) => [index === at ? oneOf<number | string>(random, [...NUMBERS, ...TEXTS]) : key, value]),
  (random, pairs, at) => pairs.map(([key, value], index) => [key, index === at ? oneOf(random, pairs)[1] : value]),
];

const ITEM_MUTATORS: readonly ((random: Random, items: readonly Cbor[], at: number) => readonly Cbor[])[] = [
  (_random, items, at) => items.toSpliced(at, 1),
  (_random, items, at) => items.toSpliced(at, 0, ...items.slice(at, at + 1)),
  (random, items, at) => items.toSpliced(at, 0, stranger(random)),
  (_random, items, at) => [...items.slice(at), ...items.slice(0, at)],
  (random, items, at) => Array.from({ length: 1 + random.below(40) }, () => items[at] ?? null),
];

const NUDGES = [-256, -8, -1, 1, 2, 8, 256, 86_400] as const;
/** How often a container is changed itself, rather than something in it: one in so many. */
const HERE = 4;
const isChild = (random: Random, size: number): boolean => size > 0 && random.below(HERE) > 0;

const mutateLeaf = (random: Random, value: Cbor): Cbor => {
  if (random.below(HERE) === 0) return stranger(random);
  if (typeof value === 'number') return value + oneOf(random, NUDGES);
  if (typeof value === 'boolean') return !value;
  if (value instanceof Uint8Array) return mutateBytes(random, value);
  return typeof value === 'string' ? value.replace(/.$/, oneOf(random, ['x', '0', 'Z', ''])) : stranger(random);
};

const mutateMap = (random: Random, map: ReadonlyMap<number | string, Cbor>): Cbor => {
  const pairs = [...map];
  const at = random.below(Math.max(pairs.length, 1));
  if (!isChild(random, pairs.length)) return new Map(oneOf(random, PAIR_MUTATORS)(random, pairs, at));
  return new Map(pairs.map(([key, value], index) => [key, index === at ? mutateCbor(random, value) : value]));
};

const mutateArray = (random: Random, items: readonly Cbor[]): Cbor => {
  const at = random.below(Math.max(items.length, 1));
  if (!isChild(random, items.length)) return oneOf(random, ITEM_MUTATORS)(random, items, at);
  return items.map((value, index) => (index === at ? mutateCbor(random, value) : value));
};

const isArray = (value: Cbor): value is readonly Cbor[] => Array.isArray(value);

/** The same value with one thing in it other. */
export const mutateCbor = (random: Random, value: Cbor): Cbor => {
  if (value instanceof Map) return mutateMap(random, value);
  if (isArray(value)) return mutateArray(random, value);
  if (!(value instanceof Tagged)) return mutateLeaf(random, value);
  return random.below(HERE) === 0 ? new Tagged(oneOf(random, [0, 1, 24, 25]), value.value) : new Tagged(value.tag, mutateCbor(random, value.value));
};

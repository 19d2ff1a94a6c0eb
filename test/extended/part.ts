// A part of the long tests: work in chunks, each from one seed, so that a failing chunk can be run again alone.

import { oneOf, seededRandom } from '@mortise/aliro/mutators.conformance.ts';
import type { Bytes } from '@mortise/base/bytes.ts';

/** What a chunk covered, as counts that add up over chunks. */
export type Covered = Readonly<Record<string, number>>;

export type Part = {
  readonly name: string;
  /** Its share of the minutes, beside the other parts' shares. */
  readonly share: number;
  /** At most so many chunks, whatever the time. */
  readonly maxChunks: number;
  /** Throws at the first thing that is not as it must be. */
  readonly chunk: (seed: number) => Promise<Covered> | Covered;
  /** What is not a sum: how many different things were seen. */
  readonly seen?: () => Covered;
  /** After the last chunk, when none failed: throws unless all of them together are as they must be. */
  readonly verdict?: () => void;
};

export type Random = { readonly below: (limit: number) => number; readonly bytes: (length: number) => Bytes; readonly pick: <T>(items: readonly T[]) => T };

/** Seeded; chooses what is tried, never a secret. */
export const randomOf = (seed: number): Random => {
  const random = seededRandom(seed);
  return { ...random, pick: (items) => oneOf(random, items) };
};

/** Bytes changed somewhere: flipped, cut, lengthened, repeated, turned about, with pieces of others put in. */
export const mutated = (random: Random, bytes: Bytes, others: readonly Bytes[]): Bytes => {
  const [a, b] = [random.below(bytes.length + 1), random.below(bytes.length + 1)];
  const [from, to] = [Math.min(a, b), Math.max(a, b)];
  const spliced = (...middle: readonly Bytes[]): Bytes => Uint8Array.from([bytes.subarray(0, from), ...middle, bytes.subarray(to)].flatMap((part) => [...part]));
  switch (random.below(7)) {
    case 0:
      return bytes.map((byte, at) => (at === from ? byte ^ (1 << random.below(8)) : byte));
    case 1:
      return bytes.map((byte, at) => (at === from ? random.below(256) : byte));
    case 2:
      return bytes.slice(0, from);
    case 3:
      return spliced(bytes.subarray(from, to), bytes.subarray(from, to));
    case 4:
      return spliced();
    case 5:
      return spliced(random.pick(others).subarray(0, random.below(200)));
    default:
      return spliced(random.bytes(random.below(12)));
  }
};

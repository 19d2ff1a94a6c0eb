// Chance from a seed: the same seed, the same estate, to the byte. Each part of the world draws from a branch of its own, so that one more
// draw in one place leaves the others as they were.

import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

const BYTES = 32;

export class Chance {
  readonly #crypto: Crypto;
  readonly #name: string;
  readonly #numbers: ReturnType<typeof xoroshiro128plusFromState>;
  #drawn = 0;

  constructor(crypto: Crypto, name: string) {
    this.#crypto = crypto;
    this.#name = name;
    const seed = new DataView(crypto.sha256(utf8(name)).buffer);
    this.#numbers = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => seed.getInt32(at)));
  }

  branch(name: string): Chance {
    return new Chance(this.#crypto, `${this.#name}/${name}`);
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return uniformInt(this.#numbers, min, max);
  }

  /** True once in `times`, on average. */
  onceIn(times: number): boolean {
    return this.whole(1, times) === 1;
  }

  pick<T>(list: readonly T[]): T {
    return required(list[this.whole(0, list.length - 1)], 'a list to pick from is not empty');
  }

  /** `count` of them, each at most once, in any order; all when there are fewer. */
  some<T>(list: readonly T[], count: number): readonly T[] {
    const left = [...list];
    return Array.from({ length: Math.min(count, list.length) }, () => required(left.splice(this.whole(0, left.length - 1), 1)[0], 'there is one left'));
  }

  /** 32 bytes that are drawn once. */
  entropy(): Bytes {
    this.#drawn += 1;
    return this.#crypto.sha256(utf8(`${this.#name} ${this.#drawn}`)).slice(0, BYTES);
  }
}

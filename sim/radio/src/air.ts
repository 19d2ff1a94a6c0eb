// What is between two antennas: distance, range, loss and delay. Chance comes from one seed: the same seed and the same doings, the same
// story.

import { assert } from '@mortise/base/assert.ts';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** In metres, in the plane. */
export type Place = { readonly x: number; readonly y: number };

export type Weather = {
  /** Farther than this nothing is heard. */
  readonly rangeM: number;
  /** The chance, 0 to 1, that a packet is not heard. On a connection it is sent again; an advertisement is gone. */
  readonly loss: number;
  /** Each packet of a connection takes between these, drawn for each; they never overtake each other. */
  readonly delayMs: readonly [number, number];
};

export const FAIR: Weather = { rangeM: 30, loss: 0, delayMs: [0, 0] };

const RSSI_AT_ONE_METRE_DBM = -45;
const NEAREST_M = 0.1;

export class Air {
  readonly #numbers: ReturnType<typeof xoroshiro128plus>;
  #weather: Weather;

  constructor(seed: number, weather: Weather) {
    this.#numbers = xoroshiro128plus(seed);
    this.#weather = checked(weather);
  }

  change(weather: Partial<Weather>): void {
    this.#weather = checked({ ...this.#weather, ...weather });
  }

  /** A number from 0 to 1, 1 excluded. */
  chance(): number {
    return uniformFloat64(this.#numbers);
  }

  /** Can anything at all pass between them? */
  reaches(from: Place, to: Place): boolean {
    return distanceM(from, to) <= this.#weather.rangeM && this.#weather.loss < 1;
  }

  /** Does this packet arrive? */
  carries(from: Place, to: Place): boolean {
    return this.reaches(from, to) && (this.#weather.loss === 0 || this.chance() >= this.#weather.loss);
  }

  delayMs(): number {
    const [least, most] = this.#weather.delayMs;
    return least === most ? least : least + this.chance() * (most - least);
  }
}

/** What a receiver measures, in dBm: free space, -127 at the least. */
export const rssiDbm = (from: Place, to: Place): number =>
  Math.max(-127, Math.round(RSSI_AT_ONE_METRE_DBM - 20 * Math.log10(Math.max(NEAREST_M, distanceM(from, to)))));

const distanceM = (from: Place, to: Place): number => Math.hypot(from.x - to.x, from.y - to.y);

const checked = (weather: Weather): Weather => {
  const [least, most] = weather.delayMs;
  assert(weather.loss >= 0 && weather.loss <= 1, 'loss is a chance');
  assert(weather.rangeM >= 0 && least >= 0 && most >= least, 'range and delay are not negative');
  return weather;
};

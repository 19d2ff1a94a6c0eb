// The ratio of two pieces of work in one process.

import { median, type Figure } from './bench.ts';

/**
 * Microseconds of one call. The two pieces of work take turns, and the median of their ratios counts: what the
 * machine's other processes and the collector take now and then falls on few pairs. (Counted in, the collector's helper
 * threads add some 0.1 to 0.2 on two cores.)
 */
const timeOf = (work: () => void): number => {
  const before = performance.now();
  work();
  return (performance.now() - before) * 1000;
};

const SAMPLES = 2000;
/**
 * Until the just-in-time compiler has settled: a reader that is asked often is what is measured. What runs once in a round is compiled for good only
 * after some thousands of rounds: the contact of an electronic key, with its several hundred functions, stands at 1.30 after 5000 of them, at 1.28
 * after 10,000 and at 1.26 after 20,000.
 */
const WARM_UP = 20_000;

/** The median of the ratios of `SAMPLES` pairs. */
export const ratioOf = (work: () => void, against: () => void): Pick<Figure, 'value' | 'samples'> => {
  const sample = (): number => timeOf(work) / timeOf(against);
  for (let warm = 0; warm < WARM_UP; warm += 1) sample();
  return { value: median(Array.from({ length: SAMPLES }, sample)), samples: SAMPLES };
};

// What a benchmark is: a name and a run that answers a figure with the thing it was measured against.

export type Figure = {
  readonly value: number;
  readonly goal?: number;
  readonly better: 'lower' | 'higher';
  readonly unit: string;
  /** What the value is a ratio to, or the limit it stands against, in the same run. */
  readonly against: string;
  readonly samples: number;
};

export type Measurement = Figure & { readonly name: string };
export type Bench = { readonly name: string; readonly run: () => Promise<Figure> };

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

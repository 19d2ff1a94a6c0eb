// `npm run bench [-- NAME…] [--json]`: every benchmark is a ratio to a stated limit or to a peer measured in the same run.

import { globSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import type { Bench, Measurement } from './bench.ts';

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true });

const isBench = (value: unknown): value is Bench =>
  typeof value === 'object' && value !== null && 'name' in value && 'run' in value && typeof value.run === 'function';

const load = async (file: string): Promise<readonly Bench[]> => {
  const module: Record<string, unknown> = await import(pathToFileURL(file).href);
  return Object.values(module).flat().filter(isBench);
};

const verdict = ({ value, goal, better }: Measurement): string => {
  if (goal === undefined) return '';
  return (better === 'lower' ? value <= goal : value >= goal) ? 'met' : 'MISSED';
};

const number = (value: number): string => value.toPrecision(4);
const goalOf = ({ goal, better }: Measurement): string => (goal === undefined ? '-' : `${better === 'lower' ? '≤' : '≥'} ${goal}`);

const row = (measured: Measurement): string =>
  [measured.name.padEnd(32), number(measured.value).padStart(9), measured.unit.padEnd(6), 'goal', goalOf(measured).padEnd(8), verdict(measured).padEnd(7), `${measured.samples} samples, against ${measured.against}`].join(' ');

const print = (measured: Measurement): void => {
  process.stdout.write(`${values.json ? JSON.stringify(measured) : row(measured)}\n`);
};

const wanted = (name: string): boolean => positionals.length === 0 || positionals.some((part) => name.startsWith(part));
const benches = (await Promise.all(globSync('bench/*.bench.ts').toSorted().map(load))).flat().filter(({ name }) => wanted(name));
if (benches.length === 0) {
  process.stderr.write(`No benchmark is called ${positionals.join(', ')}. Run without a name to see them all.\n`);
  process.exit(2);
}
for (const bench of benches) print({ name: bench.name, ...(await bench.run()) });
process.exit(0);

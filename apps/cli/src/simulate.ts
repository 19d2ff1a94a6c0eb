// `mortise simulate estate`: an estate of passive locks and electronic keys at work on a virtual clock, from a seed.

import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { MAX_DAYS, simulate as run, type Report } from '@mortise/estate/simulate.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { readArguments, refuse, type CommandError } from './command.ts';
import { startProgress } from './progress.ts';
import { formatTable, wrapped } from './table.ts';
import { EXIT, type Terminal } from './terminal.ts';

const OPTIONS = { seed: { type: 'string' }, days: { type: 'string' }, json: { type: 'boolean' } } as const;
const DEFAULT_DAYS = '5';
const MAX_SEED = 4_294_967_295;
const STORY_INDENT = 11;

/** Exit code 0: every invariant held; 1: one did not; 2: wrong arguments. */
export const simulate = (args: readonly string[], terminal: Terminal): number => {
  const asked = readAsked(args, terminal);
  if (!asked.ok) return refuse(terminal, asked.error, args.includes('--json'));
  const { seed, days, json } = asked.value;
  let today = 0;
  const progress = startProgress(terminal, () => (today === 0 ? 'fitting the locks' : `day ${Math.min(today, days)} of ${days}`));
  const report = run(nodeCrypto, { seed, days }, (day) => {
    today = day;
    progress.step();
  });
  progress.end();
  terminal.out(json ? `${JSON.stringify(report)}\n` : textOf(report));
  return report.held ? EXIT.good : EXIT.wrong;
};

type Asked = { readonly seed: number; readonly days: number; readonly json: boolean };

const readAsked = (args: readonly string[], terminal: Terminal): Result<Asked, CommandError> => {
  const read = readArguments('simulate', args, OPTIONS);
  if (!read.ok) return read;
  const { values, positionals: [what, ...others] } = read.value;
  if (what !== 'estate' || others.length > 0) return wrong('Say what to simulate: estate.');
  // Without a seed it is another estate each time; which one is told.
  const seed = wholeNumber(values.seed ?? String(instant(Math.trunc(terminal.wallClock())) % MAX_SEED), 0, MAX_SEED);
  const days = wholeNumber(values.days ?? DEFAULT_DAYS, 1, MAX_DAYS);
  if (seed === undefined) return wrong(`--seed is a whole number from 0 to ${MAX_SEED}.`);
  return days === undefined ? wrong(`--days is a whole number from 1 to ${MAX_DAYS}.`) : ok({ seed, days, json: values.json === true });
};

const wrong = (message: string): Result<never, CommandError> => err({ code: 'arguments-wrong', message: `${message} \`mortise help simulate\` says more.` });

const wholeNumber = (text: string, min: number, max: number): number | undefined => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return value === undefined || value < min || value > max ? undefined : value;
};

const textOf = ({ seed, days, size, story, statistics, invariants, broken, held }: Report): string =>
  [
    `${size.locations} locations, ${size.locks} locks, ${size.keys} keys, ${size.people} people, ${days} days, seed ${seed}.\n\n`,
    ...story.map((line) => wrapped(line, STORY_INDENT)),
    '\n',
    formatTable([{ title: 'What happened', align: 'left' }, { title: 'Times', align: 'right' }], statistics.map(([what, count]) => [what, String(count)])),
    '\n',
    formatTable([{ title: 'What must hold', align: 'left' }, { title: 'Checks', align: 'right' }, { title: 'Broken', align: 'right' }], invariants.map(({ says, checks, broken: count }) => [says, String(checks), String(count)])),
    ...broken.map(({ invariant, what }) => wrapped(`BROKEN ${invariant}: ${what}`, 2)),
    `\n${held ? 'Everything held.' : 'Something did not hold.'} The same again: mortise simulate estate --seed ${seed} --days ${days}\n`,
  ].join('');

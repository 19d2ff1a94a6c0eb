// `mortise reasons`: the closed table of reasons, in the words of the app.

import { isReason, REASONS, reasonOf, type Reason } from '@mortise/base/reasons.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { readArguments, refuse, type CommandError } from './command.ts';
import { wrapped } from './table.ts';
import { EXIT, type Terminal } from './terminal.ts';

const OPTIONS = { json: { type: 'boolean' } } as const;
const ALL: readonly Reason[] = Object.keys(REASONS).filter(isReason);
const CODE_WIDTH = Math.max(...ALL.map(({ length }) => length));
const NUMBER_WIDTH = 6;

/** Exit code 0; 2: wrong arguments, or no such reason. */
export const reasons = (args: readonly string[], terminal: Terminal): number => {
  const read = readArguments('reasons', args, OPTIONS);
  if (!read.ok) return refuse(terminal, read.error, args.includes('--json'));
  const { values: { json = false }, positionals } = read.value;
  const chosen = choose(positionals);
  if (!chosen.ok) return refuse(terminal, chosen.error, json);
  terminal.out(json ? `${JSON.stringify({ reasons: chosen.value.map(jsonOf) })}\n` : [row('Code', 'Number', 'In words'), ...chosen.value.map(rowOf)].join(''));
  return EXIT.good;
};

const choose = (names: readonly string[]): Result<readonly Reason[], CommandError> => {
  if (names.length === 0) return ok(ALL);
  const found = names.map((name) => [name, named(name)] as const);
  const unknown = found.find(([, reason]) => reason === undefined);
  if (unknown !== undefined) return err({ code: 'reason-unknown', message: `There is no reason "${unknown[0]}". \`mortise reasons\` lists them, by code and number.` });
  return ok(found.flatMap(([, reason]) => reason ?? []));
};

const named = (name: string): Reason | undefined => {
  if (isReason(name)) return name;
  return /^\d{1,5}$/.test(name) ? reasonOf(Number(name)) : undefined;
};

const rowOf = (reason: Reason): string => row(reason, String(REASONS[reason].number), reasonSentence(reason));

const row = (code: string, number: string, words: string): string =>
  wrapped(`${code.padEnd(CODE_WIDTH)}  ${number.padStart(NUMBER_WIDTH)}  ${words}`, CODE_WIDTH + NUMBER_WIDTH + 4);

const jsonOf = (reason: Reason): object => {
  const { number, readerStatus, sentence } = REASONS[reason];
  return { reason, number, says: reasonSentence(reason), sentence, tag97: readerStatus.toString(16).toUpperCase().padStart(4, '0') };
};

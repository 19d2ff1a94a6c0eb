// `mortise lock` and `mortise ekey`: the process of a device, in this one. What its first word says is told to a person, or with --json to a program.

import { sayJson, type FirstWord, type Say } from '@mortise/device/process.ts';
import { EXIT, printable } from './terminal.ts';

type Run = (argv: readonly string[], say: Say) => Promise<void>;

/** Answers once it runs, which it does until a signal ends it; or could not start. */
export const device = async (run: Run, args: readonly string[]): Promise<number> => {
  const isJson = args.includes('--json');
  await run(args.filter((arg) => arg !== '--json'), isJson ? sayJson : sayWords);
  return process.exitCode === undefined ? EXIT.good : EXIT.refused;
};

const sayWords = (word: FirstWord): void => {
  if (!word.ready) return void process.stderr.write(`mortise: ${printable(word.error.message)}\n`);
  const width = Math.max(...Object.keys(word.said).map((name) => name.length));
  for (const [name, value] of Object.entries(word.said)) process.stdout.write(`mortise: ${name.padEnd(width)}  ${value}\n`);
  return undefined;
};

// From the words after `mortise` to a command. --help and --version work where people try them.

import { refuse, unknownCommand } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** Runs the command that `args` name; answers the exit code. */
export const dispatch = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const [name = 'help', ...rest] = args.map((word, index) => (index === 0 ? (ALIAS.get(word) ?? word) : word));
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return refuse(terminal, unknownCommand(name, COMMANDS), rest.includes('--json'));
  const options = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : rest.length);
  if (options.some((option) => option === '--help' || option === '-h')) {
    terminal.out(command.help);
    return EXIT.good;
  }
  return command.run(rest, terminal);
};

const ALIAS: ReadonlyMap<string, string> = new Map([['--help', 'help'], ['-h', 'help'], ['--version', 'version'], ['-v', 'version']]);

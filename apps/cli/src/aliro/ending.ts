// How a transaction ended, as the command line says it (SPEC §11.1): one JSON line of four keys, and the exit code.

import { hex, uint } from '@mortise/base/bytes.ts';
import { EXIT, type Terminal } from '../terminal.ts';

/** Where it ended or was decided; before there are keys, at which command. */
export type EndPhase = 'select' | 'auth0' | 'auth1' | 'fast' | 'standard' | 'stepUp';

/** `readerStatus`: tag 97 as it was sent or received; absent: none was. `broken`: the connection ended before the transaction did. */
export type Ending = {
  readonly access: 'granted' | 'denied';
  readonly readerStatus?: number;
  readonly reason: string;
  readonly phase: EndPhase;
  readonly broken: boolean;
};

const exitCodeOf = ({ access, broken }: Ending): number => {
  if (broken) return EXIT.wrong;
  return access === 'granted' ? EXIT.good : EXIT.denied;
};

/** Answers the exit code. */
export const tellEnding = (terminal: Terminal, ending: Ending): number => {
  const { access, readerStatus, reason, phase } = ending;
  terminal.out(`${JSON.stringify({ access, readerStatus: readerStatus === undefined ? null : hex(uint(readerStatus, 2)), reason, phase })}\n`);
  return exitCodeOf(ending);
};

// Says how far a command is, once it has taken longer than a second. On a terminal one line is written over; elsewhere
// (a log, a pipe) a line now and then.

import type { Terminal } from './terminal.ts';

export type Progress = {
  /** One more is done. */
  readonly step: () => void;
  /** Takes the line away. */
  readonly end: () => void;
};

const QUIET_MS = 1000;
const EVERY_MS = { tty: 200, line: 5000 } as const;
/** How many steps between two looks at the clock. */
const STRIDE = 64;

/** `says` makes the line from how many are done. */
export const startProgress = (terminal: Terminal, says: (done: number) => string): Progress => {
  let done = 0;
  let shown = false;
  let next = terminal.now() + QUIET_MS;
  const show = (): void => {
    const now = terminal.now();
    if (now < next) return;
    next = now + (terminal.errIsTty ? EVERY_MS.tty : EVERY_MS.line);
    shown = true;
    terminal.err(terminal.errIsTty ? `\r${says(done)}\u001B[K` : `${says(done)}\n`);
  };
  return {
    step: () => {
      done += 1;
      if (done % STRIDE === 0) show();
    },
    end: () => {
      if (shown && terminal.errIsTty) terminal.err('\r\u001B[K');
    },
  };
};

// A clock that a test moves: for the programs that it starts (shifted-clock.mjs) and for the pages that it opens.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const PRELOAD = new URL('shifted-clock.mjs', import.meta.url).href;

export type MovedClock = {
  /** For the programs: the hub, and the lock that it starts. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on it is `at` (ms since 1970), and goes on from there. */
  readonly set: (at: number, pages: readonly Page[]) => Promise<void>;
  /** So many ms pass at once, on the calendar and on the programs' running clocks. */
  readonly pass: (ms: number, pages: readonly Page[]) => Promise<void>;
};

/** `directory`: where the shift is written down; the clock begins as the machine’s. */
export const movedClock = (directory: string): MovedClock => {
  const file = join(directory, 'clock-shift');
  let [shiftMs, passedMs] = [0, 0];
  const move = async (pages: readonly Page[]): Promise<void> => {
    writeFileSync(file, `${shiftMs} ${passedMs}`);
    for (const page of pages) await page.clock.setSystemTime(Date.now() + shiftMs);
  };
  writeFileSync(file, '0');
  return {
    env: { MORTISE_TEST_CLOCK: file, NODE_OPTIONS: `--import=${PRELOAD}` },
    set: (at, pages) => {
      shiftMs = at - Date.now();
      return move(pages);
    },
    pass: (ms, pages) => {
      [shiftMs, passedMs] = [shiftMs + ms, passedMs + ms];
      return move(pages);
    },
  };
};

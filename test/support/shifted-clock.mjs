// Loaded before a program of ours by `node --import`: its calendar is moved by the whole milliseconds that stand in the file
// MORTISE_TEST_CLOCK, read anew whenever it changes. Monotonic time and timers stay true; only what `Date` says is another day.

import { readFileSync, statSync } from 'node:fs';

const file = process.env.MORTISE_TEST_CLOCK;
const TrueDate = Date;
let readAt = -1;
let shiftMs = 0;

const shift = () => {
  const { mtimeMs } = statSync(file);
  if (mtimeMs !== readAt) {
    readAt = mtimeMs;
    shiftMs = Number(readFileSync(file, 'utf8'));
  }
  return shiftMs;
};

const now = () => TrueDate.now() + shift();

if (file !== undefined) {
  globalThis.Date = class extends TrueDate {
    constructor(...args) {
      if (args.length === 0) super(now());
      else super(...args);
    }
    static now() {
      return now();
    }
  };
}

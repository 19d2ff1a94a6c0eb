// Loaded before a program of ours by `node --import`: its calendar is moved by the whole milliseconds that stand in the file MORTISE_TEST_CLOCK, and its running
// clock by those that stand after them, read anew whenever it changes. Timers stay true: whoever waits wakes when it would have, and finds that it is later.

import { readFileSync, statSync } from 'node:fs';

const file = process.env.MORTISE_TEST_CLOCK;
const TrueDate = Date;
const trueRunning = performance.now.bind(performance);
let readAt = -1;
let [shiftMs, passedMs] = [0, 0];

const look = () => {
  const { mtimeMs } = statSync(file);
  if (mtimeMs === readAt) return;
  readAt = mtimeMs;
  [shiftMs, passedMs = 0] = readFileSync(file, 'utf8').split(' ').map(Number);
};

const now = () => {
  look();
  return TrueDate.now() + shiftMs;
};

if (file !== undefined) {
  performance.now = () => {
    look();
    return trueRunning() + passedMs;
  };
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

// What happened, in lines that a person reads: the day and hour at the estate, and a sentence. What happens all the time is counted, not told.

import type { Instant } from '@mortise/base/instant.ts';

export class Story {
  readonly lines: string[] = [];
  readonly counts = new Map<string, number>();
  readonly #now: () => Instant;
  readonly #format: Intl.DateTimeFormat;

  constructor(now: () => Instant, zone: string) {
    this.#now = now;
    this.#format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' });
  }

  tell(sentence: string): void {
    this.lines.push(`${this.#format.format(this.#now())}  ${sentence}`);
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }
}

// The time by the key's clock as records and answers give it.

import type { ClockQuality, Instant } from '@mortise/base/instant.ts';
import { MAX_DRIFT_PPM } from '@mortise/documents/time.ts';
import type { Reading } from './events.ts';
import { isKeyClockValid, keyClockQuality, keyErrorMs, keyInstant } from './key-clock.ts';
import type { EkeyState } from './state.ts';

/** As certified; a clock that nobody certified is the worst that could be. */
export const driftPpmOf = ({ holdings }: EkeyState): number => holdings.own?.driftPpm ?? MAX_DRIFT_PPM;

export const hasTime = (state: EkeyState, now: Reading): boolean => isKeyClockValid(state.clock, driftPpmOf(state), now);

/** `errorMs`: Infinity where the clock is `lost` because nothing set it. */
export const stampOf = (state: EkeyState, now: Reading): { readonly instant: Instant; readonly clock: ClockQuality; readonly errorMs: number } =>
  ({ instant: keyInstant(state.clock, now), clock: keyClockQuality(state.clock, driftPpmOf(state), now), errorMs: keyErrorMs(state.clock, driftPpmOf(state), now) });

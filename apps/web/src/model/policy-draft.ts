// What an owner fills in of a door's policy: when it locks by itself, what of it is an alarm, how long a latch or a strike stays free, when it is kept unlocked. The bounds here are
// narrower than those of the format where less would only vex whoever goes through the door. What the lock is not built for is not asked, and stays as it was.

import type { HoursWindow } from '@mortise/api/grants.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { canHold, hasLatch, type Built } from '@mortise/courier/built.ts';
import { DEFAULT_DOOR_POLICY, DOOR_POLICY_BOUNDS, MAX_HOLD_HOURS, type DoorPolicy, type NightPolicy } from '@mortise/documents/door-policy.ts';
import { POLICY_BOUNDS, type Policy } from '@mortise/documents/roster.ts';
import { scheduleOf, windowOf } from '@mortise/management/hours-window.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { boundsSentence, durationOf, msOf, type Duration, type DurationBounds } from './duration.ts';

/** In ms. */
export const BOUNDS = {
  relock: { min: 3000, max: POLICY_BOUNDS.relockDelayMs.max },
  night: { min: 3000, max: DOOR_POLICY_BOUNDS.nightRelockDelayMs.max },
  ajar: { min: 10_000, max: DOOR_POLICY_BOUNDS.ajarAfterMs.max },
  left: { min: 10_000, max: DOOR_POLICY_BOUNDS.leftUnlockedAfterMs.max },
  latch: { min: 1000, max: DOOR_POLICY_BOUNDS.latchMs.max },
  release: { min: 1000, max: DOOR_POLICY_BOUNDS.releaseMs.max },
} as const satisfies Readonly<Record<string, DurationBounds>>;
export type Measure = keyof typeof BOUNDS;

export type PolicyDraft = {
  readonly durations: Readonly<Record<Measure, Duration>>;
  /** Which of them are so at all; latch and release always are. */
  readonly on: Readonly<Record<'relock' | 'night' | 'ajar' | 'left', boolean>>;
  readonly relockOnClose: boolean;
  /** HH:MM on the door's wall clock. */
  readonly nightFrom: string;
  readonly nightUntil: string;
  readonly hours: readonly HoursWindow[];
  /** Hours that nobody made here and that this page cannot show: they stay. */
  readonly otherHours: readonly Schedule[];
};

/** What is offered where nothing is set. */
const USUAL_MS: Readonly<Record<Measure, number>> = { relock: 300_000, night: 30_000, ajar: 120_000, left: 1_800_000, latch: DEFAULT_DOOR_POLICY.latchMs, release: DEFAULT_DOOR_POLICY.releaseMs };
const [USUAL_NIGHT_FROM, USUAL_NIGHT_UNTIL] = ['22:00', '06:00'];

export const draftOfPolicy = ({ relockDelayMs, relockOnClose, door = DEFAULT_DOOR_POLICY }: Policy): PolicyDraft => {
  const { night, ajarAfterMs, leftUnlockedAfterMs, latchMs, releaseMs, holdHours } = door;
  const shown = (measure: Measure, ms: number): Duration => durationOf(ms === 0 ? USUAL_MS[measure] : ms);
  return {
    durations: {
      relock: shown('relock', relockDelayMs), night: shown('night', night?.relockDelayMs ?? 0), ajar: shown('ajar', ajarAfterMs), left: shown('left', leftUnlockedAfterMs),
      latch: shown('latch', latchMs), release: shown('release', releaseMs),
    },
    on: { relock: relockDelayMs > 0, night: night !== null, ajar: ajarAfterMs > 0, left: leftUnlockedAfterMs > 0 },
    relockOnClose, nightFrom: night === null ? USUAL_NIGHT_FROM : timeOf(night.from), nightUntil: night === null ? USUAL_NIGHT_UNTIL : timeOf(night.until),
    hours: holdHours.flatMap((each) => plainHours(each)), otherHours: holdHours.filter((each) => windowOf(each) === undefined),
  };
};

const plainHours = (schedule: Schedule): readonly HoursWindow[] => {
  const window = windowOf(schedule);
  return window === undefined ? [] : [{ ...window, days: [...window.days] }];
};

/** Which measures a lock that is built so has; undefined: it has not said how it is built, and all of them are asked. */
export const measuresOf = (built: Built | undefined): readonly Measure[] => {
  if (built === undefined) return ['relock', 'night', 'ajar', 'left', 'latch', 'release'];
  const pulses = built.opening === 'pulse';
  return [
    ...(pulses || built.mechanism === 'hand' ? [] : (['relock', 'night'] as const)), 'ajar', ...(pulses ? [] : (['left'] as const)),
    ...(hasLatch(built) ? (['latch'] as const) : []), ...(pulses ? (['release'] as const) : []),
  ];
};

/** Whether there is anything about it that owners could set. */
export const hasPolicy = (built: Built | undefined): boolean => built === undefined || canHold(built);

/** `field`: where it stands. */
export type PolicyFault = { readonly field: Measure | 'nightTimes' | 'hours'; readonly says: string };

/** The policy that it asks for; `before`: the one that it was filled in from. */
export const policyOfDraft = (draft: PolicyDraft, before: Policy, built: Built | undefined): Result<Policy, PolicyFault> => {
  const asked = measuresOf(built);
  const fault = durationFault(draft, asked) ?? nightFault(draft, asked) ?? leftFault(draft, asked);
  const holdHours = hoursOf(draft);
  if (fault !== undefined) return err(fault);
  if (!holdHours.ok) return holdHours;
  const door = before.door ?? DEFAULT_DOOR_POLICY;
  const value = (measure: Measure, old: number): number => (asked.includes(measure) ? (isOn(draft, measure) ? (inBounds(draft, measure) ?? old) : 0) : old);
  const next: DoorPolicy = {
    night: asked.includes('night') ? nightOf(draft) : door.night, ajarAfterMs: value('ajar', door.ajarAfterMs), leftUnlockedAfterMs: value('left', door.leftUnlockedAfterMs),
    latchMs: value('latch', door.latchMs), releaseMs: value('release', door.releaseMs), holdHours: holdHours.value,
  };
  const relockOnClose = asked.includes('relock') ? (draft.on.relock || draft.on.night) && draft.relockOnClose : before.relockOnClose;
  return ok({ ...before, relockDelayMs: value('relock', before.relockDelayMs), relockOnClose, door: next });
};

const isOn = ({ on }: PolicyDraft, measure: Measure): boolean => {
  if (measure === 'latch' || measure === 'release') return true;
  return on[measure];
};

const inBounds = ({ durations }: PolicyDraft, measure: Measure): number | undefined => msOf(durations[measure], BOUNDS[measure]);

const durationFault = (draft: PolicyDraft, asked: readonly Measure[]): PolicyFault | undefined => {
  const field = asked.find((measure) => isOn(draft, measure) && inBounds(draft, measure) === undefined);
  return field === undefined ? undefined : { field, says: boundsSentence(BOUNDS[field]) };
};

const nightFault = (draft: PolicyDraft, asked: readonly Measure[]): PolicyFault | undefined => {
  if (!asked.includes('night') || !isOn(draft, 'night')) return undefined;
  const [from, until] = [minutesOf(draft.nightFrom), minutesOf(draft.nightUntil)];
  if (from === undefined || until === undefined) return { field: 'nightTimes', says: 'Say when the night begins and when it ends.' };
  return from === until ? { field: 'nightTimes', says: 'The night begins and ends at the same time. Give it two.' } : undefined;
};

// An alarm before the lock has had its time to lock would come each time that somebody goes through.
const leftFault = (draft: PolicyDraft, asked: readonly Measure[]): PolicyFault | undefined => {
  if (!asked.includes('left') || !asked.includes('relock') || !isOn(draft, 'left') || !isOn(draft, 'relock')) return undefined;
  return (inBounds(draft, 'left') ?? 0) > (inBounds(draft, 'relock') ?? 0) ? undefined : { field: 'left', says: 'It must be longer than the time after which the door locks by itself.' };
};

const nightOf = (draft: PolicyDraft): NightPolicy | null => {
  const [relockDelayMs, from, until] = [inBounds(draft, 'night'), minutesOf(draft.nightFrom), minutesOf(draft.nightUntil)];
  return !isOn(draft, 'night') || relockDelayMs === undefined || from === undefined || until === undefined ? null : { relockDelayMs, from, until };
};

const hoursOf = ({ hours, otherHours }: PolicyDraft): Result<readonly Schedule[], PolicyFault> => {
  if (hours.some(({ days }) => days.length === 0)) return err({ field: 'hours', says: 'Choose at least one day for each of the hours.' });
  const schedules = hours.map((each) => scheduleOf(each));
  if (schedules.some((each) => each === undefined)) return err({ field: 'hours', says: 'Say from when to when.' });
  const all = [...otherHours, ...schedules.flatMap((each) => each ?? [])];
  return all.length > MAX_HOLD_HOURS ? err({ field: 'hours', says: `At most ${MAX_HOLD_HOURS} of them.` }) : ok(all);
};

const minutesOf = (time: string): number | undefined => {
  const [, hours = '', minutes = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hours === '' ? undefined : Number(hours) * 60 + Number(minutes);
};

export const timeOf = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

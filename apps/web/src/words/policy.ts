// A door's policy in sentences, as a lock that is built so goes by it.

import type { Built } from '@mortise/courier/built.ts';
import { DEFAULT_DOOR_POLICY } from '@mortise/documents/door-policy.ts';
import type { Policy } from '@mortise/documents/roster.ts';
import { windowOf } from '@mortise/management/hours-window.ts';
import { hourWords, hoursWords } from '@mortise/words/terms.ts';
import { durationWords } from '../model/duration.ts';
import { measuresOf, timeOf, type Measure } from '../model/policy-draft.ts';
import { capital } from './record.ts';

type Row = readonly [string, string];

const relockWords = ({ relockDelayMs, relockOnClose }: Policy): string => {
  if (relockDelayMs === 0) return 'Never';
  return `${durationWords(relockDelayMs)} after it was unlocked and closed${relockOnClose ? '; at once when an open door is closed' : ''}`;
};

const nightWords = ({ door }: Policy): string => {
  if (door === undefined || door.night === null) return 'As by day';
  return `${durationWords(door.night.relockDelayMs)}, from ${hourWords(timeOf(door.night.from))} to ${hourWords(timeOf(door.night.until))}`;
};

const alarmWords = (ms: number): string => (ms === 0 ? 'Never an alarm' : `An alarm after ${durationWords(ms)}`);

const holdWords = ({ door }: Policy): string => {
  const hours = door?.holdHours ?? [];
  const plain = hours.flatMap((each) => windowOf(each) ?? []);
  if (hours.length === 0) return 'None';
  const others = hours.length - plain.length;
  return [...(plain.length === 0 ? [] : [capital(hoursWords(plain))]), ...(others === 0 ? [] : [`${others} that this page cannot show`])].join('; ');
};

const ROWS: Readonly<Record<Measure, (policy: Policy) => Row>> = {
  relock: (policy) => ['Locks by itself', relockWords(policy)],
  night: (policy) => ['At night', nightWords(policy)],
  ajar: ({ door = DEFAULT_DOOR_POLICY }) => ['Door open', alarmWords(door.ajarAfterMs)],
  left: ({ door = DEFAULT_DOOR_POLICY }) => ['Left unlocked', alarmWords(door.leftUnlockedAfterMs)],
  latch: ({ door = DEFAULT_DOOR_POLICY }) => ['Latch drawn for', durationWords(door.latchMs)],
  release: ({ door = DEFAULT_DOOR_POLICY }) => ['Free for', `${durationWords(door.releaseMs)} at each opening`],
};

export const policyRows = (policy: Policy, built: Built | undefined): readonly Row[] => [
  ...measuresOf(built).map((measure) => ROWS[measure](policy)), ['Unlocked hours', holdWords(policy)],
];

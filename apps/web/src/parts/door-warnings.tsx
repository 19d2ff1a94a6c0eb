// What a lock says now that needs somebody: as banners on its door's page, as marks on a tile. What it said long ago, or through a broken link, is not shown as so.

import type { Door } from '@mortise/api/locks.ts';
import { BATTERY_EMPTY_MV, type Warning } from '@mortise/courier/status.ts';
import { knownOf, saidOf } from '../model/live.ts';
import { BATTERY_ADVICE, batterySentence, isBatteryLow } from '../words/battery.ts';
import { byUrgency, reserveSentence, WARNING_WORDS } from '../words/door-warnings.ts';
import { Banner, Chip } from './small.tsx';

const warningsOf = (door: Door): readonly Warning[] => {
  const { said, doubt } = saidOf(door);
  return doubt !== undefined || !knownOf(door).online ? [] : byUrgency(said?.warnings ?? []);
};

const Battery = ({ door }: { readonly door: Door }) => {
  const { batteryMv = Infinity, reserve } = saidOf(door).said ?? {};
  if (reserve !== undefined && batteryMv >= BATTERY_EMPTY_MV) return <Banner tone="alarm" icon="battery"><b>{reserveSentence(reserve)}</b> Change the battery now. The inside handle always works.</Banner>;
  return isBatteryLow(batteryMv) ? <Banner tone="alarm"><b>{batterySentence(batteryMv)}</b> {BATTERY_ADVICE}</Banner> : null;
};

export const DoorWarnings = ({ door }: { readonly door: Door }) => (
  <>
    {warningsOf(door).map((warning) => {
      const { title, says, tone } = WARNING_WORDS[warning];
      return <Banner key={warning} tone={tone}><b>{title}</b> {says}</Banner>;
    })}
    <Battery door={door} />
  </>
);

/** Of a tile: short, and only where there is something. */
export const WarningChips = ({ door }: { readonly door: Door }) => {
  const warnings = warningsOf(door);
  return warnings.length === 0 ? null : <p class="tile__why tile__marks">{warnings.map((warning) => <Chip key={warning} tone="alarm">{WARNING_WORDS[warning].short}</Chip>)}</p>;
};

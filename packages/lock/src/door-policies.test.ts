// What a lock does by its owners' policy and by its sensors: held open, relocked at night, alarms of the door and of the body, the battery's reserve.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startClock } from '@mortise/access/clock.ts';
import { identifierOf, type DoorId } from '@mortise/base/identifiers.ts';
import { DEFAULT_DOOR_POLICY, type DoorPolicy } from '@mortise/documents/door-policy.ts';
import type { Policy } from '@mortise/documents/roster.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { HOLD_LOOK_MS, NO_HOLD } from './hold.ts';
import { MECHANISMS, type Mechanism } from './mechanism.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import { RTC_MS, type World } from './world.conformance.ts';

type Owned = { readonly world: World; readonly site: Site };

const built = (mechanism: Mechanism, policy: Partial<Policy> = {}): Owned => ownedLock({ policy }, 'powered', mechanism);
const door = (changes: Partial<DoorPolicy>): { readonly door: DoorPolicy } => ({ door: { ...DEFAULT_DOOR_POLICY, ...changes } });

const told = ({ kind, reason, verb, rule, sensed }: JournalRecord): string => [kind, verb, reason, ...(kind === 'event' ? [rule] : []), sensed.bolt].filter(Boolean).join(' ');
/** What was recorded since `before` records. */
const since = ({ world }: Owned, before: number): readonly string[] => world.records().slice(before).map(told);
const count = ({ world }: Owned): number => world.records().length;

/** The present time, `inS` seconds on, as B2 says it. */
const later = ({ site }: Owned, inS: number): number => Math.floor(site.now() / 1000) + inS;

test('held unlocked until a time: nothing relocks, the door may stand open, and it ends at its time', () => {
  const owned = built(MECHANISMS.deadbolt, { relockDelayMs: 5000, ...door({ ajarAfterMs: 10_000 }) });
  const { world, site } = owned;
  const before = count(owned);
  assert.equal(site.askAndWait({ verb: 'holdUnlocked', until: later(owned, 120) }).receipt?.record.sensed.bolt, 'unlocked');
  world.moveDoor(true);
  world.run(60_000);
  assert.deepEqual([world.drives, world.state.sensors.door.phase], [['withdraw'], 'held']);
  world.moveDoor(false);
  world.run(120_000);
  assert.deepEqual(world.drives, ['withdraw', 'throw']);
  assert.deepEqual(since(owned, before).slice(2), ['event hold-ended unlocked', 'decision lock auto-relock unlocked', 'operation lock auto-relock locked']);
});

test('a hold without an end, in the past or for too long is refused; ended by the verb, by a key that locks, by a hand', () => {
  const owned = built(MECHANISMS.deadbolt, { relockDelayMs: 5000 });
  const { world, site } = owned;
  const reasons = [0, later(owned, -10), later(owned, 90_000)].map((until) => site.askAndWait({ verb: 'holdUnlocked', until }).receipt?.record.reason);
  assert.deepEqual([reasons, world.drives], [['hold-refused', 'hold-refused', 'hold-refused'], []]);
  const ended = (end: () => void): readonly string[] => {
    site.askAndWait({ verb: 'holdUnlocked', until: later(owned, 3600) });
    const before = count(owned);
    end();
    world.run(20_000);
    assert.equal(world.position, 'thrown');
    return since(owned, before).filter((record) => record.startsWith('event'));
  };
  assert.deepEqual(ended(() => site.askAndWait({ verb: 'endHold' })), ['event hold-ended unlocked']);
  assert.deepEqual(ended(() => site.askAndWait({ verb: 'lock' })), ['event hold-ended locked']);
  assert.deepEqual(ended(() => world.turn('thrown')), ['event manual thumb-turn locked', 'event hold-ended locked']);
});

test('another delay that the owners sign holds from when the lock has it: what runs begins anew; the same one again changes nothing', () => {
  const owned = built(MECHANISMS.deadbolt, { relockDelayMs: 300_000 });
  const { world, site } = owned;
  const sign = (relockDelayMs: number): void => {
    const { membership } = world.state;
    assert.ok(membership.kind === 'adopted');
    const policy = { relockDelayMs, relockOnClose: false, jamTimeoutMs: 3000 };
    site.say('roster', site.roster({ version: membership.roster.version + 1, previous: membership.roster.hash, policy }).bytes);
    world.run(100);
  };
  site.askAndWait({ verb: 'unlock' });
  sign(10_000);
  world.run(6000);
  sign(10_000);
  world.run(3000);
  assert.deepEqual(world.drives, ['withdraw']);
  world.run(1500);
  assert.deepEqual(world.drives, ['withdraw', 'throw']);
});

test('a restart ends a hold that somebody asked for: it fails closed', () => {
  const owned = built(MECHANISMS.deadbolt, { relockDelayMs: 5000 });
  owned.site.askAndWait({ verb: 'holdUnlocked', until: later(owned, 3600) });
  owned.world.restart();
  owned.world.run(10_000);
  assert.equal(owned.world.position, 'thrown');
});

/** 2026-09-21 begins 12:33:20 UTC in this world; a window of every day from `fromS` seconds of the day. */
const window = (fromS: number, durationS: number): DoorPolicy['holdHours'][number] =>
  ({ startS: fromS, recurrence: { durationS, mask: 127, pattern: 2, interval: 1, ordinal: 0 }, utc: true });

const scheduled = (mechanism: Mechanism, changes: Partial<DoorPolicy>): Owned => {
  const owned = built(mechanism);
  owners(owned, 2, changes);
  return owned;
};

const owners = ({ site, world }: Owned, version: number, changes: Partial<DoorPolicy>): void => {
  const { membership } = world.state;
  assert.ok(membership.kind === 'adopted');
  const access = { door: identifierOf<DoorId>(new Uint8Array(16).fill(1)), zoneTable: UTC, calendars: [], delegations: [] };
  const policy = { relockDelayMs: 5000, relockOnClose: false, jamTimeoutMs: 3000, ...door(changes) };
  site.say('roster', site.roster({ version, previous: membership.roster.hash, policy, access }).bytes);
  world.run(100);
};

const secondOfDay = ({ site }: Owned): number => Math.floor(site.now() / 1000) % 86_400;

test('the owners’ hours: unlocked by a decision of its own, not relocked, ended with the window; locked by hand, it waits for the next window', () => {
  const from = secondOfDay(built(MECHANISMS.deadbolt));
  const owned = scheduled(MECHANISMS.deadbolt, { holdHours: [window(from + 60, 600)] });
  const { world } = owned;
  const before = count(owned);
  world.run(30_000);
  assert.deepEqual(world.drives, [], 'before the window');
  world.run(60_000 + HOLD_LOOK_MS);
  assert.deepEqual(since(owned, before), ['decision holdUnlocked hold-schedule locked', 'operation holdUnlocked hold-schedule unlocked']);
  world.run(300_000);
  assert.equal(world.position, 'withdrawn');
  world.run(300_000 + HOLD_LOOK_MS);
  assert.deepEqual([world.position, since(owned, before).at(-3)], ['thrown', 'event hold-ended unlocked']);
  world.run(86_400_000 - 600_000);
  assert.equal(world.position, 'withdrawn', 'the next day');
  world.turn('thrown');
  world.run(120_000);
  assert.equal(world.position, 'thrown', 'whoever locks it ends it');
});

test('hours that the owners withdraw end by themselves, and it locks; also when nothing else happens', () => {
  for (const isLinked of [true, false]) {
    const from = secondOfDay(built(MECHANISMS.deadbolt));
    const owned = scheduled(MECHANISMS.deadbolt, { holdHours: [window(from, 40_000)] });
    const { world } = owned;
    world.run(HOLD_LOOK_MS + 1000);
    assert.equal(world.position, 'withdrawn');
    owners(owned, 3, {});
    if (!isLinked) world.input({ kind: 'linkDown' });
    world.run(HOLD_LOOK_MS + 10_000);
    assert.deepEqual([world.state.hold.hours, world.position], ['idle', 'thrown']);
  }
});

test('hours that the owners keep go on beside another change of theirs', () => {
  const from = secondOfDay(built(MECHANISMS.deadbolt));
  const owned = scheduled(MECHANISMS.deadbolt, { holdHours: [window(from, 40_000)] });
  owned.world.run(HOLD_LOOK_MS + 1000);
  owners(owned, 3, { holdHours: [window(from, 40_000)] });
  owned.world.run(HOLD_LOOK_MS + 10_000);
  assert.deepEqual([owned.world.state.hold.hours, owned.world.position], ['holding', 'withdrawn']);
});

test('on a lost clock nothing is held open by a schedule, and a hold is refused', () => {
  const from = secondOfDay(built(MECHANISMS.deadbolt));
  const owned = scheduled(MECHANISMS.deadbolt, { holdHours: [window(from, 40_000)] });
  const { world, site } = owned;
  world.run(HOLD_LOOK_MS + 1000);
  assert.equal(world.position, 'withdrawn', 'the control');
  world.turn('thrown');
  world.run(100);
  site.tellsTime = false;
  world.state = { ...world.state, hold: NO_HOLD, clock: startClock(undefined, { monotonicMs: world.nowMs, rtcMs: RTC_MS }) };
  world.run(2 * HOLD_LOOK_MS);
  assert.equal(world.position, 'thrown');
  assert.equal(site.askAndWait({ verb: 'holdUnlocked', until: later(owned, 60) }).receipt?.record.reason, 'clock-lost');
});

test('at night it relocks by another delay; where the clock does not know, by the shorter one', () => {
  const from = Math.floor(secondOfDay(built(MECHANISMS.deadbolt)) / 60);
  const relocksWithin = (night: DoorPolicy['night'], ms: number): boolean => {
    const owned = scheduled(MECHANISMS.deadbolt, { night });
    owned.site.ask({ verb: 'unlock' });
    owned.world.run(ms);
    return owned.world.drives.includes('throw');
  };
  const atNight = { relockDelayMs: 2000, from: from - 5, until: from + 30 };
  assert.deepEqual([relocksWithin(atNight, 4000), relocksWithin({ ...atNight, from: from + 60, until: from + 90 }, 4000), relocksWithin({ ...atNight, from: from + 90, until: from + 30 }, 4000)], [true, false, true]);
  assert.equal(relocksWithin(null, 4000), false);
  const noZone = built(MECHANISMS.deadbolt, { relockDelayMs: 5000, ...door({ night: { ...atNight, from: from + 60, until: from + 90 } }) });
  noZone.site.ask({ verb: 'unlock' });
  noZone.world.run(4000);
  assert.ok(noZone.world.drives.includes('throw'), 'without a zone table nobody knows whether it is night');
});

test('ajar, forced, left unlocked: told once each, and that it is over', () => {
  const owned = built(MECHANISMS.deadbolt, door({ ajarAfterMs: 10_000, leftUnlockedAfterMs: 60_000 }));
  const { world, site } = owned;
  const events = (run: () => void): readonly string[] => {
    const before = count(owned);
    run();
    world.run(100);
    return since(owned, before).filter((record) => record.startsWith('event'));
  };
  assert.deepEqual(events(() => { world.moveDoor(true); }), ['event door-forced locked']);
  assert.deepEqual(events(() => { world.moveDoor(false); }), ['event door-closed locked']);
  site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(events(() => { world.moveDoor(true); world.run(9000); }), []);
  assert.deepEqual(events(() => { world.run(60_000); }), ['event door-ajar unlocked']);
  assert.deepEqual(events(() => { world.moveDoor(false); }), ['event door-closed unlocked']);
  assert.deepEqual(events(() => { world.run(59_000); }), []);
  assert.deepEqual(events(() => { world.run(200_000); }), ['event left-unlocked unlocked']);
  assert.deepEqual(events(() => { site.askAndWait({ verb: 'lock' }); world.run(200_000); }), []);
});

test('tamper, temperature and the batteries of each part: told when they change, not while they stay; a cold motor has longer', () => {
  const owned = built(MECHANISMS.deadbolt);
  const { world, site } = owned;
  const before = count(owned);
  for (const active of [true, true, false]) world.input({ kind: 'tamper', active });
  for (const celsius of [20, -11, -20, -8, -6, 66, 64, 61]) world.input({ kind: 'temperature', celsius });
  for (const mv of [2900, 2400, 2410, 2450, 2100]) world.input({ kind: 'battery', mv, part: 'keypad' });
  world.input({ kind: 'battery', mv: 4700 });
  world.run(100);
  assert.deepEqual(since(owned, before), [
    'event tamper locked', 'event tamper-over locked', 'event temperature-changed temperature:cold -11 locked', 'event temperature-changed temperature:usual -6 locked',
    'event temperature-changed temperature:hot 66 locked', 'event temperature-changed temperature:usual 61 locked', 'event battery-low battery:keypad low locked',
    'event battery-low battery:keypad empty locked', 'event battery-low battery:main low locked',
  ]);
  assert.equal(world.records().at(-1)?.sensed.batteryMv, 4700, 'and the main one is in each record');
  world.input({ kind: 'temperature', celsius: -20 });
  world.faults.travelMs = 5500;
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt, undefined, 'it still has time');
  world.run(2000);
  assert.equal(world.records().at(-1)?.reason, 'granted-trusted');
});

test('the reserve: so many openings and locks, then it stays open to those who want in, until the battery is empty', () => {
  const owned = built(MECHANISMS.deadbolt, { relockDelayMs: 0 });
  const { world, site } = owned;
  world.input({ kind: 'battery', mv: 4300 });
  const reason = (verb: 'unlock' | 'lock'): string | undefined => site.askAndWait({ verb }).receipt?.record.reason;
  for (let opening = 0; opening < 20; opening += 1) {
    assert.equal(reason('unlock'), 'granted-trusted');
    assert.equal(reason('lock'), opening < 19 ? 'bolt-secured' : 'battery-reserve');
  }
  world.turn('thrown');
  assert.equal(reason('unlock'), 'granted-trusted', 'who wants in gets in');
  world.input({ kind: 'battery', mv: 3900 });
  assert.equal(reason('unlock'), 'battery-empty');
  world.input({ kind: 'battery', mv: 6000 });
  assert.deepEqual([reason('lock'), reason('unlock')], ['bolt-secured', 'granted-trusted'], 'a new battery');
});

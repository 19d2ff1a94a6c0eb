// Each kind of mechanism in the whole lock: asked, driven, sensed, ended by itself; what is wired ahead of it wins; and what it does by itself is in the
// journal. Real Aliro, documents and journal, a small world.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_DOOR_POLICY, type DoorPolicy } from '@mortise/documents/door-policy.ts';
import type { Policy } from '@mortise/documents/roster.ts';
import { RIGHTS } from '@mortise/documents/trusted-entry.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { MAX_TRIES } from './bolt.ts';
import { FIRE_AGAIN_MS } from './egress.ts';
import { MECHANISMS, type Mechanism } from './mechanism.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import { type World } from './world.conformance.ts';

type Owned = { readonly world: World; readonly site: Site };

const built = (mechanism: Mechanism, policy: Partial<Policy> = {}): Owned => ownedLock({ policy }, 'powered', mechanism);
const door = (changes: Partial<DoorPolicy>): { readonly door: DoorPolicy } => ({ door: { ...DEFAULT_DOOR_POLICY, ...changes } });

const told = ({ kind, reason, verb, rule, sensed }: JournalRecord): string => [kind, verb, reason, ...(kind === 'event' ? [rule] : []), sensed.bolt].filter(Boolean).join(' ');
/** What was recorded since `before` records. */
const since = ({ world }: Owned, before: number): readonly string[] => world.records().slice(before).map(told);
const count = ({ world }: Owned): number => world.records().length;

/** The present time, `inS` seconds on, as B2 says it. */
const later = ({ site }: Owned, inS: number): number => Math.floor(site.now() / 1000) + inS;

test('a mortise lock: unlatch draws the latch for a moment and lets it go; unlock and unlatch are two verbs', () => {
  const owned = built(MECHANISMS.mortise, door({ latchMs: 2000 }));
  const { world, site } = owned;
  const before = count(owned);
  const run = site.ask({ verb: 'unlatch' });
  world.run(1500);
  assert.deepEqual([run.outcome, run.receipt?.record.sensed.bolt], [{ kind: 'completed', readerStatus: 0x0181 }, 'unlatched']);
  world.run(3000);
  assert.deepEqual([world.position, world.drives], ['withdrawn', ['unlatch', 'withdraw']]);
  site.askAndWait({ verb: 'lock' });
  const unlocked = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual([unlocked.receipt?.record.sensed.bolt, world.drives], ['unlocked', ['unlatch', 'withdraw', 'throw', 'withdraw']]);
  assert.deepEqual(since(owned, before), [
    'decision unlatch granted-trusted locked', 'operation unlatch granted-trusted unlatched', 'decision lock bolt-secured unlocked', 'operation lock bolt-secured locked',
    'decision unlock granted-trusted locked', 'operation unlock granted-trusted unlocked',
  ]);
});

test('unlatch and hold each need their own right, and a mechanism that has them', () => {
  const refusals = (mechanism: Mechanism, rights: number): readonly (string | undefined)[] => {
    const owned = built(mechanism);
    const { site } = owned;
    const roster = site.roster({ version: 2, previous: site.world.state.membership.kind === 'adopted' ? site.world.state.membership.roster.hash : null }, [site.entry(site.phone, rights | RIGHTS.remote)]);
    site.say('roster', roster.bytes);
    site.world.run(100);
    return [site.askAndWait({ verb: 'unlatch' }), site.askAndWait({ verb: 'holdUnlocked', until: later(owned, 60) })].map(({ receipt }) => receipt?.record.reason);
  };
  assert.deepEqual(refusals(MECHANISMS.mortise, RIGHTS.unlock), ['right-missing', 'right-missing']);
  assert.deepEqual(refusals(MECHANISMS.mortise, RIGHTS.unlatch), ['granted-trusted', 'right-missing']);
  assert.deepEqual(refusals(MECHANISMS.mortise, RIGHTS.hold), ['right-missing', 'granted-trusted']);
  assert.deepEqual(refusals(MECHANISMS.strike, RIGHTS.unlatch | RIGHTS.hold), ['verb-not-supported', 'granted-trusted']);
});

test('the handle inside draws the latch: told from the motor, with no actor, and said as sensed', () => {
  const owned = built(MECHANISMS.mortise);
  const { world } = owned;
  const before = count(owned);
  world.turn('unlatched');
  world.run(100);
  world.position = 'withdrawn';
  world.input({ kind: 'bolt', position: 'withdrawn' });
  world.run(100);
  assert.deepEqual(since(owned, before), ['event manual thumb-turn unlatched']);
  assert.deepEqual(world.drives, []);
});

test('a motor that stalls is tried again, so often and no more, and then the bolt is unknown', () => {
  const owned = built(MECHANISMS.deadbolt);
  const { world, site } = owned;
  Object.assign(world.faults, { jams: true, stallsMs: 300 });
  const run = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(world.drives, Array.from({ length: MAX_TRIES }, () => 'withdraw'));
  assert.deepEqual([run.receipt?.record.reason, run.receipt?.record.sensed.bolt, world.blocks], ['bolt-jammed', 'unknown', 1]);
  const free = built(MECHANISMS.deadbolt);
  Object.assign(free.world.faults, { jams: true, stallsMs: 300 });
  const second = free.site.ask({ verb: 'unlock' });
  free.world.run(400);
  Object.assign(free.world.faults, { jams: false, stallsMs: undefined });
  free.world.run(4000);
  assert.deepEqual([second.receipt?.record.reason, second.receipt?.record.sensed.bolt], ['granted-trusted', 'unlocked'], 'control: the second try got through');
});

test('a motor that is reversed before it has left its end is where its sensor says, and has not jammed', () => {
  const owned = built(MECHANISMS.deadbolt);
  const { world, site } = owned;
  world.faults.stays = true;
  site.ask({ verb: 'unlock' });
  world.run(1000);
  const run = site.askAndWait({ verb: 'lock' });
  assert.deepEqual([world.drives, run.receipt?.record.reason, run.receipt?.record.sensed.bolt], [['withdraw', 'throw'], 'bolt-secured', 'locked']);
});

test('a strike is released for one opening and secured by itself, also with the door open; what was sensed is recorded', () => {
  for (const mechanism of [MECHANISMS.strike, { ...MECHANISMS.strike, withoutPower: 'fail-safe' } as const, MECHANISMS.gate]) {
    const owned = built(mechanism, door({ releaseMs: 4000 }));
    const { world, site } = owned;
    const before = count(owned);
    const run = site.ask({ verb: 'unlock' });
    world.run(2000);
    assert.equal(run.receipt?.record.sensed.bolt, 'unlocked');
    world.run(8000);
    assert.deepEqual([world.position, world.drives], ['thrown', ['withdraw', 'throw']]);
    assert.deepEqual(since(owned, before), ['decision unlock granted-trusted locked', 'operation unlock granted-trusted unlocked', 'event auto-relock locked']);
  }
});

test('a magnet waits for its door: it is commanded, and counts as failed only with the door closed', () => {
  const owned = built(MECHANISMS.magnet, door({ releaseMs: 1000 }));
  const { world, site } = owned;
  site.ask({ verb: 'unlock' });
  world.run(800);
  world.moveDoor(true);
  world.faults.stays = true;
  const before = count(owned);
  world.run(30_000);
  assert.deepEqual([world.state.sensors.bolt.phase, since(owned, before)], ['securing', []], 'it waits, unlocked as sensed');
  world.faults.stays = false;
  world.moveDoor(false);
  world.position = 'thrown';
  world.input({ kind: 'bolt', position: 'thrown' });
  world.run(100);
  assert.deepEqual(since(owned, before), ['event auto-relock locked']);
});

test('an opening that cannot be sensed has failed, says so, and still ends', () => {
  const owned = built(MECHANISMS.strike, door({ releaseMs: 1000 }));
  const { world, site } = owned;
  world.faults.stays = true;
  const run = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual([run.receipt?.record.reason, run.receipt?.record.sensed.bolt], ['bolt-jammed', 'locked']);
  world.run(6000);
  assert.deepEqual([world.state.sensors.bolt.phase, world.drives, world.signals.at(-1)], ['secured', ['withdraw', 'throw'], 'jammed']);
});

test('one that is released for an opening is secured after the time of an opening wherever it was left released, whatever the delay of a bolt says', () => {
  const owned = built(MECHANISMS.magnet, { relockDelayMs: 300_000, relockOnClose: false, ...door({ releaseMs: 1000, night: { relockDelayMs: 300_000, from: 0, until: 1439 } }) });
  const { world } = owned;
  const secures = (act: (on: boolean) => void): readonly unknown[] => {
    act(true);
    world.run(5000);
    const meanwhile = world.position;
    act(false);
    world.run(2500);
    return [meanwhile, world.position];
  };
  assert.deepEqual(secures((active) => world.input({ kind: 'fire', active })), ['withdrawn', 'thrown']);
  const cut = (on: boolean): void => {
    world.input({ kind: 'power', present: !on });
    if (on) world.position = 'withdrawn';
    world.input({ kind: 'bolt', position: world.position });
  };
  assert.equal(secures(cut).at(-1), 'thrown', 'without power a magnet holds nobody; with it, it does');
});

test('one that stands is released until it is locked, or relocks as a bolt does', () => {
  const owned = built({ ...MECHANISMS.strike, opening: 'stand' }, { relockDelayMs: 20_000 });
  const { world, site } = owned;
  site.askAndWait({ verb: 'unlock' });
  world.run(10_000);
  assert.deepEqual(world.drives, ['withdraw']);
  world.run(10_000);
  assert.deepEqual([world.drives, world.records().at(-1)?.reason, world.records().at(-1)?.kind], [['withdraw', 'throw'], 'auto-relock', 'operation']);
});

test('request-to-exit opens before anything is written, and nothing is secured against it', () => {
  const owned = built(MECHANISMS.magnet, door({ releaseMs: 1000 }));
  const { world, site } = owned;
  const before = count(owned);
  world.faults.storeDelayMs = 60_000;
  world.input({ kind: 'exit', active: true });
  assert.deepEqual(world.drives, ['withdraw'], 'at once');
  world.run(10_000);
  assert.deepEqual(world.drives, ['withdraw'], 'as long as it lasts');
  world.faults.storeDelayMs = 2;
  world.input({ kind: 'exit', active: false });
  world.run(120_000);
  assert.deepEqual([world.drives, since(owned, before)], [['withdraw', 'throw'], ['event exit-asked unlocked', 'event auto-relock locked']]);
  const held = built(MECHANISMS.deadbolt);
  held.world.input({ kind: 'exit', active: true });
  held.world.run(1000);
  assert.equal(held.site.askAndWait({ verb: 'lock' }).receipt?.record.reason, 'egress-active');
  held.world.input({ kind: 'exit', active: false });
  assert.equal(held.site.askAndWait({ verb: 'lock' }).receipt?.record.reason, 'bolt-secured', 'the control');
  assert.equal(site.world, world);
});

test('fire: every motor and coil opens, no relock and no order locks while it lasts, and a jam is tried again', () => {
  for (const mechanism of [MECHANISMS.deadbolt, MECHANISMS.mortise, MECHANISMS.strike, MECHANISMS.magnet, MECHANISMS.gate]) {
    const owned = built(mechanism, { relockDelayMs: 5000 });
    const { world, site } = owned;
    world.faults.jams = true;
    world.input({ kind: 'fire', active: true });
    world.run(5000);
    world.faults.jams = false;
    world.run(2 * FIRE_AGAIN_MS);
    assert.equal(world.position, 'withdrawn', mechanism.name);
    assert.equal(site.askAndWait({ verb: 'lock' }).receipt?.record.reason, 'egress-active');
    world.run(60_000);
    assert.ok(!world.drives.includes('throw'), mechanism.name);
    world.input({ kind: 'fire', active: false });
    world.run(10_000);
    assert.deepEqual([world.position, world.records().filter(({ reason }) => reason === 'fire-release' || reason === 'fire-release-over').length >= 2], ['thrown', true], `${mechanism.name}: it relocks as after any opening`);
  }
});

test('a fire overrules a throw under way, and one that was decided and not begun', () => {
  const owned = built(MECHANISMS.deadbolt);
  const { world, site } = owned;
  site.askAndWait({ verb: 'unlock' });
  world.faults.travelMs = 2000;
  const run = site.ask({ verb: 'lock' });
  world.run(500);
  assert.equal(world.state.sensors.bolt.phase, 'throwing');
  world.input({ kind: 'fire', active: true });
  world.run(3000);
  assert.deepEqual([run.receipt?.record.reason, world.position], ['bolt-jammed', 'withdrawn']);
  const waiting = built(MECHANISMS.deadbolt);
  waiting.site.askAndWait({ verb: 'unlock' });
  waiting.world.faults.storeDelayMs = 700;
  const second = waiting.site.ask({ verb: 'lock' });
  waiting.world.run(300);
  waiting.world.input({ kind: 'fire', active: true });
  waiting.world.run(5000);
  assert.deepEqual([second.receipt?.record.reason, waiting.world.drives], ['egress-active', ['withdraw']]);
});

test('a fail-safe magnet that loses its power opens, and the record says why; without that it is force', () => {
  const owned = built(MECHANISMS.magnet);
  const { world } = owned;
  const release = (): void => {
    world.position = 'withdrawn';
    world.input({ kind: 'bolt', position: 'withdrawn' });
    world.run(100);
  };
  const before = count(owned);
  world.input({ kind: 'power', present: false });
  release();
  world.moveDoor(true);
  world.run(100);
  assert.deepEqual(since(owned, before), ['event power-lost locked', 'event power-lost unlocked']);
  const forced = built(MECHANISMS.magnet);
  const start = count(forced);
  forced.world.position = 'withdrawn';
  forced.world.input({ kind: 'bolt', position: 'withdrawn' });
  forced.world.moveDoor(true);
  forced.world.run(100);
  assert.deepEqual(since(forced, start), ['event moved-by-other unlocked', 'event door-forced unlocked']);
});

// docs/BOLT.md, made from the tables by which a lock moves: one grid for each kind of mechanism, the door's alarms, relocking, batteries. The prose
// between them stands here.
// Usage: node test/tidy/bolt-document.ts --write

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { BATTERY_PARTS, LEVELS, RESERVE_OPENINGS } from '@mortise/lock/battery.ts';
import { MAX_TRIES, PHASE_TIME, SAID, type BoltKind, type BoltPhase } from '@mortise/lock/bolt.ts';
import { TRAVEL_BOUNDS } from '@mortise/lock/calibration.ts';
import { DEADBOLT_KIND } from '@mortise/lock/deadbolt.ts';
import { DOOR, DOOR_SAID } from '@mortise/lock/door.ts';
import { HAND_KIND } from '@mortise/lock/hand-bolt.ts';
import { HOLD_LOOK_MS, MAX_HOLD_MS } from '@mortise/lock/hold.ts';
import { MECHANISM_NAMES, type MechanismName } from '@mortise/courier/built.ts';
import { canDo, isEnergised, isMechanism, MECHANISMS, type Mechanism } from '@mortise/lock/mechanism.ts';
import { MORTISE_KIND } from '@mortise/lock/mortise-bolt.ts';
import { PULSED_KIND } from '@mortise/lock/release.ts';
import { RELOCK_TABLE } from '@mortise/lock/relock.ts';
import { COLD_BELOW_C, HOT_ABOVE_C, SLOWNESS } from '@mortise/lock/temperature.ts';

export const BOLT_PAGE = 'docs/BOLT.md';

/** What the page is made of; a test gives others. */
export type BoltTables = { readonly kinds: { readonly [name in 'deadbolt' | 'mortise' | 'release' | 'hand']: BoltKind }; readonly door: typeof DOOR; readonly relock: typeof RELOCK_TABLE };

export const BOLT_TABLES: BoltTables = {
  kinds: { deadbolt: DEADBOLT_KIND, mortise: MORTISE_KIND, release: PULSED_KIND, hand: HAND_KIND }, door: DOOR, relock: RELOCK_TABLE,
};

type Rows = { readonly [phase: string]: { readonly [input: string]: readonly string[] } };

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');

// An input a row: there are more inputs than phases, and a page is higher than wide. What stays as it is, is a dot.
const grid = (rows: Rows): string => {
  const phases = Object.keys(rows);
  const inputs = Object.keys(Object.values(rows)[0] ?? {});
  return table(['', ...phases.map((phase) => `**${phase}**`)], inputs.map((input) => [`\`${input}\``, ...phases.map((phase) => cellOf(phase, rows[phase]?.[input] ?? []))]));
};

const cellOf = (phase: string, [next = '', ...happenings]: readonly string[]): string => {
  const told = happenings.map((happening) => `*${happening}*`).join(', ');
  return next === phase && told === '' ? '·' : [next === phase ? '·' : next, told].filter(Boolean).join(': ');
};

const saidBy = (kind: BoltKind): string => {
  const phases = Object.keys(SAID).filter((phase): phase is BoltPhase => Object.hasOwn(kind.transitions, phase));
  const time = (phase: BoltPhase): string => Object.entries(PHASE_TIME).find(([each]) => each === phase)?.[1] ?? 'lasts';
  return table(['phase', 'said', 'its time'], phases.map((phase) => [phase, SAID[phase] === 'sensed' ? 'what its sensor says' : SAID[phase], time(phase)]));
};

const verbsOf = (name: MechanismName): string => (['unlock', 'lock', 'unlatch', 'holdUnlocked'] as const).filter((verb) => canDo(MECHANISMS[name], verb)).join(', ');
const built = ({ opening, withoutPower, hasExit }: Mechanism): readonly string[] => [opening, withoutPower, hasExit ? 'wired' : 'not wired'];
const coilOf = (mechanism: Mechanism): string => (isEnergised(mechanism, 'secured') ? 'secured' : isEnergised(mechanism, 'released') ? 'released' : '–');
const mayBe = (name: MechanismName): string =>
  (['stays', 'fail-safe', 'fail-secure'] as const).filter((withoutPower) => isMechanism({ ...MECHANISMS[name], withoutPower })).join(' or ');

const mechanisms = (): string =>
  table(['kind', 'verbs', 'an opening', 'without power', 'may be', 'current flows', 'request-to-exit'], MECHANISM_NAMES.map((name) => {
    const [opening = '', withoutPower = '', exit = ''] = built(MECHANISMS[name]);
    return [name, verbsOf(name), opening, withoutPower, mayBe(name), coilOf(MECHANISMS[name]), exit];
  }));

const relocks = (rows: typeof RELOCK_TABLE): string =>
  Object.entries(rows).filter(([, doors]) => Object.values(doors).includes(true)).map(([phase, doors]) => `\`${phase}\` with the door ${Object.entries(doors).filter(([, runs]) => runs).map(([state]) => state).join(' or ')}`).join('; ');

const batteries = (): string => table(['part', 'low below', 'reserve below', 'empty below'], BATTERY_PARTS.map((part) => [part, ...[LEVELS[part].low, LEVELS[part].reserve, LEVELS[part].empty].map((mv) => (mv === 0 ? '–' : `${mv} mV`))]));

/** The whole page. */
export const boltPage = ({ kinds, door, relock }: BoltTables): string =>
  [
    '# Bolt and door',
    'Made from the tables by which a lock moves (`node test/tidy/bolt-document.ts --write`): change them in `packages/lock`, not here. A test holds the page to them.',
    `How a lock moves is a table for each kind of mechanism: what is sensed, turned, asked or over, in each phase. A cell says where that leads and what it means; a dot is
"stays as it is". *throw*, *withdraw* and *unlatch* command the motor (of a coil: secure and release), *halt* cuts it; everything else only means something to the journal, to
whoever waits for a receipt and to the person at the door. The words are explained beside the tables' types, in \`packages/lock/src/bolt.ts\`.

Four things hold in all of them, and tests walk each table at random to see that they do (each cell at least a hundred times, the counts are printed):

1. An opening is commanded by a decision that is durable, by request-to-exit, by the fire release, or as another try of one of these. Nothing else opens: no sensor, no time, no start.
2. What is said is what was sensed. A bolt that does not arrive is \`jammed\` and said to be unknown, never locked.
3. Nothing is thrown or secured while request-to-exit or the fire release lasts: not by an order, not by a relock, not by the end of an opening.
4. Every movement has a time, and every try a bound: a motor that stalls is started ${MAX_TRIES} times within the time of one movement.`,
    '## Kinds',
    `What a lock is built into stands in its board's configuration; the shell says it at each start. Each kind as it is built most often:`,
    mechanisms(),
    `*An opening*: \`pulse\` releases for the policy's release time and secures again by itself, \`stand\` until it is locked or relocks. *Current flows*: in which state the coil carries current; a
bolt stays where it is. The kinds behind \`strike\`, \`magnet\` and \`gate\` are one table. **Life safety is not in this software**: egress and fire release must be wired ahead of it, so
that a dead controller lets everybody out. What is here goes along with them and never drives against them.`,
    '## Deadbolt',
    `A motor on a thumb-turn or a spindle. It knows its place by the angle of the turn, which it learns from a hand that turns it from one end stop to the other (at least ${TRAVEL_BOUNDS.min / 10}° and at most
${TRAVEL_BOUNDS.max / 10}°, either way round); nothing is driven to learn it. Without that it is at no place, and says so. A hand at the thumb-turn is told from the motor, and is stronger.`,
    grid(kinds.deadbolt.transitions),
    saidBy(kinds.deadbolt),
    '## Mortise lock with a latch',
    `The latch is drawn by a further turn of the same motor. To unlatch is a verb of its own, needs its right, and lasts for the policy's latch time. Request-to-exit and fire release withdraw the bolt and leave
the latch to the handle, so that a fire door stays latched.`,
    grid(kinds.mortise.transitions),
    saidBy(kinds.mortise),
    '## Strike, magnetic lock, gate',
    `The phases say what was commanded; what is said of the door is what the monitor, the bond sensor or the limit switch says. \`securing\` waits for a door that stands open: nothing can be
sensed of a magnet without its door. The end of \`pulsed\` waits while the way out is kept open.`,
    grid(kinds.release.transitions),
    saidBy(kinds.release),
    '## Bolt without a motor',
    'Of a passive lock: a granted opening frees it, and the hand that holds the key turns it (ADR 28). `withdrawing`: freed, still at its end; `turning`: freed, and on its way; `throwing`: on its way back.',
    grid(kinds.hand.transitions),
    saidBy(kinds.hand),
    '## Door',
    'From its sensor. It moves nothing. An alarm is a record when it begins and when it is over. `openedLocked`: it opened though the bolt was sensed locked. Beside a strike or a magnet that is only told where request-to-exit is wired: else it may have been the handle inside.',
    grid(door),
    table(['phase', 'said'], Object.entries(DOOR_SAID).map(([phase, said]) => [phase, said])),
    '## Relock',
    `The time runs in these places and in no other: ${relocks(relock)}. It starts with the unlocking, anew with each unlocking, anew when the door closes, anew when the owners sign another time; by a policy, closing locks at once. It never runs while the
door stands open, while it is held unlocked, while the way out is kept open, or while the bolt's place is not known. At night the policy may have another delay; where the lock does not know the hour, the
shorter of the two holds. A released strike, magnet or gate of the \`pulse\` kind is always secured again, after its release time: also after a hold, a fire or a cut of its power, and whatever the delay of a bolt says.`,
    '## Held unlocked',
    `By the verb \`holdUnlocked\` until a time, with its own right, at most ${MAX_HOLD_MS / 3_600_000} hours ahead; or in the hours of the owners' policy, which the lock looks at every ${HOLD_LOOK_MS / 1000} seconds and begins by a decision of its own. Both
need a clock that is not lost. While it is held nothing relocks and an open door is no alarm. It ends at its time, by \`endHold\`, or as soon as somebody locks, by key or by hand; the
hours then begin again with their next window. A restart ends a hold that was asked for. One that a lent key
asked for ends with what let it: its last day, its hours, its time after the first use, its last confirmation, whichever is first. Once the lock hears that the key is taken back, it ends too.`,
    '## Batteries, temperature',
    batteries(),
    `A level is told once, and counts as left only 150 mV above it. Below \`empty\` the main battery moves nothing. In reserve ${RESERVE_OPENINGS} openings are counted; after them the bolt is not thrown any more, by
order or by itself, and opens to those who want in as long as it can. The count begins anew with each start.

Below ${COLD_BELOW_C} °C a motor has ${SLOWNESS.cold} times as long, above ${HOT_ABOVE_C} °C it is told that it is hot. Neither stops an opening.`,
  ].join('\n\n').concat('\n');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href && process.argv.includes('--write')) writeFileSync(BOLT_PAGE, boltPage(BOLT_TABLES));

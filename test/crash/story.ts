// A life of kills: hub or lock ends without notice at random moments (some while it starts, some before the other is back), while
// a phone opens and locks, a hand turns the thumb-turn and somebody reads the activity. Killing a process keeps the page cache;
// that each commit is flushed is SQLite's synchronous=FULL, set where the stores are opened.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { activityPage, alerts as alertsAnswer, type ActivityItem } from '@mortise/api/activity.ts';
import type { Door } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import type { Receipt } from '@mortise/journal/receipt.ts';
import type { Founder } from '../support/owner.ts';
import { hubCount, hubJournal, lockMemory, violations, type LockMemory } from './evidence.ts';
import { moveIn, openHouse, type House, type Part } from './house.ts';

export type Counts = {
  readonly kills: { readonly hub: number; readonly lock: number; readonly whileStarting: number; readonly duringOperation: number };
  readonly operations: number;
  readonly receipts: number;
  readonly turns: number;
  readonly records: number;
  readonly served: number;
  /** Distinct marks up to which the lock had an acknowledgement on its disk, and the last of them. */
  readonly acknowledgements: number;
  readonly acknowledged: number;
};
export type Story = { readonly counts: Counts; readonly violations: readonly string[]; readonly journalFile: string; readonly house: House };

type Random = () => number;

/** The moments follow from the seed; what the machine does at them does not. */
export const randomOf = (seed: string): Random => {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed} ${count}`).digest().readUInt32BE(0) / 2 ** 32;
  };
};

const HUB_SHARE = 0.5;
/** How often the kill is followed by another one while the same part starts, and within which time. */
const EARLY_SHARE = 0.3;
const STARTING_MS = 330;
/** How often it is waited for that the lock is back on the link. */
const BACK_SHARE = 0.65;
/** How often the kill is aimed at an operation: within its time of deciding, driving and receipt. */
const AIMED_SHARE = 0.6;
const AIM_LIMIT_MS = 400;
const QUIET_MS = 300;
/** Between tries of the phone while there is no way to the lock. */
const RETRY_MS = 60;
const READ_MS = 300;
const LOOK_MS = 50;
/** A lock that lost its hub several times in a row waits longer before each try. */
const BACK_LIMIT_MS = 25_000;
const DRAIN_LIMIT_MS = 20_000;

/** Mutable on purpose: several hands write what they were told. */
class Notes {
  readonly receipts: Receipt[] = [];
  readonly served = new Map<number, ActivityItem>();
  readonly memories: LockMemory[] = [];
  readonly faults: string[] = [];
  /** Those that the lock answered. */
  operations = 0;
  isLockAtWork = false;
  turns = 0;
  over = false;
}

/** Runs one house through `kills` kills. `house` still stands afterwards, quiet: end it. */
export const liveThrough = async (kills: number, seed: string): Promise<Story> => {
  const house = await openHouse();
  const notes = new Notes();
  try {
    const { owner, door } = await moveIn(house);
    const random = randomOf(seed);
    const busy = [phone(owner, door, notes, randomOf(`${seed} phone`)), hand(house, notes, randomOf(`${seed} hand`)), reader(owner, notes)];
    const counted = await killAll(house, owner, door, kills, random, notes);
    notes.over = true;
    await Promise.all(busy);
    return await settle(house, owner, door, notes, counted);
  } catch (error) {
    notes.over = true;
    const said = `${house.output('hub')}\n${house.output('lock')}`;
    await house.end();
    throw new Error(`the story of seed ${seed} broke off (${notes.faults.join('; ')}); what hub and lock said last:\n${said}`, { cause: error });
  }
};

const killAll = async (house: House, owner: Founder, door: Door, kills: number, random: Random, notes: Notes): Promise<Counts['kills']> => {
  const counted = { hub: 0, lock: 0, whileStarting: 0, duringOperation: 0 };
  const kill = async (part: Part, isStarting: boolean): Promise<void> => {
    counted[part] += 1;
    if (isStarting) counted.whileStarting += 1;
    if (notes.isLockAtWork) counted.duringOperation += 1;
    await house.kill(part);
    if (part === 'lock') remember(house, notes);
  };
  const isEnough = (): boolean => counted.hub + counted.lock >= kills || notes.faults.length > 0;
  while (!isEnough()) {
    if (random() < AIMED_SHARE) await atWork(notes);
    await sleep(random() * QUIET_MS);
    const part: Part = random() < HUB_SHARE ? 'hub' : 'lock';
    await kill(part, false);
    let started = house.start(part);
    while (!isEnough() && random() < EARLY_SHARE) {
      await sleep(random() * STARTING_MS);
      await kill(part, true);
      started = house.start(part);
    }
    if (!(await started.up)) notes.faults.push(`the ${part} does not start after a kill:\n${house.output(part)}`);
    else if (random() < BACK_SHARE) await back(owner, door, notes);
  }
  return counted;
};

const atWork = async (notes: Notes): Promise<void> => {
  const end = performance.now() + AIM_LIMIT_MS;
  while (!notes.isLockAtWork && performance.now() < end) await sleep(10);
};

// What the dead lock has on its disk; and what it was told to be durable at the hub is there now, not only at the end.
const remember = ({ lockData, hubData }: House, notes: Notes): void => {
  const memory = lockMemory(lockData);
  notes.memories.push(memory);
  const known = hubCount(hubData);
  if (memory.acknowledged > known) notes.faults.push(`the lock was told that ${memory.acknowledged} records are durable; the hub has ${known}`);
};

// A try that a kill cuts short is no news: the next one follows.
const cutShort = (_error: unknown): undefined => undefined;

const back = async (owner: Founder, door: Door, notes: Notes): Promise<void> => {
  const end = performance.now() + BACK_LIMIT_MS;
  while (!(await owner.door(door.id).then(({ lock }) => lock.online && lock.state !== null, cutShort))) {
    if (performance.now() > end) {
      notes.faults.push(`the lock was not back on the link within ${BACK_LIMIT_MS} ms`);
      return;
    }
    await sleep(LOOK_MS);
  }
};

const phone = async (owner: Founder, door: Door, notes: Notes, random: Random): Promise<void> => {
  while (!notes.over) {
    const { outcome, phases } = await owner.operate(door, random() < 0.5 ? 'unlock' : 'lock', {
      timeoutMs: 4000, onProgress: (phase) => { notes.isLockAtWork = phase !== 'reaching'; },
    });
    notes.isLockAtWork = false;
    if (phases.some(({ phase }) => phase === 'asking')) notes.operations += 1;
    if ('receipt' in outcome && outcome.receipt !== undefined) notes.receipts.push(outcome.receipt);
    else await sleep(RETRY_MS);
  }
};

const hand = async (house: House, notes: Notes, random: Random): Promise<void> => {
  while (!notes.over) {
    const done = await house.workbench.act({ action: 'thumb-turn' }).catch(cutShort);
    if (done !== undefined) notes.turns += 1;
    await sleep(100 + random() * 300);
  }
};

const reader = async (owner: Founder, notes: Notes): Promise<void> => {
  while (!notes.over) {
    const page = await owner.session.call({ ...ROUTES.activity, answer: activityPage }, { query: 'limit=40' }).catch(cutShort);
    for (const item of page?.items ?? []) if (!notes.served.has(item.cursor)) notes.served.set(item.cursor, item);
    await sleep(READ_MS);
  }
};

const settle = async (house: House, owner: Founder, door: Door, notes: Notes, kills: Counts['kills']): Promise<Story> => {
  await back(owner, door, notes);
  const last = await owner.operate(door, 'lock', { timeoutMs: 8000 });
  if (last.outcome.kind !== 'sensed') notes.faults.push(`after all kills an operation ends as ${last.outcome.kind}`);
  else notes.receipts.push(last.outcome.receipt);
  await drain(house, owner, door, notes);
  const [journal, activity, journalFile] = [hubJournal(house.hubData), await owner.activity(), await owner.journal(door.lock.lockId)];
  const lock = lockMemory(house.lockData);
  if (lock.acknowledged !== journal.length) notes.faults.push(`the lock knows of ${lock.acknowledged} of ${journal.length} records that the hub has them`);
  const { alerts } = await owner.session.call({ ...ROUTES.alerts, answer: alertsAnswer });
  notes.faults.push(...alerts.map(({ code, seq }) => `the hub raised ${code} at ${seq}`));
  await house.stop('hub');
  const counts = {
    kills, operations: notes.operations, receipts: notes.receipts.length, turns: notes.turns, records: journal.length, served: notes.served.size,
    acknowledgements: new Set(notes.memories.map(({ acknowledged }) => acknowledged)).size, acknowledged: lock.acknowledged,
  };
  return { counts, violations: [...notes.faults, ...violations(notes, { journal, activity, lock })], journalFile, house };
};

// Started anew and left in peace, the lock hands over everything at once; then it is ended in order.
const drain = async (house: House, owner: Founder, door: Door, notes: Notes): Promise<void> => {
  await house.stop('lock');
  const due = (lockMemory(house.lockData).entries.at(-1)?.seq ?? 0) + 1;
  if (!(await house.start('lock').up)) notes.faults.push('the lock does not start at the end');
  const whole = await owner.doorUntil('the whole journal', door.id, ({ lock }) => lock.journal.entries >= due, DRAIN_LIMIT_MS).catch(cutShort);
  if (whole === undefined) notes.faults.push(`the hub does not come to hold the ${due} records of the lock`);
  // The last acknowledgement is on its way to the lock's disk.
  await sleep(300);
  await house.stop('lock');
};

// A lock's life with the plug pulled again and again: a controller process is killed (SIGKILL) at random moments, also while it
// starts, while a phone opens and locks, a guest uses up a grant that is counted, a hand turns and a hub takes the journal or is slow about it. At the end everything
// that anybody was ever told must stand in one unbroken journal, once. Killing a process keeps the page cache; that the
// store flushes each commit is SQLite's synchronous=FULL, set and checked where it is opened.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert, required } from '@mortise/base/assert.ts';
import { equalBytes, hex } from '@mortise/base/bytes.ts';
import { identifierBytes, parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import type { Receipt } from '@mortise/journal/receipt.ts';
import { startTestBroker } from './broker.fixture.ts';
import { GRANT } from './guest.fixture.ts';
import { argumentsFor, startProcess, type ControllerProcess } from './process.fixture.ts';
import { TestSite } from './site.fixture.ts';

export type CrashOptions = {
  readonly kills: number;
  /** Decides the moments; the machine decides what runs at them. */
  readonly seed: string;
  /** An empty directory. */
  readonly data: string;
};

export type CrashReport = {
  readonly kills: number;
  readonly killsWhileStarting: number;
  readonly records: number;
  readonly receipts: number;
  /** Records of a start; one more for each decision that the life before left open. */
  readonly starts: number;
  /** Of the guest's grant: what was lent, and how often the lock allowed it. */
  readonly lent: number;
  readonly used: number;
  /** Empty, or what was lost, doubled, rewritten or forked. */
  readonly violations: readonly string[];
};

/** How often the kill comes before the lock is up. */
const WHILE_STARTING = 0.2;
const STARTING_MS = 350;
const RUNNING_MS = 250;
const DRAIN_MS = 20_000;
const MIN_USES = 3;

type Random = () => number;

const randomOf = (seed: string): Random => {
  let count = 0;
  return () => createHash('sha256').update(`${seed} ${(count += 1)}`).digest().readUInt32BE(0) / 2 ** 32;
};

/** Runs the whole story; answers what it found. */
export const runCrashes = async (options: CrashOptions): Promise<CrashReport> => {
  const broker = await startTestBroker();
  const running = new Set<ControllerProcess>();
  const start = (): ControllerProcess => {
    const one = startProcess(argumentsFor(options.data, broker));
    running.add(one);
    void one.ended.then(() => running.delete(one));
    return one;
  };
  try {
    return await story(new TestSite(broker), start, options);
  } finally {
    for (const one of running) await kill(one);
    await broker.close();
  }
};

type Start = () => ControllerProcess;

const story = async (site: TestSite, start: Start, { kills, seed }: CrashOptions): Promise<CrashReport> => {
  const random = randomOf(seed);
  const receipts: Receipt[] = [];
  const lent = Math.max(MIN_USES, Math.floor(kills / 3));
  await adopt(site, start, lent);
  site.acknowledge = () => (random() < 0.6 ? Math.floor(random() * 40) : undefined);
  let killsWhileStarting = 0;
  for (let count = 0; count < kills && site.violations.length === 0; count += 1) {
    const isEarly = random() < WHILE_STARTING;
    if (isEarly) killsWhileStarting += 1;
    await (isEarly ? killStarting(start, random) : killRunning(start, site, random, receipts));
  }
  site.acknowledge = () => 0;
  if (site.violations.length === 0) await drain(site, start);
  const records = [...site.journal.entries()].map(([seq, entry]) => ({ seq, record: required(decodeRecord(entry.record), 'a verified record') }));
  const violations = [...site.violations, ...losses(site, records, receipts), ...doubles(records)];
  const used = records.filter(({ record }) => isUse(record)).length;
  if (used > lent) violations.push(`of ${lent} uses ${used} were allowed`);
  const starts = records.filter(({ record }) => record.reason === 'started').length;
  return { kills, killsWhileStarting, records: records.length, receipts: receipts.length, starts, lent, used, violations };
};

const isUse = ({ kind, allowed, grant }: JournalRecord): boolean => kind === 'decision' && allowed === true && grant !== undefined && equalBytes(grant, identifierBytes(GRANT));

const adopt = async (site: TestSite, start: Start, uses: number): Promise<void> => {
  const one = start();
  const lockId = required(parseIdentifier<LockId>((await one.first).lockId), 'the lock starts');
  await site.until('the link', () => site.statuses > 0);
  assert((await site.adopt(lockId, setupOf(await one.body()))) === 'adopted', 'the lock is adopted');
  await site.until('the lock on its own link', () => site.status?.adopted === true);
  await site.lend(uses);
  await kill(one);
};

const setupOf = (body: unknown): string => {
  const setup = typeof body === 'object' && body !== null && 'setup' in body ? body.setup : undefined;
  return typeof setup === 'object' && setup !== null && 'text' in setup ? String(setup.text) : '';
};

const kill = async (one: ControllerProcess): Promise<void> => {
  one.child.kill('SIGKILL');
  await one.ended;
};

const killStarting = async (start: Start, random: Random): Promise<void> => {
  const one = start();
  await sleep(random() * STARTING_MS);
  await kill(one);
};

const killRunning = async (start: Start, site: TestSite, random: Random, receipts: Receipt[]): Promise<void> => {
  const one = start();
  const first = await Promise.race([one.first, one.ended.then(() => undefined)]);
  assert(first?.ready === true, `the lock starts after a kill: ${one.output.at(-1) ?? 'it said nothing'}`);
  await site.nextStatus();
  const end = performance.now() + random() * RUNNING_MS;
  const busy = [phoneAtWork(site, end, receipts, random), handAtWork(one, end, random)];
  await sleep(Math.max(0, end - performance.now()));
  await kill(one);
  await Promise.all(busy);
};

const phoneAtWork = async (site: TestSite, end: number, receipts: Receipt[], random: Random): Promise<void> => {
  while (performance.now() < end) {
    const patienceMs = Math.max(20, end - performance.now() + 20);
    const outcome = await (random() < 0.4 ? site.operate('unlock', patienceMs, 'guest') : site.operate(random() < 0.5 ? 'unlock' : 'lock', patienceMs));
    if ('receipt' in outcome && outcome.receipt !== undefined) receipts.push(outcome.receipt);
  }
};

const handAtWork = async (one: ControllerProcess, end: number, random: Random): Promise<void> => {
  while (performance.now() < end) {
    const action = random() < 0.5 ? { action: 'thumb-turn' } : { action: 'door', open: random() < 0.5 };
    if (!(await one.act(action).then((answer) => answer.ok, unplugged))) return;
    await sleep(random() * 30);
  }
};

// The process that would have answered was killed.
const unplugged = (_error: unknown): boolean => false;

const drain = async (site: TestSite, start: Start): Promise<void> => {
  const one = start();
  await one.first;
  await site.nextStatus();
  const isWhole = await site.comesTrue(() => site.status !== undefined && site.known().seq >= site.status.seq, DRAIN_MS);
  if (!isWhole) site.violations.push(`the journal did not come whole: ${site.known().seq} of ${site.status?.seq ?? 0}`);
  one.child.kill('SIGTERM');
  await one.ended;
};

type Numbered = { readonly seq: number; readonly record: JournalRecord };

/** A receipt is the lock's word: its record stands in the journal at that place. */
const losses = (site: TestSite, records: readonly Numbered[], receipts: readonly Receipt[]): string[] => {
  const gaps = Array.from({ length: site.known().seq }, (_, index) => index + 1).filter((seq) => !site.journal.has(seq)).map((seq) => `record ${seq} is missing`);
  const bySeq = new Map(records.map(({ seq, record }) => [seq, record]));
  const lost = receipts.filter(({ seq, record }) => !sameRequest(bySeq.get(seq), record)).map(({ seq }) => `the record of receipt ${seq} is lost`);
  return [...gaps, ...lost];
};

const sameRequest = (kept: JournalRecord | undefined, told: JournalRecord): boolean =>
  kept?.requestId !== undefined && told.requestId !== undefined && hex(kept.requestId) === hex(told.requestId) && kept.kind === told.kind;

/** No request is decided twice, and none is carried out twice. */
const doubles = (records: readonly Numbered[]): string[] => {
  const seen = new Set<string>();
  return records.flatMap(({ seq, record }) => {
    if (record.requestId === undefined || record.kind === 'event') return [];
    const key = `${record.kind} ${hex(record.requestId)}`;
    if (seen.has(key)) return [`record ${seq} doubles a ${record.kind}`];
    seen.add(key);
    return [];
  });
};

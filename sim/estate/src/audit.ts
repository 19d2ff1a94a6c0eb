// The books at the end: what each device wrote, what the hub holds, and whether lock and key tell the same of each contact.

import { hex } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import type { Estate } from './estate.ts';

export const audit = (estate: Estate): void => {
  const devices = [...estate.locks.map(({ lockId, name, durable }) => ({ id: lockId, name, entries: durable.entries })), ...estate.keys.map(({ keyId, name, durable }) => ({ id: keyId, name, entries: durable.entries }))];
  for (const device of devices) auditDevice(estate, device);
  const ofKeys = recordsByTransaction(estate.keys.flatMap(({ keyId, durable }) => wholeOf(estate, keyId, durable.entries)));
  for (const lock of estate.locks) auditDecisions(estate, lock.name, wholeOf(estate, lock.lockId, lock.durable.entries), ofKeys);
};

/** What the hub holds goes on, without a hole, in what the device still has, and where both have it they have the same. */
const auditDevice = ({ checks, office: { archive } }: Estate, { id, name, entries }: { readonly id: LockId; readonly name: string; readonly entries: readonly Entry[] }): void => {
  const held = archive.held(id).entries;
  const [last, first] = [held.at(-1)?.seq ?? 0, entries[0]?.seq ?? 1];
  checks.check('accounted', first <= last + 1, () => `${name} dropped records ${last + 1} to ${first - 1}, which are not at the hub`);
  const heads = new Map(entries.map(({ seq, head }) => [seq, hex(head)]));
  checks.check('chained', held.every(({ seq, head }) => (heads.get(seq) ?? hex(head)) === hex(head)), () => `the hub holds another history of ${name} than it has itself`);
  checks.check('accounted', held.every(({ seq }, index) => seq === index + 1), () => `the hub’s history of ${name} has a hole`);
};

const wholeOf = ({ office: { archive } }: Estate, id: LockId, entries: readonly Entry[]): readonly JournalRecord[] => {
  const { records } = archive.held(id);
  const rest = entries.filter(({ seq }) => seq > records.length).map(({ record }) => decodeRecord(record)).filter((record) => record !== undefined);
  return [...records, ...rest];
};

const recordsByTransaction = (records: readonly JournalRecord[]): ReadonlyMap<string, JournalRecord> =>
  new Map(records.flatMap((record) => (record.transactionId === undefined || record.allowed !== true ? [] : [[hex(record.transactionId), record] as const])));

// A key says that it opened only where the lock let it; the other way the hand may have slipped before the key heard.
const auditDecisions = ({ checks }: Estate, name: string, records: readonly JournalRecord[], ofKeys: ReadonlyMap<string, JournalRecord>): void => {
  const allowed = new Set<string>();
  for (const { kind, allowed: isAllowed, rule, reason, transactionId } of records) {
    if (kind !== 'decision') continue;
    checks.check('named', rule !== undefined && rule.length > 0, () => `${name} decided ${reason} by no rule`);
    if (isAllowed === true && transactionId !== undefined) allowed.add(hex(transactionId));
  }
  for (const { kind, transactionId } of records) {
    if (kind !== 'operation' || transactionId === undefined || !ofKeys.has(hex(transactionId))) continue;
    checks.check('consistent', allowed.has(hex(transactionId)), () => `a key says that it opened ${name}, which decided no such thing`);
  }
};

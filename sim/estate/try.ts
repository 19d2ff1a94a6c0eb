import { nodeCrypto } from '@mortise/node/crypto.ts';
import { decodeCbor } from '@mortise/base/cbor.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import { Archive } from './src/archive.ts';
import { simulate } from './src/simulate.ts';
import { PassiveLock } from './src/passive-lock.ts';
const locks = new Map<string, PassiveLock>();
const take = Archive.prototype.take;
let bad = false;
import { Checks } from './src/checks.ts';
const check = Checks.prototype.check;
Checks.prototype.check = function (i, h, w) { if (!h) { console.log(i, w()); bad = true; } check.call(this, i, h, w); };
Archive.prototype.take = function (id, batch) {
  bad = false;
  const r = take.call(this, id, batch);
  if (bad) {
    const wire = decodeCbor(batch) as any;
    console.log('from', wire[1][0], 'entries', wire[2].length, 'leaves', wire[2].map((e: any) => Buffer.from(e[0]).toString('hex').slice(34, 60)), wire[2].map((e: any) => e[1].length));
    console.log(this.held(id).records.length, this.held(id).records.map((x) => x.reason + ' ' + (x.rule ?? '') + ' ' + new Date(x.instant).toISOString()).slice(-8));
    const lock = locks.get(id); console.log(lock?.records.map((x, n) => n + 1 + ' ' + x.kind + ' ' + x.reason + ' ' + (x.rule ?? '') + ' ' + new Date(x.instant).toISOString() + x.clock).slice(-14));
    console.log(lock?.durable.entries.map((e) => e.seq).join(' '), lock?.durable.acknowledged);
  }
  return r;
};
const touch = PassiveLock.prototype.touch;
PassiveLock.prototype.touch = function (c, o) { locks.set(this.lockId, this); return touch.call(this, c, o); };
simulate(nodeCrypto, { seed: 1, days: 5 });

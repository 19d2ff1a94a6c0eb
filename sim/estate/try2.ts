import { nodeCrypto } from '@mortise/node/crypto.ts';
import { instant } from '@mortise/base/instant.ts';
import { Estate } from './src/estate.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { KeyUpdate } from './src/update.ts';
const e = new Estate(nodeCrypto, 7, instant(Date.UTC(2026, 10, 29, 23)), { locations: 8, locks: 8, people: 2, keys: 3 });
const key = e.workers[0]!.key;
for (let i = 0; i < 3; i++) {
  const u = new KeyUpdate(e.agenda, e.office, key);
  e.agenda.runUntil(instant(e.agenda.now + 4000)); u.end();
  console.log(key.shows, key.state.clock, key.state.holdings.own?.driftPpm, key.state.orders?.version);
}
e.agenda.runUntil(instant(e.agenda.now + 3600_000));
console.log(key.shows);
key.input({ kind: 'tick' }); console.log(key.shows, key.state.clock);
for (const { record } of key.durable.entries) { const r = decodeRecord(record)!; console.log(r.reason, r.rule, r.clock); }

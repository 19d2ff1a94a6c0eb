// A hub whose backup is put back, as its messages advise: what it had acknowledged since comes again from the lock, nothing twice, and
// the journal goes on.

import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { alerts } from '@mortise/api/activity.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { command } from '../support/owned.ts';
import { hubCount } from './evidence.ts';
import { moveIn, openHouse } from './house.ts';

const TURNS = 12;
const LIMIT_MS = 40_000;

test('a hub’s backup that is put back: the lock brings again what it still has, and the journal is whole', async (t) => {
  const house = await openHouse();
  t.after(() => house.end());
  const { owner, door } = await moveIn(house);
  const turn = async (): Promise<void> => {
    for (let count = 0; count < TURNS; count += 1) await house.workbench.act({ action: 'thumb-turn' });
  };
  // Each turn is written down.
  const holds = (count: number): Promise<unknown> => owner.doorUntil(`${count} records`, door.id, ({ lock: { journal } }) => journal.missing === 0 && journal.entries >= count, LIMIT_MS);
  const [database, backup] = [join(house.hubData, 'hub.sqlite'), join(house.hubData, 'backup.sqlite')];
  await turn();
  await holds(TURNS);
  await house.stop('hub');
  const before = hubCount(house.hubData);
  const opened = new DatabaseSync(database);
  opened.prepare('VACUUM INTO ?').run(backup);
  opened.close();
  assert.ok(await house.start('hub').up);
  await turn();
  await holds(before + TURNS);
  await house.stop('hub');
  const lost = hubCount(house.hubData) - before;
  for (const end of ['-wal', '-shm']) await rm(`${database}${end}`, { force: true });
  await copyFile(backup, database);
  assert.equal(hubCount(house.hubData), before, 'the control: the hub has lost them');
  assert.ok(await house.start('hub').up);
  await house.workbench.act({ action: 'thumb-turn' });
  await holds(before + lost + 1);
  assert.deepEqual((await owner.session.call({ ...ROUTES.alerts, answer: alerts })).alerts, []);
  assert.equal((await owner.operate(door, 'lock')).outcome.kind, 'sensed');
  await house.stop('hub');
  const verified = await command(['verify', '--data', house.hubData]);
  assert.equal(verified.code, 0, verified.output);
  assert.ok(hubCount(house.hubData) > before + lost);
  t.diagnostic(`${lost} records came again`);
});

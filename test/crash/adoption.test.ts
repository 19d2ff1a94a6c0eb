// Hub or lock killed in the midst of adoptions: afterwards the lock is either in its factory state, with its code still good, or it has
// exactly one door, that opens; never something between. MORTISE_ADOPTIONS and MORTISE_SEED choose how many and when.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { ROUTES } from '@mortise/api/routes.ts';
import { ADOPTION_STEP } from '@mortise/documents/adoption-message.ts';
import { until, type Founder } from '../support/owner.ts';
import { command } from '../support/owned.ts';
import { moveIn, openHouse, type House, type Part } from './house.ts';
import { randomOf } from './story.ts';

const ROUNDS = Number(process.env['MORTISE_ADOPTIONS'] ?? 10);
const SEED = process.env['MORTISE_SEED'] ?? randomUUID().slice(0, 8);
/** The kill comes with one of the messages, most often with the offer, or so long after it. */
const AFTER_STEP = [ADOPTION_STEP.hello, ADOPTION_STEP.answer, ADOPTION_STEP.offer, ADOPTION_STEP.offer, ADOPTION_STEP.offer, ADOPTION_STEP.offer, ADOPTION_STEP.done, ADOPTION_STEP.done] as const;
const AFTER_MS = 40;
const LIMIT_MS = 25_000;

const reset = async ({ workbench }: House): Promise<string> => {
  await workbench.act({ action: 'thumb-turn', to: 'withdrawn' });
  await workbench.act({ action: 'reset' });
  return (await workbench.until('the reset lock', ({ adopted, setup }) => !adopted && setup !== null)).lockId;
};

const quietly = (_error: unknown): undefined => undefined;

const doorsOf = async (owner: Founder, lockId: string) => (await owner.doors()).filter(({ lock }) => lock.lockId === lockId);

/** Kills in the midst of the adoption; answers what it came to by itself. */
const interrupted = async (house: House, owner: Founder, lockId: string, part: Part, step: number, afterMs: number): Promise<'adopted' | 'factory'> => {
  const reached = Promise.withResolvers<void>();
  const adopting = owner.tryAdopt(house.workbench, {
    pass: (message) => {
      if (message.step === step) reached.resolve();
      return message.bytes;
    },
  }).catch(quietly);
  await Promise.race([reached.promise, adopting]);
  await sleep(afterMs);
  await house.kill(part);
  const { up } = house.start(part);
  assert.ok(await up, `the ${part} starts again: ${house.output(part)}`);
  await adopting;
  const { adopted } = await house.workbench.body();
  if (!adopted) return 'factory';
  await until('the door, by the word of the lock', async () => (await doorsOf(owner, lockId))[0], LIMIT_MS);
  return 'adopted';
};

test(`${ROUNDS} adoptions with a kill in them end whole or not at all`, async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const random = randomOf(`${SEED} adoption`);
  const house = await openHouse();
  t.after(() => house.end());
  const { owner } = await moveIn(house);
  const ends = { adopted: 0, factory: 0 };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const lockId = await reset(house);
    await owner.waitingLock(lockId);
    const end = await interrupted(house, owner, lockId, random() < 0.5 ? 'hub' : 'lock', AFTER_STEP[Math.floor(random() * AFTER_STEP.length)] ?? ADOPTION_STEP.offer, random() * AFTER_MS);
    ends[end] += 1;
    if (end === 'factory') {
      assert.deepEqual(await doorsOf(owner, lockId), [], 'no door for a lock that took nothing');
      await until('the lock waits again', async () => (await owner.session.call(ROUTES.waitingLocks)).locks.find((lock) => lock.lockId === lockId), LIMIT_MS);
      await owner.adopt(house.workbench);
    }
    const [door, ...more] = await doorsOf(owner, lockId);
    assert.ok(door !== undefined && more.length === 0, `round ${round}: one door`);
    await owner.doorUntil('the door on its link', door.id, ({ lock }) => lock.online && lock.state !== null, LIMIT_MS);
    assert.equal((await owner.operate(door, 'lock')).outcome.kind, 'sensed', `round ${round}: the door locks`);
  }
  assert.equal((await owner.doors()).length, ROUNDS + 1);
  const verified = await command(['verify', '--data', house.hubData]);
  assert.equal(verified.code, 0, verified.output);
  t.diagnostic(`${ends.adopted} were finished by the lock’s own word or its owner, ${ends.factory} were begun anew`);
});

// Alarms for tests: records that a lock writes of them, and a hub with servers to send by.

import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import type { HubConfig } from '../config.ts';
import { lendingScene } from './lending.fixture.ts';
import { journalWriter } from './lock.fixture.ts';
import { mailServer } from './mail.fixture.ts';
import { smsGateway } from './sms.fixture.ts';

export const alarmRecord = (reason: Reason, at: number, changes: Partial<JournalRecord> = {}): JournalRecord =>
  ({ instant: instant(at), clock: 'synced', kind: 'event', reason, rule: 'pin:2 always synced Europe/Zurich', sensed: { bolt: 'unlocked', door: 'closed' }, ...changes });

/** A hub with a lock, whose journal `writer` writes, and with a mail server and an SMS gateway. */
export const alarmScene = async (t: TestContext, config: Partial<HubConfig> = {}) => {
  const [mail, sms] = [await mailServer(), await smsGateway()];
  t.after(mail.close);
  t.after(sms.close);
  const scene = await lendingScene(t, { config: { mail: mail.server, sms: sms.gateway, ...config } });
  return { ...scene, mail, sms, writer: journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey) };
};
export type AlarmScene = Awaited<ReturnType<typeof alarmScene>>;

/** `null`: none. */
export type Wanted = { readonly mail?: string | null; readonly sms?: string | null; readonly plain?: boolean };

export const wantAlarms = ({ owner }: Pick<AlarmScene, 'owner'>, { mail = null, sms = null, plain = false }: Wanted) => owner.browser.send('PUT', '/api/alarm-addresses', { mail, sms, plain });

const PATIENCE_MS = 5000;

/** Once the queue has nothing to do any more. */
export const settled = async ({ hub }: Pick<AlarmScene, 'hub'>): Promise<void> => {
  const end = performance.now() + PATIENCE_MS;
  await hub.outgoing.wake();
  while ((await hub.database.selectFrom('message').select('id').where('state', '=', 'queued').where('attempts', '=', 0).execute()).length > 0 && performance.now() < end) await sleep(10);
};

// Where the caller wants alarms: read, set, tried. An owner reaches their own addresses and nobody else's.

import { ROUTES } from '@mortise/api/routes.ts';
import { ok } from '@mortise/base/result.ts';
import { sendTest, setAddresses, tellAddresses } from '../alarms/own-addresses.ts';
import { reads, takes, type App, type Web } from './mount.ts';
import { createRateBound } from './rate.ts';
import { refuse } from './refusal.ts';

/** Each test may cost the price of an SMS: three, then one in ten minutes. */
const TESTS = { burst: 3, perMinute: 0.1, maxKeys: 256 };

export const mountAlarms = (app: App, web: Web): void => {
  const { hub } = web;
  const tests = createRateBound(TESTS);
  reads(app, web, ROUTES.alarmAddresses, async ({ caller }) => ok(await tellAddresses(hub, caller.personId)));
  takes(app, web, ROUTES.putAlarmAddresses, ({ caller, body }) => setAddresses(hub, caller.personId, body));
  takes(app, web, ROUTES.testAlarm, async ({ caller, body }) => {
    if (!tests(caller.personId, hub.now())) return refuse('too-many-requests', 'You have sent yourself several tests. Wait ten minutes, then try again.');
    return sendTest(hub, caller.personId, body.kind);
  });
};

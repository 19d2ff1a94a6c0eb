// Where this owner wants alarms: read from the hub, set, tried by a test. What came of a message is asked again for a while, since a mail server takes its time.

import { signal } from '@preact/signals';
import type { AlarmAddresses } from '@mortise/api/alarms.ts';
import { mailAddress, phoneNumber } from '@mortise/api/fields.ts';
import { ROUTES, type Body } from '@mortise/api/routes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { WAY_WORDS } from '../words/alarm.ts';
import { failureSentence } from '../words/failures.ts';
import { call, type Failure } from './client.ts';
import { plainNumber } from './lend-draft.ts';

export type AlarmWay = 'mail' | 'sms';
export const ALARM_WAYS = ['mail', 'sms'] as const satisfies readonly AlarmWay[];

/** Undefined: the hub has not said. */
export const alarmAddresses = signal<AlarmAddresses | undefined>(undefined);
export const alarmsFailure = signal<Failure | undefined>(undefined);

/** Reads them from the hub; what went wrong stands in `alarmsFailure`. */
export const loadAlarms = async (): Promise<void> => {
  const answer = await call(ROUTES.alarmAddresses);
  alarmsFailure.value = answer.ok ? undefined : answer.error;
  if (answer.ok) alarmAddresses.value = answer.value;
};

/** They are this owner's alone: not for who signs in here next. */
export const forgetAlarms = (): void => {
  alarmAddresses.value = undefined;
  alarmsFailure.value = undefined;
};

const SCHEMAS = { mail: mailAddress, sms: phoneNumber } as const;

/** What a person typed, as the hub takes it. Errors are sentences. */
export const typedAddress = (way: AlarmWay, typed: string): Result<string, string> => {
  const address = way === 'mail' ? typed.trim() : plainNumber(typed);
  return SCHEMAS[way].safeParse(address).success ? ok(address) : err(WAY_WORDS[way].wrong);
};

/** What is left out stays as it is. Errors are sentences. */
export const setAlarms = async (changes: Partial<Body<'putAlarmAddresses'>>): Promise<Result<undefined, string>> => {
  const before = alarmAddresses.value;
  const body = { mail: before?.mail?.address ?? null, sms: before?.sms?.address ?? null, plain: before?.plain ?? false, ...changes };
  return taken(await call(ROUTES.putAlarmAddresses, { body }));
};

/** Sends a test there. Errors are sentences. */
export const testAlarm = async (kind: AlarmWay): Promise<Result<undefined, string>> => taken(await call(ROUTES.testAlarm, { body: { kind } }));

const taken = (answer: Result<AlarmAddresses, Failure>): Result<undefined, string> => {
  if (!answer.ok) return err(failureSentence(answer.error));
  alarmAddresses.value = answer.value;
  return ok(undefined);
};

const ASK_AGAIN_MS = 2000;
const MAX_ASKED_AGAIN = 45;

const isWaiting = (): boolean => ALARM_WAYS.some((way) => alarmAddresses.value?.[way]?.last?.state === 'queued');

/** Asks again while a message is on its way, so many times; until what it answers is called. */
export const watchAlarms = (): (() => void) => {
  let left = MAX_ASKED_AGAIN;
  const timer = setInterval(() => {
    if (!isWaiting()) {
      left = MAX_ASKED_AGAIN;
      return;
    }
    left -= 1;
    if (left > 0) void loadAlarms();
  }, ASK_AGAIN_MS);
  return () => clearInterval(timer);
};

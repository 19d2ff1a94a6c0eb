// What of a lock's records somebody should look after, and which of it is sent to the owners by mail and SMS: one table, for the hub that sends and the app
// that shows. The words of those that are sent may be read beside whoever the alarm is about; they hold no name of a person and nothing that opens.

import type { Reason } from '@mortise/base/reasons.ts';

/** `quietMs`: one of these writes more than one record, so that those of so long after one that was told are the same. `brief`: for a line, after which the door is named. `says`: what happened, after the door's name and a colon. `advice`: what to do, one thing a sentence. */
export type SentAlarm = { readonly isSent: true; readonly quietMs?: number; readonly brief: string; readonly says: string; readonly advice: readonly [string, ...string[]] };
type AlarmRule = SentAlarm | { readonly isSent: false };

const SHOWN: AlarmRule = { isSent: false };

const ALARMS = {
  'duress-alarm': {
    isSent: true, brief: 'duress',
    says: 'somebody used a PIN, a card or a finger that is for use under duress. They may be forced to.',
    advice: [
      'Do not ring or go there, and do not call or write to the people there: nothing at the door tells of this alarm, and whoever forces them must not learn of it.',
      'Call the police from elsewhere. Say where it is, and that a silent alarm was set off by somebody who may be threatened.',
      'Do not answer this message.',
    ],
  },
  'door-forced': {
    isSent: true, brief: 'forced open',
    says: 'the door was opened though the lock was sensed locked.',
    advice: ['Do not go in alone: somebody may be inside.', 'If nobody can tell you why, call the police.'],
  },
  'tamper': {
    isSent: true, brief: 'tampering',
    says: 'the housing of the lock was opened.',
    advice: ['If nobody works on it for you, have somebody look at it, and do not rely on this lock until then.'],
  },
  'fire-release': {
    // That it came, and that the bolt then was withdrawn.
    isSent: true, quietMs: 60_000, brief: 'fire release',
    says: 'the fire release came on, which frees the lock.',
    advice: ['If there may be a fire, call the fire brigade.', 'The door may stand open: have somebody look at it.'],
  },
  'bolt-jammed': SHOWN, 'door-ajar': SHOWN, 'left-unlocked': SHOWN, 'power-lost': SHOWN, 'battery-low': SHOWN,
} as const satisfies Partial<Record<Reason, AlarmRule>>;

const RULES: ReadonlyMap<string, AlarmRule> = new Map(Object.entries(ALARMS));

/** Whether a record of this reason is shown as an alarm. Takes any text. */
export const isAlarm = (reason: string): boolean => RULES.has(reason);

/** How an alarm of this reason is sent; undefined: it is shown only, or is none. Takes any text. */
export const sentAlarm = (reason: string): SentAlarm | undefined => {
  const rule = RULES.get(reason);
  return rule?.isSent === true ? rule : undefined;
};

/** All that is sent, in the order of the table. */
export const sentAlarms = (): readonly SentAlarm[] => [...RULES.values()].filter((rule) => rule.isSent);

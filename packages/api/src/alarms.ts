// Where an owner wants alarms of the locks: an e-mail address, a mobile number, each theirs alone to see and to set.

import { instant, mailAddress, phoneNumber } from './fields.ts';
import { z } from './schema.ts';

/** `plain`: the subject and the first words may say what happened; else they are neutral, since they may be read on a locked screen. */
export const alarmAddressesBody = z.object({ mail: mailAddress.nullable(), sms: phoneNumber.nullable(), plain: z.boolean() });

/** `last`: what came of the newest message to it: `queued` (to be tried, or again), `sent` (taken by the mail server or gateway), `refused` (by it: `answer`). */
const alarmAddress = z.object({
  address: z.string().max(254),
  last: z.object({ state: z.enum(['queued', 'sent', 'refused', 'outbox']), answer: z.string().max(300).nullable(), at: instant }).nullable(),
});

/** `sends`: what this hub is set to send by. An alarm is sent to what is set here, by what the hub sends; and stands in Activity in any case. */
export const alarmAddresses = z.object({
  mail: alarmAddress.nullable(), sms: alarmAddress.nullable(), plain: z.boolean(),
  sends: z.object({ mail: z.boolean(), sms: z.boolean() }),
});
export type AlarmAddresses = z.infer<typeof alarmAddresses>;

/** By which way a test is sent. */
export const alarmTestBody = z.object({ kind: z.enum(['mail', 'sms']) });

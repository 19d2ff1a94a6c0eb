// An owner's own addresses for alarms: told to them alone, set, and tried by a message that goes the way an alarm goes.

import type { AlarmAddresses, alarmAddressesBody } from '@mortise/api/alarms.ts';
import type { z } from '@mortise/api/schema.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { kindOf } from '../log.ts';
import { alarmTestText } from '../notify/alarm-text.ts';
import type { MessageKind } from '../notify/sender.ts';
import { addressesOf, alarmAbout, lastMessageTo, putAddresses, type OwnAddresses } from '../store/alarm-store.ts';
import { addMessage } from '../store/message-store.ts';

/** What to set on the hub, by what it is to send. */
const LACKS = {
  mail: 'This hub has no mail server to send by. Whoever runs it sets MORTISE_SMTP_URL and MORTISE_MAIL_FROM and starts it again.',
  sms: 'This hub has no SMS gateway to send by. Whoever runs it sets MORTISE_SMS_URL and MORTISE_SMS_FROM and starts it again.',
} as const satisfies Record<MessageKind, string>;

/** What this owner has set, what came of the newest message to each, and what the hub sends by. */
export const tellAddresses = async (hub: Hub, personId: string): Promise<AlarmAddresses> => {
  const own = await addressesOf(hub.database, personId);
  return {
    mail: await told(hub, personId, 'mail', own), sms: await told(hub, personId, 'sms', own), plain: own.plain,
    sends: { mail: hub.outgoing.sends('mail'), sms: hub.outgoing.sends('sms') },
  };
};

const told = async (hub: Hub, personId: string, kind: MessageKind, own: OwnAddresses): Promise<AlarmAddresses['mail']> => {
  const address = own[kind];
  return address === undefined ? null : { address, last: (await lastMessageTo(hub.database, personId, kind)) ?? null };
};

/** Replaces both. One that is new is refused where nothing could be sent to it: whoever sets it would rely on it. */
export const setAddresses = async (hub: Hub, personId: string, { mail, sms, plain }: z.output<typeof alarmAddressesBody>): Promise<Result<AlarmAddresses, Refusal>> => {
  const [before, next] = [await addressesOf(hub.database, personId), { mail: mail ?? undefined, sms: sms ?? undefined, plain }];
  for (const kind of ['mail', 'sms'] as const) {
    if (next[kind] !== undefined && next[kind] !== before[kind] && !hub.outgoing.sends(kind)) return refuse('conflict', LACKS[kind]);
  }
  await putAddresses(hub.database, personId, next, hub.now());
  await hub.scrub();
  return ok(await tellAddresses(hub, personId));
};

/** Puts a test into the queue. Refused where there is no address of theirs, or no server for it. */
export const sendTest = async (hub: Hub, personId: string, kind: MessageKind): Promise<Result<AlarmAddresses, Refusal>> => {
  const address = (await addressesOf(hub.database, personId))[kind];
  if (address === undefined) return refuse('conflict', 'There is no address of yours to send it to. Set one first.');
  if (!hub.outgoing.sends(kind)) return refuse('conflict', LACKS[kind]);
  const site = required(await hub.database.selectFrom('site').select('name').executeTakeFirst(), 'the hub was claimed');
  await addMessage(hub.database, { id: base64url(hub.random(16)), about: { alarm: alarmAbout(personId) }, kind, to: address, state: 'queued', at: hub.now(), ...alarmTestText(kind, site.name) });
  hub.outgoing.wake().catch((error: unknown) => { hub.log('outgoing-failed', { code: kindOf(error) }); });
  return ok(await tellAddresses(hub, personId));
};

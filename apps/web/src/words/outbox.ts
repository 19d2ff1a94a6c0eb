// What the outbox says of itself: which kind of message nobody is there to send, and whether any stands here for that.

import type { OutboxMessage } from '@mortise/api/grants.ts';

type Told = { readonly mail: boolean; readonly sms: boolean; readonly messages: readonly Pick<OutboxMessage, 'kind'>[] };

const KINDS = [
  { kind: 'mail', missing: 'No mail server is set', by: 'by mail', set: 'MORTISE_SMTP_URL' },
  { kind: 'sms', missing: 'No SMS gateway is set', by: 'by SMS', set: 'MORTISE_SMS_URL' },
] as const;

/** `set`: what the hub lacks. Undefined: everything is sent. Messages of a kind that is sent again may still stand here. */
export const outboxWords = ({ mail, sms, messages }: Told): { readonly says: string; readonly set: readonly string[] } | undefined => {
  const lacking = KINDS.filter(({ kind }) => !{ mail, sms }[kind]);
  if (lacking.length === 0) return undefined;
  const missing = lacking.length === KINDS.length ? 'No mail server and no SMS gateway is set' : lacking.map((each) => each.missing).join('');
  const follows = messages.length === 0 ? `messages ${lacking.map(({ by }) => by).join(' and ')} will stand here, sent to nobody` : 'these messages were sent to nobody';
  return { says: `${missing}: ${follows}.`, set: lacking.map(({ set }) => set) };
};

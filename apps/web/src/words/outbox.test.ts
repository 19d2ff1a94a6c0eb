import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outboxWords } from './outbox.ts';

test('the outbox says who is missing, and of no message that it was sent to nobody where there is none', () => {
  const messages = [{ kind: 'sms' }] as const;
  const table = [
    [{ mail: true, sms: true, messages: [] }, undefined],
    [{ mail: true, sms: false, messages: [] }, { says: 'No SMS gateway is set: messages by SMS will stand here, sent to nobody.', set: ['MORTISE_SMS_URL'] }],
    [{ mail: true, sms: false, messages }, { says: 'No SMS gateway is set: these messages were sent to nobody.', set: ['MORTISE_SMS_URL'] }],
    [{ mail: false, sms: true, messages: [] }, { says: 'No mail server is set: messages by mail will stand here, sent to nobody.', set: ['MORTISE_SMTP_URL'] }],
    [{ mail: false, sms: false, messages: [] }, { says: 'No mail server and no SMS gateway is set: messages by mail and by SMS will stand here, sent to nobody.', set: ['MORTISE_SMTP_URL', 'MORTISE_SMS_URL'] }],
  ] as const;
  for (const [told, words] of table) assert.deepEqual(outboxWords(told), words);
});

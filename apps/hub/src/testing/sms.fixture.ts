// An SMS gateway of Twilio's shape on the loopback address, for tests.

import { createServer } from 'node:http';
import { utf8 } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { SmsGateway } from '../config.ts';

export type TakenSms = { readonly to: string; readonly from: string; readonly text: string; readonly authorization: string };

export type SmsFixture = {
  readonly gateway: SmsGateway;
  readonly taken: readonly TakenSms[];
  /** How it answers from now on; undefined: it takes the message. `silent`: not at all. */
  readonly answers: { reply?: { readonly status: number; readonly body: string; readonly location?: string } | 'silent' };
  readonly close: () => Promise<void>;
};

export const smsGateway = async (): Promise<SmsFixture> => {
  const taken: TakenSms[] = [];
  const answers: SmsFixture['answers'] = {};
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { reply } = answers;
      if (reply === 'silent') return;
      const form = new URLSearchParams(Buffer.concat(parts).toString('utf8'));
      if (reply === undefined) taken.push({ to: form.get('To') ?? '', from: form.get('From') ?? '', text: form.get('Body') ?? '', authorization: request.headers.authorization ?? '' });
      response.writeHead(reply?.status ?? 201, { 'Content-Type': 'application/json', ...(reply?.location !== undefined && { Location: reply.location }) });
      response.end(reply?.body ?? '{"sid":"SM1","status":"queued"}');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(); }); });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = (): Promise<void> => new Promise((resolve) => {
    server.close(() => { resolve(); });
    server.closeAllConnections();
  });
  return { gateway: { url: `http://127.0.0.1:${port}/2010-04-01/Accounts/AC1/Messages.json`, login: new Secret(utf8('AC1:token')), from: '+41791234567' }, taken, answers, close };
};

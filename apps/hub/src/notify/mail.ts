// Mail by SMTP. A login is sent over TLS only, but to a server on this machine. What the server says is passed on: 5xx to sender, recipient
// or text is for ever, everything else for now; a login or TLS that fails is the operator's to mend, and the message waits for it.

import { fromUtf8 } from '@mortise/base/bytes.ts';
import type { MailServer } from '../config.ts';
import { kindOf } from '../log.ts';
import { answerOf, type Outbound, type Sender, type SendOutcome } from './sender.ts';

/** How long to wait for a connection and the server's greeting, and between its words afterwards. */
export type Patience = { readonly connectMs: number; readonly silenceMs: number };
const PATIENCE: Patience = { connectMs: 10_000, silenceMs: 20_000 };
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

// Slow to load, and needed only where mail is sent.
const nodemailer = () => import('nodemailer');

export const createMailer = (server: MailServer, patience = PATIENCE): Sender => async (message, signal) => {
  const { createTransport } = await nodemailer();
  const transport = createTransport(optionsOf(server, patience));
  const cut = (): void => { transport.close(); };
  signal.addEventListener('abort', cut);
  try {
    await transport.sendMail({ ...mailOf(server, message), signal });
    return { kind: 'sent' };
  } catch (error) {
    return outcomeOf(error);
  } finally {
    signal.removeEventListener('abort', cut);
    transport.close();
  }
};

const optionsOf = ({ host, port, secure, login }: MailServer, { connectMs, silenceMs }: Patience) => ({
  host, port, secure, requireTLS: !secure && login !== undefined && !LOOPBACK.includes(host),
  connectionTimeout: connectMs, greetingTimeout: connectMs, dnsTimeout: connectMs, socketTimeout: silenceMs,
  disableFileAccess: true, disableUrlAccess: true,
  ...(login && { auth: { user: login.user, pass: fromUtf8(login.password.reveal()) } }),
});

const mailOf = ({ from }: MailServer, { id, to, subject, text }: Outbound) => ({
  from, to: { name: '', address: to }, envelope: { from: from.address, to: [to] }, subject, text,
  messageId: `<${id}@${from.address.split('@').at(-1) ?? 'localhost'}>`,
  // RFC 3834: no answer by a machine is wanted.
  headers: { 'Auto-Submitted': 'auto-generated' },
});

/** Nodemailer's codes for what a server says to sender and recipient, and to the text. */
const ABOUT_MESSAGE = ['EENVELOPE', 'EMESSAGE'];

const outcomeOf = (error: unknown): SendOutcome => {
  const [status, said] = [textOf(error, 'responseCode'), textOf(error, 'response')];
  const code = status === '' ? kindOf(error) : `smtp-${status}`;
  const answer = said === '' ? `The mail server could not be spoken to (${kindOf(error)}).` : answerOf(said);
  return { kind: status.startsWith('5') && ABOUT_MESSAGE.includes(kindOf(error)) ? 'refused' : 'later', code, answer };
};

/** A text or number that the error carries under this name; empty when there is none. */
const textOf = (error: unknown, name: string): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

// A mail server on the loopback address for tests: takes mail, or says no to it, and remembers what it took. And one that says nothing.

import { createServer, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailServer } from '../config.ts';

/** A message as it came; `text`: its body, decoded. */
export type TakenMail = { readonly from: string; readonly to: readonly string[]; readonly headers: ReadonlyMap<string, string>; readonly text: string };

export type MailFixture = {
  readonly server: MailServer;
  readonly taken: readonly TakenMail[];
  /** SMTP reply codes that it answers a recipient with from now on; undefined: it takes the mail. */
  readonly answers: { recipient?: { readonly code: number; readonly text: string } };
  /** The users that signed in. */
  readonly users: readonly string[];
  readonly close: () => Promise<void>;
};

export const FROM = { name: 'Home', address: 'home@example.org' };

/** `password`: whom it wants to sign in as `hub`. `options`: TLS and others of smtp-server. */
export const mailServer = async (password?: string, options: SMTPServerOptions = {}): Promise<MailFixture> => {
  const [taken, users]: [TakenMail[], string[]] = [[], []];
  const answers: MailFixture['answers'] = {};
  const server = new SMTPServer({
    authOptional: password === undefined, allowInsecureAuth: true, logger: false, disabledCommands: options.secure === true || options.cert !== undefined ? [] : ['STARTTLS'],
    onAuth: (auth, _session, done) => {
      if (auth.password !== password) {
        done(replyError(535, 'no such login'));
        return;
      }
      users.push(auth.username ?? '');
      done(null, { user: auth.username });
    },
    onRcptTo: (address, _session, done) => {
      const { recipient } = answers;
      done(recipient === undefined ? null : replyError(recipient.code, recipient.text.replace('%s', address.address)));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const from = session.envelope.mailFrom;
        taken.push({ from: from === false ? '' : from.address, to: session.envelope.rcptTo.map(({ address }) => address), ...partsOf(Buffer.concat(parts).toString('utf8')) });
        done(null);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return { server: { host: '127.0.0.1', port, secure: options.secure === true, from: FROM }, taken, answers, users, close: () => new Promise((resolve) => { server.close(() => { resolve(); }); }) };
};

/** A server that takes connections and says nothing. */
export const silentMailServer = async (): Promise<{ readonly server: MailServer; readonly close: () => Promise<void> }> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(); }); });
  const address = server.address();
  const close = (): Promise<void> => new Promise((resolve) => {
    for (const socket of sockets) socket.destroy();
    server.close(() => { resolve(); });
  });
  return { server: { host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 0, secure: false, from: FROM }, close };
};

const replyError = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });

const partsOf = (raw: string): Pick<TakenMail, 'headers' | 'text'> => {
  const [head = '', ...body] = raw.split('\r\n\r\n');
  const headers = new Map(head.replaceAll(/\r\n[ \t]/g, ' ').split('\r\n').map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
  }));
  return { headers, text: decoded(headers.get('content-transfer-encoding') ?? '7bit', body.join('\r\n\r\n')) };
};

const decoded = (encoding: string, body: string): string => {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
};

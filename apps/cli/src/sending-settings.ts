// By what the hub sends invitations, PINs and codes, and alarms: MORTISE_SMTP_URL and MORTISE_MAIL_FROM, MORTISE_SMS_URL and MORTISE_SMS_FROM. Variables only, for
// others on the machine read a command line. The addresses hold passwords, so that no complaint repeats them.

import { utf8 } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { MailServer, SmsGateway } from '@mortise/hub/config.ts';

export type SendingSettings = { readonly mail?: MailServer; readonly sms?: SmsGateway };
export type SendingError = { readonly code: 'setting-wrong'; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

const wrong = (message: string): Result<never, SendingError> => err({ code: 'setting-wrong', message });

/** An empty variable is as good as none. Of each pair both or none. */
export const readSending = (env: Environment): Result<SendingSettings, SendingError> => {
  const mail = readMail(env['MORTISE_SMTP_URL'] ?? '', env['MORTISE_MAIL_FROM'] ?? '');
  if (!mail.ok) return mail;
  const sms = readSms(env['MORTISE_SMS_URL'] ?? '', env['MORTISE_SMS_FROM'] ?? '');
  if (!sms.ok) return sms;
  return ok({ ...(mail.value && { mail: mail.value }), ...(sms.value && { sms: sms.value }) });
};

// ---- mail ------------------------------------------------------------------------------------------------------------------

const PORTS = { 'smtp:': 587, 'smtps:': 465 } as const;
const isSmtp = (protocol: string): protocol is keyof typeof PORTS => Object.hasOwn(PORTS, protocol);

const readMail = (url: string, from: string): Result<MailServer | undefined, SendingError> => {
  if (url === '' && from === '') return ok(undefined);
  if (url === '') return wrong('MORTISE_MAIL_FROM is set, and no mail server. Set MORTISE_SMTP_URL too, like smtps://user:password@mail.example.org.');
  const server = serverOf(url);
  if (server === undefined) return wrong('MORTISE_SMTP_URL is not the address of a mail server. Write it like smtps://user:password@mail.example.org, with %40 for an @ in the user’s name.');
  const sender = mailboxOf(from);
  if (sender === undefined) return wrong('MORTISE_MAIL_FROM must say from whom mail comes. Write it like Home <home@example.org>.');
  return ok({ ...server, from: sender });
};

const serverOf = (text: string): Omit<MailServer, 'from'> | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isSmtp(url.protocol) || url.hostname === '' || !isBare(url)) return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const server = { host, port: url.port === '' ? PORTS[url.protocol] : Number(url.port), secure: url.protocol === 'smtps:' };
  if (url.username === '') return url.password === '' ? server : undefined;
  const [user, password] = [decoded(url.username), decoded(url.password)];
  return user === undefined || password === undefined ? undefined : { ...server, login: { user, password: new Secret(utf8(password)) } };
};

/** No path, query or fragment. */
const isBare = ({ pathname, search, hash }: URL): boolean => (pathname === '' || pathname === '/') && search === '' && hash === '';

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    return malformed(error);
  }
};

// decodeURIComponent reports a stray % by a URIError.
const malformed = (_error: unknown): undefined => undefined;

const MAX_FROM_LENGTH = 254;

const mailboxOf = (text: string): MailServer['from'] | undefined => {
  if (text.length > MAX_FROM_LENGTH || /\p{C}/u.test(text)) return undefined;
  const [, name = '', inBrackets] = /^([^<>"]*)<([^<>]*)>$/.exec(text.trim()) ?? [];
  const address = (inBrackets ?? text).trim();
  return /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/.test(address) ? { name: name.trim(), address } : undefined;
};

// ---- SMS -------------------------------------------------------------------------------------------------------------------

const readSms = (url: string, from: string): Result<SmsGateway | undefined, SendingError> => {
  if (url === '' && from === '') return ok(undefined);
  if (url === '') return wrong('MORTISE_SMS_FROM is set, and no gateway. Set MORTISE_SMS_URL too, like https://user:password@sms.example.org/messages.');
  const gateway = gatewayOf(url);
  if (gateway === undefined) return wrong('MORTISE_SMS_URL is not the address of an SMS gateway. Write it like https://user:password@sms.example.org/messages; http: only on this machine.');
  if (!/^(?:\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})$/.test(from)) return wrong('MORTISE_SMS_FROM must say from whom SMS come. Write a number like +41791234567, or a name of at most 11 letters and digits.');
  return ok({ ...gateway, from });
};

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const gatewayOf = (text: string): Omit<SmsGateway, 'from'> | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (url === undefined || !isSafe || url.hash !== '') return undefined;
  const [user, password] = [decoded(url.username), decoded(url.password)];
  url.username = '';
  url.password = '';
  if (user === undefined || password === undefined) return undefined;
  return { url: url.href, ...(user !== '' && { login: new Secret(utf8(`${user}:${password}`)) }) };
};

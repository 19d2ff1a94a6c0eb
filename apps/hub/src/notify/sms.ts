// SMS through an HTTP gateway of Twilio's shape: a form of To, From and Body, basic authentication. 2xx: taken; 4xx: refused, but for
// those that say "not now" or that the operator can mend; all else is tried again. No redirect is followed: the form holds a link to a key.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import type { SmsGateway } from '../config.ts';
import { kindOf } from '../log.ts';
import { answerOf, type Outbound, type Sender, type SendOutcome } from './sender.ts';

const TIMEOUT_MS = 20_000;
const MAX_REPLY_BYTES = 8192;
/** Unauthorized, forbidden; request timeout, too early, too many requests. */
const NOT_NOW = [401, 403, 408, 425, 429];

export const createTexter = (gateway: SmsGateway): Sender => async (message, signal) => {
  try {
    const response = await fetch(gateway.url, {
      method: 'POST', body: formOf(gateway, message), redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      headers: { accept: 'application/json', ...(gateway.login && { authorization: `Basic ${gateway.login.reveal().toBase64()}` }) },
    });
    return await outcomeOf(response);
  } catch (error) {
    const code = systemCodeOf(error);
    return { kind: 'later', code, answer: `The SMS gateway could not be spoken to (${code}).` };
  }
};

const formOf = ({ from }: SmsGateway, { to, text }: Outbound): URLSearchParams => new URLSearchParams({ To: to, From: from, Body: text });

const outcomeOf = async (response: Response): Promise<SendOutcome> => {
  if (response.ok) {
    await response.body?.cancel();
    return { kind: 'sent' };
  }
  const said = messageIn(new TextDecoder().decode(await firstBytes(response)));
  const isRefusal = response.status >= 400 && response.status < 500 && !NOT_NOW.includes(response.status);
  return { kind: isRefusal ? 'refused' : 'later', code: `http-${response.status}`, answer: answerOf(`${response.status} ${said}`) };
};

const firstBytes = async ({ body }: Response): Promise<Bytes> => {
  let read: Bytes = new Uint8Array(0);
  if (body === null) return read;
  for await (const part of body) {
    read = concat(read, part.subarray(0, MAX_REPLY_BYTES - read.length));
    if (read.length >= MAX_REPLY_BYTES) break;
  }
  return read;
};

/** Twilio says what is wrong in `message` of a JSON object; others in the text. */
const messageIn = (text: string): string => {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string' ? value.message : text;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    return notJson(error);
  }
};

// JSON.parse reports whatever is no JSON by throwing.
const notJson = (_error: unknown): undefined => undefined;

/** fetch hides the system's word in the cause. */
const systemCodeOf = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined;
  return kindOf(cause ?? error);
};

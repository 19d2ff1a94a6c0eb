// The hub as a key reaches it that comes by itself, or in a station: POST /api/ekeys/:id/own-update, bounded in bytes and time. Nothing that it
// answers is believed here; the key checks it.

import { ownUpdateAnswer } from '@mortise/api/ekeys.ts';
import { base64url, fromBase64url, fromUtf8, concat, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';

/** `hub-unreachable`: nobody answers there, or not as a hub does; `hub-refused`: it said no, `message` why. */
export type HubError = { readonly code: 'hub-unreachable' | 'hub-refused'; readonly message: string };

export type HubAnswer = { readonly messages: readonly Bytes[]; readonly more: boolean; readonly pass: string };
/** `pass`: of the answer before; undefined: the messages begin with a new word of the key. */
export type AskHub = (keyId: LockId, messages: readonly Bytes[], pass: string | undefined) => Promise<Result<HubAnswer, HubError>>;

const ANSWER_MS = 20_000;
/** More than the hub says at once, in base64. */
const MAX_ANSWER_BYTES = 4_194_304;

/** `hub`: its origin. */
export const hubAt = (hub: string): AskHub => async (keyId, messages, pass) => {
  const asked = await post(`${hub}/api/ekeys/${keyId}/own-update`, hub, { messages: messages.map(base64url), pass: pass ?? null });
  if (asked === undefined) return unreachable(hub);
  const answer = ownUpdateAnswer.safeParse(asked.json);
  if (!asked.ok || !answer.success) return asked.ok ? unreachable(hub) : refusal(hub, asked.json);
  return ok({ ...answer.data, messages: answer.data.messages.map((text) => required(fromBase64url(text), 'the schema lets base64url through and nothing else')) });
};

type Asked = { readonly ok: boolean; readonly json: unknown };

const post = async (url: string, origin: string, body: object): Promise<Asked | undefined> => {
  try {
    const response = await fetch(url, { method: 'POST', redirect: 'error', headers: { 'content-type': 'application/json', origin }, body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_MS) });
    const bytes = await boundedBody(response);
    return bytes === undefined ? undefined : { ok: response.ok, json: JSON.parse(fromUtf8(bytes)) };
  } catch (error) {
    return nobody(error);
  }
};

const boundedBody = async ({ body }: Response): Promise<Bytes | undefined> => {
  const parts: Bytes[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES) return undefined;
    parts.push(part);
  }
  return concat(...parts);
};

// No connection, no certificate that holds, no answer in time, no JSON: no hub.
const nobody = (_error: unknown): undefined => undefined;

const unreachable = (hub: string): Result<never, HubError> => err({ code: 'hub-unreachable', message: `No hub answers at ${hub}.` });

const refusal = (hub: string, json: unknown): Result<never, HubError> => {
  const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
  const said = typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string' ? error.message.slice(0, 200) : undefined;
  return said === undefined ? unreachable(hub) : err({ code: 'hub-refused', message: said });
};

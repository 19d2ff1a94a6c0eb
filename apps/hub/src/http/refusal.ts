// How a route says no: a code of @mortise/api/error.ts, its HTTP status, and a sentence that says what to do.

import { ERROR_STATUS, type ErrorCode } from '@mortise/api/error.ts';
import type { z } from '@mortise/api/schema.ts';
import { strayFields } from '@mortise/api/stray.ts';
import { err, ok, type Err, type Result } from '@mortise/base/result.ts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export type Refusal = { readonly code: ErrorCode; readonly message: string };

export const refuse = (code: ErrorCode, message: string): Err<Refusal> => err({ code, message });

export const STATUS: Readonly<Record<ErrorCode, ContentfulStatusCode>> = ERROR_STATUS;

export const jsonOf = ({ code, message }: Refusal): { readonly error: Refusal } => ({ error: { code, message } });

const MAX_ISSUES = 3;
/** Of a field's name and of what is said about it: either may repeat what was sent. */
const MAX_SAID_CHARACTERS = 100;

/** What was sent, as the schema reads it, with nothing left over; or what does not fit, by field. The values themselves are not repeated. */
export const readInput = <S extends z.ZodType>(schema: S, sent: unknown): Result<z.output<S>, Refusal> => {
  const read = schema.safeParse(sent);
  if (!read.success) return unfit(read.error.issues.slice(0, MAX_ISSUES));
  const stray = strayFields(sent, read.data, MAX_ISSUES);
  return stray.length === 0 ? ok(read.data) : unfit(stray.map((path) => ({ path, message: 'there is no such field here' })));
};

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

const unfit = (issues: readonly Issue[]): Err<Refusal> =>
  refuse('input-invalid', `Correct this and send it again: ${issues.map(({ path, message }) => `${placeOf(path)}: ${cut(message)}`).join('; ')}.`);

const placeOf = (path: Issue['path']): string => (path.length === 0 ? 'the body' : cut(path.map(String).join('.')));
const cut = (text: string): string => (text.length > MAX_SAID_CHARACTERS ? `${text.slice(0, MAX_SAID_CHARACTERS)}…` : text);

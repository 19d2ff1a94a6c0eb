// How a route says no: a code of @mortise/api/error.ts, its HTTP status, and a sentence that says what to do.

import { ERROR_STATUS, type ErrorCode } from '@mortise/api/error.ts';
import type { z } from '@mortise/api/schema.ts';
import { err, type Err } from '@mortise/base/result.ts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export type Refusal = { readonly code: ErrorCode; readonly message: string };

export const refuse = (code: ErrorCode, message: string): Err<Refusal> => err({ code, message });

export const STATUS: Readonly<Record<ErrorCode, ContentfulStatusCode>> = ERROR_STATUS;

export const jsonOf = ({ code, message }: Refusal): { readonly error: Refusal } => ({ error: { code, message } });

const MAX_ISSUES = 3;

/** What does not fit, by field. The values themselves are not repeated. */
export const inputRefusal = (error: z.ZodError): Err<Refusal> => {
  const says = error.issues.slice(0, MAX_ISSUES).map(({ path, message }) => `${path.length === 0 ? 'the body' : path.join('.')}: ${message}`);
  return refuse('input-invalid', `Correct this and send it again: ${says.join('; ')}.`);
};

// How a route says no: a code of @mortise/api/error.ts, its HTTP status, and a sentence that says what to do.

import type { ErrorCode } from '@mortise/api/error.ts';
import type { z } from '@mortise/api/schema.ts';
import { err, type Err } from '@mortise/base/result.ts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export type Refusal = { readonly code: ErrorCode; readonly message: string };

export const refuse = (code: ErrorCode, message: string): Err<Refusal> => err({ code, message });

export const STATUS: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  'input-invalid': 400, 'too-large': 413, 'too-many-requests': 429, 'not-found': 404, 'origin-refused': 403, 'host-refused': 421,
  'sign-in-required': 401, 'claim-refused': 403, 'already-claimed': 409, 'not-claimed': 409, 'ceremony-expired': 409,
  'passkey-refused': 403, 'kit-refused': 403, 'document-refused': 422, 'door-unknown': 404, 'lock-unknown': 404, 'lock-offline': 409,
  'lock-busy': 409, 'lock-already-adopted': 409, 'roster-fork': 409, 'roster-stale': 409, 'roster-gap': 409, 'conflict': 409,
  'app-missing': 503, 'internal': 500,
};

export const jsonOf = ({ code, message }: Refusal): { readonly error: Refusal } => ({ error: { code, message } });

const MAX_ISSUES = 3;

/** What does not fit, by field. The values themselves are not repeated. */
export const inputRefusal = (error: z.ZodError): Err<Refusal> => {
  const says = error.issues.slice(0, MAX_ISSUES).map(({ path, message }) => `${path.length === 0 ? 'the body' : path.join('.')}: ${message}`);
  return refuse('input-invalid', `Correct this and send it again: ${says.join('; ')}.`);
};

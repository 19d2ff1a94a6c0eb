// How the hub says no: `{ error: { code, message } }`. The message is a sentence that says what to do.

import { z } from './schema.ts';

export const ERROR_CODES = [
  'input-invalid', 'too-large', 'too-many-requests', 'not-found', 'origin-refused', 'host-refused', 'sign-in-required',
  'claim-refused', 'already-claimed', 'not-claimed', 'ceremony-expired', 'passkey-refused', 'kit-refused', 'document-refused',
  'door-unknown', 'lock-unknown', 'lock-offline', 'lock-busy', 'lock-already-adopted', 'roster-fork', 'roster-stale', 'roster-gap',
  'grant-unknown', 'invitation-unknown', 'invitation-used', 'invitation-lapsed', 'key-refused', 'signature-required', 'delegation-missing', 'location-unknown', 'ekey-unknown', 'request-unknown', 'entry-unknown', 'conflict', 'app-missing', 'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The HTTP status that each code comes with. */
export const ERROR_STATUS = {
  'input-invalid': 400, 'too-large': 413, 'too-many-requests': 429, 'not-found': 404, 'origin-refused': 403, 'host-refused': 421,
  'sign-in-required': 401, 'claim-refused': 403, 'already-claimed': 409, 'not-claimed': 409, 'ceremony-expired': 409,
  'passkey-refused': 403, 'kit-refused': 403, 'document-refused': 422, 'door-unknown': 404, 'lock-unknown': 404, 'lock-offline': 409,
  'lock-busy': 409, 'lock-already-adopted': 409, 'roster-fork': 409, 'roster-stale': 409, 'roster-gap': 409, 'conflict': 409,
  'grant-unknown': 404, 'invitation-unknown': 404, 'invitation-used': 409, 'invitation-lapsed': 410, 'key-refused': 403, 'signature-required': 422,
  'delegation-missing': 403, 'location-unknown': 404, 'ekey-unknown': 404, 'request-unknown': 404, 'entry-unknown': 404, 'app-missing': 503, 'internal': 500,
} as const satisfies Record<ErrorCode, number>;

export const errorCode = z.enum(ERROR_CODES);
export const apiError = z.object({ error: z.object({ code: errorCode, message: z.string().max(1000) }) });
export type ApiError = z.infer<typeof apiError>;

/** Close codes of the two WebSockets; the close reason is an `ErrorCode` or `''`. */
export const CLOSE = {
  /** The lock is not on the link, or left it. */
  lockOffline: 4404,
  /** The session's frames were too large or too many. */
  frameRefused: 4400,
  /** Too many sessions with this lock; or the socket was idle for longer than a minute. */
  sessionEnded: 4408,
} as const;

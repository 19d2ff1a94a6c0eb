// How the hub says no: `{ error: { code, message } }`. The message is a sentence that says what to do.

import { z } from './schema.ts';

export const ERROR_CODES = [
  'input-invalid', 'too-large', 'too-many-requests', 'not-found', 'origin-refused', 'host-refused', 'sign-in-required',
  'claim-refused', 'already-claimed', 'not-claimed', 'ceremony-expired', 'passkey-refused', 'kit-refused', 'document-refused',
  'door-unknown', 'lock-unknown', 'lock-offline', 'lock-busy', 'lock-already-adopted', 'roster-fork', 'roster-stale', 'roster-gap', 'conflict', 'app-missing', 'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export const apiError = z.object({ error: z.object({ code: z.enum(ERROR_CODES), message: z.string().max(1000) }) });
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

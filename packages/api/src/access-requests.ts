// Remote assignment: whoever holds an electronic key asks for a door; an owner says yes or no; the grant that this makes comes to the key with
// its next update.

import { identifier, instant, name, signedDocument } from './fields.ts';
import { grantDocument, grantTerms, MAX_WORD_CHARACTERS } from './grants.ts';
import { z } from './schema.ts';

export const MAX_REQUESTS = 4096;
/** Of one person, that nobody has decided. */
export const MAX_OPEN_REQUESTS = 16;

/** `door` or the lock that the technician stands at. `id`: the same again is the same request. */
export const accessRequestBody = z.object({
  id: identifier,
  ekeyId: identifier,
  at: z.union([z.object({ doorId: identifier }), z.object({ lockId: identifier })]),
  from: instant,
  until: instant,
  reason: z.string().trim().min(1).max(MAX_WORD_CHARACTERS),
});
export type AccessRequestBody = z.input<typeof accessRequestBody>;

/** `waiting`: only those that nobody has decided, and that are not over. */
export const accessRequestsQuery = z.object({ waiting: z.literal('true').optional() });

/** `document`: the owner’s for the key; null: the hub signs, within what the owners let it. `terms`: about the door that was asked for and nothing else. */
export const decisionBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('approve'), grantId: identifier, terms: grantTerms, document: grantDocument.nullable(), introduction: signedDocument, answer: z.string().trim().max(MAX_WORD_CHARACTERS).default('') }),
  z.object({ kind: z.literal('refuse'), answer: z.string().trim().max(MAX_WORD_CHARACTERS).default('') }),
]);
export type DecisionBody = z.input<typeof decisionBody>;

/** `lapsed`: nobody decided in time, the key changed hands, or the grant is over. `onTheKey`: the key has said that it holds the grant’s document. */
export const accessRequest = z.object({
  id: identifier,
  state: z.enum(['asked', 'approved', 'refused', 'lapsed', 'onTheKey']),
  person: z.object({ id: identifier, name }),
  ekey: z.object({ id: identifier, name }),
  door: z.object({ id: identifier, name, lockId: identifier }),
  from: instant,
  until: instant,
  reason: z.string().max(MAX_WORD_CHARACTERS),
  askedAt: instant,
  decidedAt: instant.nullable(),
  decidedBy: name.nullable(),
  answer: z.string().max(MAX_WORD_CHARACTERS),
  grantId: identifier.nullable(),
});
export type AccessRequest = z.infer<typeof accessRequest>;
export const accessRequests = z.object({ requests: z.array(accessRequest).max(MAX_REQUESTS) });
export const accessRequestAnswer = z.object({ request: accessRequest });

// An owner's word about a request. Yes is a grant to the key, signed by the owner or, within its delegation, by the hub; the decision and the grant
// are one transaction, so that of two owners one decides.

import type { decisionBody } from '@mortise/api/access-requests.ts';
import type { z } from '@mortise/api/schema.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { parseIdentifier, type DoorId } from '@mortise/base/identifiers.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { requestState } from '@mortise/management/access-request.ts';
import { announceRequests } from '../ekeys/announce.ts';
import { announceGrant } from '../grants/announce.ts';
import { lend } from '../grants/lend.ts';
import type { GrantRequest } from '../grants/lending.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { decideRequest, requestById, type StoredRequest } from '../store/access-request-store.ts';
import { ekeyById, type StoredEkey } from '../store/ekey-store.ts';

type Body = z.output<typeof decisionBody>;
type Approval = Extract<Body, { kind: 'approve' }>;
type Deciding = { readonly hub: Hub; readonly by: string; readonly origin: string };

export const decide = async (deciding: Deciding, id: string, body: Body): Promise<Result<StoredRequest, Refusal>> => {
  const { hub, by } = deciding;
  const request = await requestById(hub.database, id);
  if (request === undefined) return refuse('request-unknown', 'There is no such request. Look at the list of requests.');
  if (request.decision !== null) return isSame(request, body) ? ok(request) : refuse('conflict', `${request.decidedBy ?? 'Somebody'} has decided this already. Look at the request.`);
  const done = body.kind === 'approve' ? await approve(deciding, request, body) : await say(hub, { id, decision: 'refused', by, answer: body.answer, grantId: null, at: hub.now() });
  if (!done.ok) return done;
  const decided = required(await requestById(hub.database, id), 'requests that wait stay');
  await announceRequests(hub, [decided]);
  return ok(decided);
};

// The answer may have been lost on the way.
const isSame = ({ decision, grantId }: StoredRequest, body: Body): boolean => (body.kind === 'approve' ? decision === 'approved' && grantId === body.grantId : decision === 'refused');

const say = async (hub: Hub, word: Parameters<typeof decideRequest>[1]): Promise<Result<undefined, Refusal>> =>
  (await decideRequest(hub.database, word)) ? ok(undefined) : decidedMeanwhile();

const decidedMeanwhile = () => refuse('conflict', 'Somebody else has decided this just now. Look at the request.');

const approve = async ({ hub, by, origin }: Deciding, request: StoredRequest, body: Approval): Promise<Result<undefined, Refusal>> => {
  const ekey = required(await ekeyById(hub.database, request.ekeyId), 'keys stay');
  const isHeld = ekey.state === 'issued' && ekey.person?.id === request.person.id;
  if (requestState({ decision: null, until: request.until, isHeld, isGrantLive: false, isOnKey: false }, hub.now()) !== 'asked') return refuse('conflict', 'The time that was asked for is over, or the key is in other hands.');
  const [place] = body.terms.places;
  if (body.terms.places.length !== 1 || place !== elementOf({ kind: 'door', id: required(parseIdentifier<DoorId>(request.door.id), 'stored door ids are identifiers') })) {
    return refuse('input-invalid', 'terms.places: name the door that was asked for, and nothing else.');
  }
  const answered = { id: request.id, decision: 'approved', by, answer: body.answer, grantId: body.grantId, at: hub.now() } as const;
  const lent = await lend(hub, { body: grantFor(request, ekey, body), lentBy: by, origin }, async (transaction) => ((await decideRequest(transaction, answered)) ? ok(undefined) : decidedMeanwhile()));
  if (!lent.ok) return lent;
  await announceGrant(hub, lent.value.id);
  const decided = await requestById(hub.database, request.id);
  return decided?.grantId === body.grantId ? ok(undefined) : refuse('conflict', 'grantId: another grant has this id. Make a fresh one.');
};

const grantFor = ({ person }: StoredRequest, { credential }: StoredEkey, { grantId, terms, document, introduction, answer }: Approval): GrantRequest => {
  const credentialKey = base64url(credential.key);
  return { id: grantId, person: { id: person.id }, terms, way: document === null ? { kind: 'hub', credentialKey } : { kind: 'direct', credentialKey, document }, word: answer, introduction };
};

// Access documents at the lock: when a credential that the roster does not know is asked for them, what it is asked for, and what the
// lock decides by its answer (packages/access, docs/GRANTS.md).

import { encodeDeviceRequest } from '@mortise/aliro/device-request.ts';
import { signals } from '@mortise/aliro/device-signals.ts';
import type { Authenticated } from '@mortise/aliro/reader.ts';
import type { Command } from '@mortise/aliro/vendor.ts';
import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { decideDocuments, type DocumentDecision, type DocumentOutcome } from '@mortise/access/decide-documents.ts';
import type { DocumentMemory } from '@mortise/access/document-memory.ts';
import { documentRequests, type DocumentsRequest } from '@mortise/access/documents-request.ts';
import type { AppliedRevocation } from '@mortise/access/revocation-document.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { RosterAccess } from '@mortise/documents/roster-access.ts';
import type { Moment } from './change.ts';
import { changedParts, isStorable, type MemoryParts } from './memory-parts.ts';
import type { Peer } from './peer.ts';
import { capabilitiesFor, interfaceOf } from './profile.ts';
import type { Adopted, LockState } from './state.ts';

/** What was decided, what the lock remembers from now on, and which parts of that must be written with the decision. */
export type DocumentVerdict = {
  readonly decision: DocumentDecision;
  readonly memory: DocumentMemory;
  readonly parts: MemoryParts;
  /** The Revocation Documents that counted, to be recorded once the memory is written. */
  readonly revocations: readonly AppliedRevocation[];
};

/** Who asked, by a proven credential, and for what. `command` undefined: it did not say, and there is no default; `saidB2`: whether it knows our extension. */
export type Asking = { readonly peer: Peer; readonly credential: Authenticated; readonly command: Command | undefined; readonly saidB2: boolean };

/** The DeviceRequest for this credential; undefined: the lock opens to no documents, or the credential says that it has none. */
export const stepUpRequest = ({ roster }: Adopted, { credential, saidB2 }: Asking): Bytes | undefined => {
  const { access, groups } = roster;
  return access === undefined || !signals(credential.signaling, 'accessDocument') ? undefined : encodeDeviceRequest(documentRequests(access.door, groups, saidB2));
};

/**
 * Decides by a DeviceResponse; takes any bytes. `refusalOf`: what stands against an allowed request now. It then spends nothing, but
 * what was learnt of revocations is kept whatever comes of it.
 */
export const judgeDocuments = (
  moment: Moment, state: LockState, adopted: Adopted, access: RosterAccess, asking: Asking, response: Bytes, refusalOf: () => Reason | undefined,
): DocumentVerdict => {
  const request = documentsRequest(moment, state, adopted, access, asking);
  const outcome = decideDocuments(moment.crypto, response, request, state.documents);
  const { decision, memory } = outcome;
  const refusal = decision.allowed ? refusalOf() : undefined;
  if (refusal === undefined) return storable(state, outcome);
  return storable(state, { ...outcome, decision: { ...decision, allowed: false, reason: refusal }, memory: { ...state.documents, issuers: memory.issuers } });
};

// What could not be read back at the next start is not written, and then nothing opens by it.
const storable = ({ documents }: LockState, { decision, memory, revocations }: DocumentOutcome): DocumentVerdict => {
  const parts = changedParts(documents, memory);
  if (isStorable(memory, parts)) return { decision, memory, parts, revocations };
  return { decision: { ...decision, allowed: false, reason: 'memory-full' }, memory: documents, parts: {}, revocations: [] };
};

const documentsRequest = (
  moment: Moment, state: LockState, { authority, roster }: Adopted, access: RosterAccess, { peer, credential, command, saidB2 }: Asking,
): DocumentsRequest => ({
  // A credential that sent no B2 may not know stamps.
  requests: documentRequests(access.door, roster.groups, saidB2),
  credentialKey: credential.credentialKey,
  verb: command?.verb,
  interface: interfaceOf(state, peer),
  capabilities: capabilitiesFor(state, peer),
  clock: { quality: clockQuality(state.clock, moment.now), now: instantOf(state.clock, moment.now) },
  // There is no nonce yet that an assertion could answer: a grant with this condition is refused.
  userVerified: false,
  authority,
  place: { zone: roster.zone, zoneTable: access.zoneTable, calendars: access.calendars },
});

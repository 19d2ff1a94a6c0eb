// Whose the key is. A key of nobody takes the first site whose owners enrol it; from then on it hears no other. The same site may send its
// papers again, with other certificates of the hub's time or another journal key, as long as its history goes on from the one held.
// Owner sets follow one another as in a lock.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { decodeEnrolment, encodeEnrolment, fitsEnrolment, type Enrolment } from '@mortise/courier/key-message.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { refuseDocument, type DocumentError, type DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openIntroduction } from '@mortise/documents/introduction.ts';
import { openKeyEnrolment } from '@mortise/documents/key-enrolment.ts';
import { openOwnerSet, openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { openTimeKeys, type TimeAuthority } from '@mortise/documents/time.ts';
import { inTurn, withUpdate, type Change, type Moment } from './change.ts';
import { holdingsOf } from './holdings.ts';
import { hasRoomForRequest, note, noteUnproven } from './journal-keeper.ts';
import { askTime } from './time-question.ts';
import { answerUpdate } from './update-sending.ts';
import { valueNames } from './stored-values.ts';
import type { Enrolled, EkeyState } from './state.ts';

/** By whose word the hub's time counts to this key. */
export const timeAuthorityOf = ({ holdings }: EkeyState, { ownerSet, papers }: Enrolled): TimeAuthority =>
  ({ ownerKeys: ownerSet.keys, certificates: [...papers.timeKeys, ...holdings.hubTimeKeys] });

/** Takes any bytes. */
export const onEnrol = (moment: Moment, state: EkeyState, bytes: Bytes): Change => {
  if (!hasRoomForRequest(state)) return answerUpdate(state, 'enrol', 'busy');
  const read = readEnrolment(moment.crypto, state, bytes);
  if (!read.ok) return refuse(moment, state, read.error.code);
  if (state.membership.kind === 'enrolled' && equalBytes(encodeEnrolment(state.membership.papers), bytes)) return answerUpdate(state, 'enrol', 'accepted');
  const record = { kind: 'event', reason: 'key-enrolled', rule: `owners:${read.value.ownerSet.sequence}` } as const;
  return inTurn(
    note(moment, withMembership(moment, state, read.value), record, [[valueNames.membership, bytes]], { kind: 'answer', to: 'enrol', code: 'accepted' }),
    (current) => askTime(moment, withUpdate(current, { isStatusWanted: true })),
  );
};

/** Takes any bytes: the next owner set, as it was signed. */
export const onOwnerSet = (moment: Moment, state: EkeyState, enrolled: Enrolled, bytes: Bytes): Change => {
  const { papers } = enrolled;
  if (papers.ownerSets.some((held) => equalBytes(held, bytes))) return answerUpdate(state, 'owner-set', 'accepted');
  if (!hasRoomForRequest(state)) return answerUpdate(state, 'owner-set', 'busy');
  const read = nextOwners(moment.crypto, enrolled, bytes);
  if (!read.ok) return refuseOwners(moment, state, read.error.code);
  const record = { kind: 'event', reason: 'owners-accepted', rule: `owners:${read.value.ownerSet.sequence}` } as const;
  const put = [valueNames.membership, encodeEnrolment(read.value.papers)] as const;
  return note(moment, withMembership(moment, state, read.value), record, [put], { kind: 'answer', to: 'owner-set', code: 'accepted' });
};

/** What papers that were stored say; undefined: they are not what the key wrote. Certificates may have lost their owner since. */
export const storedMembership = (crypto: Crypto, state: Pick<EkeyState, 'keyId'>, bytes: Bytes): Enrolled | undefined => {
  const papers = decodeEnrolment(bytes);
  const sets = papers === undefined ? [] : openEvery(crypto, papers.ownerSets);
  return papers === undefined || sets.length !== papers.ownerSets.length ? undefined : openPapers(crypto, state, papers, sets);
};

// What an owner signed who has left since still says whose the key is: it was taken while he was one.
const openPapers = (crypto: Crypto, { keyId }: Pick<EkeyState, 'keyId'>, papers: Enrolment, sets: readonly OwnerSet[]): Enrolled | undefined => {
  const ownerSet = sets.at(-1);
  if (ownerSet === undefined) return undefined;
  const { siteId } = ownerSet;
  const introductions = sets.map(({ keys }) => openIntroduction(crypto, papers.introduction, { siteId, keys }));
  const enrolments = sets.map(({ keys }) => openKeyEnrolment(crypto, papers.enrolment, { siteId, ownerKeys: keys, keyId }));
  const [introduction, enrolment] = [introductions.find(({ ok: isOk }) => isOk), enrolments.find(({ ok: isOk }) => isOk)];
  if (introduction?.ok !== true || enrolment?.ok !== true) return undefined;
  return { kind: 'enrolled', siteId, ownerSet, readerIssuerKey: introduction.value.readerIssuerKey, journalKey: enrolment.value.journalKey, papers };
};

const openEvery = (crypto: Crypto, documents: readonly Bytes[]): readonly OwnerSet[] => {
  const sets: OwnerSet[] = [];
  for (const document of documents) {
    const opened = openOwnerSet(crypto, document, sets.at(-1));
    if (!opened.ok) return sets;
    sets.push(opened.value);
  }
  return sets;
};

const readEnrolment = (crypto: Crypto, state: EkeyState, bytes: Bytes): Result<Enrolled, DocumentError> => {
  const papers = decodeEnrolment(bytes);
  if (papers === undefined) return refuseDocument('malformed');
  const sets = openEvery(crypto, papers.ownerSets);
  const opened = openOwnerSets(crypto, papers.ownerSets);
  if (!opened.ok) return opened;
  const stands = goesOn(state, sets, opened.value);
  return stands === undefined ? openNew(crypto, state, papers, opened.value) : refuseDocument(stands);
};

// The papers of now: by present owners, as everything that comes.
const openNew = (crypto: Crypto, { keyId }: EkeyState, papers: Enrolment, ownerSet: OwnerSet): Result<Enrolled, DocumentError> => {
  const { siteId, keys } = ownerSet;
  const introduction = openIntroduction(crypto, papers.introduction, ownerSet);
  if (!introduction.ok) return introduction;
  const enrolment = openKeyEnrolment(crypto, papers.enrolment, { siteId, ownerKeys: keys, keyId });
  if (!enrolment.ok) return enrolment;
  const hubs = openTimeKeys(crypto, { ownerKeys: keys, certificates: papers.timeKeys }).filter(({ kind }) => kind === 'hub');
  if (hubs.length === 0) return refuseDocument('signer-unknown');
  return ok({ kind: 'enrolled', siteId, ownerSet, readerIssuerKey: introduction.value.readerIssuerKey, journalKey: enrolment.value.journalKey, papers });
};

const goesOn = ({ membership }: EkeyState, sets: readonly OwnerSet[], newest: OwnerSet): DocumentErrorCode | undefined => {
  if (membership.kind === 'factory') return undefined;
  if (newest.siteId !== membership.siteId) return 'other-site';
  const held = membership.ownerSet;
  if (newest.sequence < held.sequence) return 'stale';
  const same = sets.find(({ sequence }) => sequence === held.sequence);
  return same !== undefined && equalBytes(same.hash, held.hash) ? undefined : 'fork';
};

const nextOwners = (crypto: Crypto, enrolled: Enrolled, bytes: Bytes): Result<Enrolled, DocumentError> => {
  const opened = openOwnerSet(crypto, bytes, enrolled.ownerSet);
  if (!opened.ok) return opened;
  const papers = { ...enrolled.papers, ownerSets: [...enrolled.papers.ownerSets, bytes] };
  return fitsEnrolment(papers) ? ok({ ...enrolled, ownerSet: opened.value, papers }) : err({ code: 'too-long' });
};

// Whose documents, certificates and delegations count is another question under other owners.
const withMembership = ({ crypto }: Moment, state: EkeyState, membership: Enrolled): EkeyState =>
  ({ ...state, membership, holdings: holdingsOf(crypto, state.keys, membership, state.orders, state.items) });

const refuse = (moment: Moment, state: EkeyState, code: DocumentErrorCode): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'enrolment-refused', rule: `document:${code}` }),
    (current) => answerUpdate(current, 'enrol', code),
  );

const refuseOwners = (moment: Moment, state: EkeyState, code: DocumentErrorCode): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'owners-refused', rule: `document:${code}` }),
    (current) => answerUpdate(current, 'owner-set', code),
  );

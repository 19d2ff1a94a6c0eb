// The lock's signed word that it was adopted (documents/adoption-statement.ts). There is one, kept with the configuration, and said
// at each link-up: a hub that missed the owner's word of the adoption hears it from the lock and can finish without the owner.

import { assert } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { ADOPTION_STEP } from '@mortise/documents/adoption-message.ts';
import { adoptionStatementToSign } from '@mortise/documents/adoption-statement.ts';
import { lockDone } from '@mortise/documents/adoption.ts';
import type { ToSign } from '@mortise/documents/cose.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { encodeConfiguration } from './configuration.ts';
import { hasRoomForRequest, store } from './journal-keeper.ts';
import { askSignature, send, sendAdoption } from './sending.ts';
import type { LockState, WaitingOwner } from './state.ts';

/** Owner, roster and record are durable: the lock says so under its identity key, to `owner` if one waits. */
export const askStatement = (moment: Moment, state: LockState, owner: WaitingOwner | undefined): Change => {
  const { message, assemble } = statementOf(moment, state);
  return askSignature(state, 'identity', message, { kind: 'adoptionStatement', owner, assemble }) ?? changed(state);
};

/** The statement is signed. It is stored before anybody hears of it, so that no power cut makes a second one. */
export const onStatementSigned = (moment: Moment, state: LockState, owner: WaitingOwner | undefined, statement: Bytes): Change => {
  const { membership } = state;
  if (membership.kind !== 'adopted' || membership.statement !== undefined || !hasRoomForRequest(state)) return changed(state);
  const stated: LockState = { ...state, membership: { ...membership, statement } };
  return store(stated, { configuration: encodeConfiguration(moment.crypto, stated) }, 0, { kind: 'stated', owner });
};

/** The statement is durable: the owner is told, and the link goes over to the lock's own credentials, by which it tells the hub. */
export const onStatementStored = (moment: Moment, state: LockState, owner: WaitingOwner | undefined): Change =>
  inTurn(
    state,
    (current) => (owner === undefined ? changed(current) : sendDone(moment, current, owner)),
    (current) => giveLinkCredentials(current),
  );

/** Says by whom the lock was adopted. The hub that knows it already hears nothing new; one that missed the owner's word does. */
export const sendStatement = (state: LockState): Change => {
  const statement = durableStatement(state);
  return statement === undefined ? changed(state) : send(state, 'statement', NO_SESSION, statement);
};

/** What was signed and is durable; before that nobody hears of it. */
export const durableStatement = ({ membership, stores }: LockState): Bytes | undefined =>
  membership.kind !== 'adopted' || stores.some(({ after }) => after.kind === 'stated') ? undefined : membership.statement;

/** An adopted lock without its statement, since the power failed or the store was full in between, makes up for it. */
export const makeUpStatement = (moment: Moment, state: LockState): Change => {
  const { membership, stores, signatures, isStarted } = state;
  if (!isStarted || membership.kind !== 'adopted' || membership.statement !== undefined || !hasRoomForRequest(state)) return changed(state);
  const isUnderWay = stores.some(({ after }) => after.kind === 'adopted') || signatures.some(({ after }) => after.kind === 'adoptionStatement');
  return isUnderWay ? changed(state) : askStatement(moment, state, undefined);
};

/** Tells the shell how an adopted lock reaches its hub, where it was told, and what its link authenticates with. */
export const giveLinkCredentials = (state: LockState): Change => {
  if (state.membership.kind !== 'adopted') return changed(state);
  const { papers: { linkCertificate, brokerCa }, network } = state.membership;
  const credentials = { kind: 'linkCredentials', certificate: linkCertificate, ca: network === undefined ? brokerCa : utf8(network.brokerCa) } as const;
  return network === undefined ? changed(state, credentials) : changed(state, { kind: 'network', settings: network }, credentials);
};

const sendDone = (moment: Moment, state: LockState, { peer, opened }: WaitingOwner): Change => {
  assert(state.membership.kind === 'adopted' && state.membership.statement !== undefined, 'a stored statement is there');
  const done = lockDone(moment.crypto, opened, { kind: 'accepted', statement: state.membership.statement });
  return sendAdoption(state, peer, ADOPTION_STEP.done, done);
};

// Until it is there the roster is the adoption's own: the lock takes no other before (roster-desk.ts).
const statementOf = ({ crypto }: Moment, { lockId, keys, membership, profile }: LockState): ToSign => {
  assert(membership.kind === 'adopted', 'only an adopted lock states its adoption');
  const { ownerSet, roster } = membership;
  return adoptionStatementToSign(crypto, keys.identityKey, {
    lockId, siteId: ownerSet.siteId, ownerSetHash: ownerSet.hash, rosterHash: roster.hash, readerKey: keys.readerKey, sealKey: keys.seal.publicKey, profile,
  });
};

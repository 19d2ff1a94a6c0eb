// How the lock reaches its hub, told by an owner at the door (documents/network-settings.ts) or, as long as it is reached, by the hub's link.
// What is newer holds from now on and is answered once it is durable; then the shell goes over to it. The same again changes nothing.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { encodeNetworkAnswer, type NetworkAnswerBody } from '@mortise/courier/link-body.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openNetworkSettings, type NetworkPlace } from '@mortise/documents/network-settings.ts';
import { inTurn, type Change, type Moment } from './change.ts';
import { encodeConfiguration, hasRoomFor } from './configuration.ts';
import { hasRoomForRequest, note, noteUnproven } from './journal-keeper.ts';
import type { Carrier } from './peer.ts';
import { sayTo } from './sending.ts';
import { giveLinkCredentials } from './statement-desk.ts';
import type { Adopted, LockState } from './state.ts';

/** Takes any bytes. */
export const onNetwork = (moment: Moment, state: LockState, adopted: Adopted, from: Carrier, bytes: Bytes): Change => {
  const held = adopted.network?.version ?? 0;
  if (adopted.papers.network !== undefined && equalBytes(bytes, adopted.papers.network)) return answer(state, from, { version: held, code: 'accepted' });
  if (!hasRoomForRequest(state)) return answer(state, from, { version: held, code: 'busy' });
  const read = readNetwork(moment, state, adopted, bytes);
  if (typeof read === 'string') return refuseNetwork(moment, state, from, held, read);
  const told: LockState = { ...state, membership: read };
  const version = read.network?.version ?? 0;
  const record = { kind: 'event', reason: 'network-accepted', rule: `network:${version}` } as const;
  const after = { kind: 'networkAnswer', to: from, answer: { version, code: 'accepted' } } as const;
  return note(moment, told, record, () => after, { configuration: encodeConfiguration(moment.crypto, told) });
};

/** The settings are durable: said, and gone over to. */
export const onNetworkStored = (state: LockState, to: Carrier, said: NetworkAnswerBody): Change =>
  inTurn(state, (current) => answer(current, to, said), (current) => giveLinkCredentials(current));

const answer = (state: LockState, to: Carrier, said: NetworkAnswerBody): Change => sayTo(state, to, 'network-answer', encodeNetworkAnswer(said));

const readNetwork = ({ crypto }: Moment, { lockId, keys }: LockState, adopted: Adopted, bytes: Bytes): Adopted | DocumentErrorCode => {
  const place = { lockId, seal: keys.seal, ownerKeys: adopted.ownerSet.keys };
  const opened = openNetworkSettings(crypto, bytes, place);
  if (!opened.ok) return opened.error.code;
  if (opened.value.version <= heldVersion(crypto, place, adopted)) return 'stale';
  const papers = { ...adopted.papers, network: bytes };
  return hasRoomFor(crypto, papers, adopted.rosterBytes) ? { ...adopted, papers, network: opened.value } : 'too-long';
};

// What an owner who left has said stands in nobody's way, whatever its version.
const heldVersion = (crypto: Crypto, place: NetworkPlace, { papers: { network } }: Adopted): number => {
  const held = network && openNetworkSettings(crypto, network, place);
  return held?.ok === true ? held.value.version : 0;
};

const refuseNetwork = (moment: Moment, state: LockState, from: Carrier, version: number, code: DocumentErrorCode): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'network-refused', rule: `document:${code}` }),
    (current) => answer(current, from, { version, code }),
  );

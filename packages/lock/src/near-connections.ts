// The near connections as a list in the lock's state, and what is looked up and changed in it. What happens on them: near-desk.ts and
// near-carry.ts.

import { isSamePeer, type NearPeer, type Peer } from './peer.ts';
import { PROFILES } from './profile.ts';
import type { Carrying, LockState, NearConnection } from './state.ts';

/** Of a powered lock. */
export const MAX_NEAR_CONNECTIONS = PROFILES.powered.nearConnections;

/** Spoiled frames of one connection that are passed over. */
export const MAX_NEAR_NOISE = 8;

export const findConnection = ({ near }: LockState, { connection }: NearPeer): NearConnection | undefined => near.find((each) => each.connection === connection);

export const isConnected = ({ near }: LockState, connection: number): boolean => near.some((each) => each.connection === connection);

export const peerOf = ({ connection }: NearConnection): NearPeer => ({ kind: 'near', connection });

export const updateConnection = (state: LockState, { connection }: NearPeer, fields: Partial<NearConnection>): LockState =>
  ({ ...state, near: state.near.map((each) => (each.connection === connection ? { ...each, ...fields } : each)) });

/** Changes what a connection carries; one that does not carry stays as it is. */
export const updateCarrying = (state: LockState, peer: NearPeer, fields: Partial<Carrying>): LockState => {
  const carrying = findConnection(state, peer)?.carrying;
  return carrying === undefined ? state : updateConnection(state, peer, { carrying: { ...carrying, ...fields } });
};

/** Whoever showed a key of the roster, or one that a decision allowed, may carry once the transaction is over. */
export const withProven = (state: LockState, peer: Peer): LockState => (peer.kind === 'near' ? updateConnection(state, peer, { isProven: true }) : state);

/** Without the connection, what was to be signed for it, and an adoption that it had begun. */
export const withoutConnection = (state: LockState, peer: NearPeer): LockState => ({
  ...state,
  membership: withoutHandshake(state.membership, peer),
  near: state.near.filter((each) => each.connection !== peer.connection),
  signatures: state.signatures.filter(({ after }) => !('to' in after && after.to.kind === 'near' && after.to.connection === peer.connection)),
});

const withoutHandshake = (membership: LockState['membership'], gone: NearPeer): LockState['membership'] =>
  membership.kind === 'factory' ? { ...membership, handshakes: membership.handshakes.filter(({ peer }) => !isSamePeer(peer, gone)) } : membership;

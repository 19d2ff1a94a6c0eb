// Who is at the other end: of a transaction, a browser socket behind the hub or a phone at the door; of documents and the journal,
// whoever carries them. Nothing is believed for the way by which it came; but what is answered goes back the same way, and the
// interface byte of a transaction follows from its peer.

import { equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';

/** `connection`: the shell's number for it, never used twice in one life. */
export type NearPeer = { readonly kind: 'near'; readonly connection: number };
/** Of a transaction. `session`: 8 bytes, chosen by the hub. */
export type Peer = { readonly kind: 'relay'; readonly session: Bytes } | NearPeer;
/** Of documents, acknowledgements and the journal. */
export type Carrier = { readonly kind: 'hub' } | NearPeer;

export const HUB: Carrier = { kind: 'hub' };

export const isSamePeer = (one: Peer, other: Peer): boolean => {
  if (one.kind === 'relay') return other.kind === 'relay' && equalBytes(one.session, other.session);
  return other.kind === 'near' && one.connection === other.connection;
};

/** Tells what is derived for one peer from what is derived for another. */
export const peerName = (peer: Peer): string => (peer.kind === 'relay' ? `relay ${hex(peer.session)}` : `near ${peer.connection}`);

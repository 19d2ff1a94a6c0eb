// What somebody without an account asks the hub: to open an invitation, to redeem it, and, by a signature of the key that came of it,
// for what belongs to that key. Such a session is a guest’s: it reaches these routes and nothing of the owners’.

import { ceremony, bytesOf, identifier, instant, name, publicKey, signedDocument, zone } from './fields.ts';
import { grantDocument, grantTerms, MAX_WORD_CHARACTERS } from './grants.ts';
import { adoptionStatement } from './locks.ts';
import { z } from './schema.ts';

export const openInvitationBody = z.object({ invitationKey: publicKey });

/** A door that a grant names, with what a wallet needs to know its lock and to say the lock’s hours. */
export const grantedDoor = z.object({
  id: identifier, name, zone, lockId: identifier, identityKey: publicKey, readerKey: publicKey, sealKey: publicKey, statement: adoptionStatement,
  /** The newest roster, signed by an owner: names the zone table and calendars that the lock goes by. Its entries are sealed to the lock. */
  roster: signedDocument,
  online: z.boolean(),
});
export type GrantedDoor = z.infer<typeof grantedDoor>;

/** What an open link offers: redeem it. */
const offeredInvitation = z.object({
  state: z.literal('open'),
  siteId: identifier,
  siteName: name,
  from: name,
  to: name,
  word: z.string().max(MAX_WORD_CHARACTERS),
  terms: grantTerms,
  /** Null: the owner confirms. */
  delegation: grantDocument.nullable(),
  redeemBy: instant,
  /** The whole history of owner sets, the first first, and the owners’ introduction. */
  ownerSets: z.array(signedDocument).max(64),
  introduction: signedDocument,
  doors: z.array(grantedDoor),
});
export type OfferedInvitation = z.infer<typeof offeredInvitation>;

/**
 * A link by which nothing is to be had: `asked`: redeemed, and the owner is to confirm; `redeemed`; `lapsed`; `takenBack`. Whoever comes by with it
 * hears whom to ask, and nothing of who was invited, where to and on what terms.
 */
const closedInvitation = z.object({ state: z.enum(['asked', 'redeemed', 'lapsed', 'takenBack']), siteId: identifier, from: name, redeemBy: instant, redeemedAt: instant.nullable() });

export const invitation = z.discriminatedUnion('state', [offeredInvitation, closedInvitation]);
export type Invitation = z.infer<typeof invitation>;

/** `document`: signed by the link’s key, where it may; `proof`: COSE `mortise-redemption` by the credential’s key over the link’s. */
export const redeemBody = z.object({ invitationKey: publicKey, credentialKey: publicKey, document: grantDocument.nullable(), proof: bytesOf(1, 512), name: name.optional() });
export type RedeemBody = z.input<typeof redeemBody>;
export const redeemed = z.object({ grantId: identifier, state: z.enum(['live', 'asking']) });

/** To be signed by the credential’s key: COSE `mortise-sign-in`, as an owner key does at `POST /api/sign-in/kit`. */
export const keyChallenge = z.object({ ceremony, nonce: bytesOf(32, 32), origin: z.string().max(256) });
export const keySignInBody = z.object({ ceremony, credentialKey: publicKey, signed: bytesOf(1, 1024) });

/** Bounds of a file of `keyDocuments`. */
export const MAX_KEY_REVOCATIONS = 64;
export const MAX_KEY_DOORS = 128;

/** One of the caller’s grants, as they hold it. `stamp`: the freshest word that it was not taken back; null: none is needed, or none is given. */
export const heldGrant = z.object({
  id: identifier,
  state: z.enum(['asking', 'live', 'paused', 'takenBack', 'ended']),
  from: name,
  word: z.string().max(MAX_WORD_CHARACTERS),
  terms: grantTerms,
  document: grantDocument.nullable(),
  stamp: grantDocument.nullable(),
  triedAgain: z.number().int().min(0),
  triedAgainAt: instant.nullable(),
  doors: z.array(grantedDoor),
});
export type HeldGrant = z.infer<typeof heldGrant>;
export const heldKeys = z.object({
  siteId: identifier,
  siteName: name,
  person: z.object({ id: identifier, name }),
  ownerSets: z.array(signedDocument).max(64),
  introduction: signedDocument.nullable(),
  grants: z.array(heldGrant),
});
export type HeldKeys = z.infer<typeof heldKeys>;

// ---- a key's documents as a file -----------------------------------------------------------------------------------------------

/**
 * A key as it would be shown at its doors, with what it proves itself by: what `mortise would-open` reads. Holds no secret: who has it opens
 * nothing. Also of a key that was taken back: then its last document, and the revocations that name it. `stamp`: one that still counts.
 */
export const keyDocuments = z.object({
  kind: z.literal('mortise-key-documents'),
  siteId: identifier,
  siteName: name,
  /** The whole history of owner sets, the first first. */
  ownerSets: z.array(signedDocument).max(64),
  credentialKey: publicKey,
  document: grantDocument,
  stamp: grantDocument.nullable(),
  revocations: z.array(grantDocument).max(MAX_KEY_REVOCATIONS),
  doors: z.array(grantedDoor.omit({ online: true })).max(MAX_KEY_DOORS),
  /** Doors of the key that are not in `doors`, for they are too many. */
  doorsLeftOut: z.int().min(0),
});
export type KeyDocuments = z.infer<typeof keyDocuments>;

// ---- courier -----------------------------------------------------------------------------------------------------------------

export const MAX_COURIER_MESSAGES = 64;
/** Link messages (courier’s link-message.ts), each as bytes: what the lock said, and what is to be said to it. */
export const courierBody = z.object({ messages: z.array(bytesOf(1, 65_536)).max(MAX_COURIER_MESSAGES) });
export const courierAnswer = courierBody;

/** Where near links of virtual locks may be found on this machine: WebSocket addresses, tried as a radio would scan. */
export const nearLinks = z.object({ addresses: z.array(z.url().max(128)).max(32) });

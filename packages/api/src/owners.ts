// Owners come and go: a link by which somebody asks to become one, and the owner sets by which the owners say who is. What counts is what
// was signed: the hub cannot make an owner, and the owner who confirms checks that the key is the link’s bearer’s.

import { bytesOf, ceremony, identifier, instant, name, publicKey, signedDocument } from './fields.ts';
import { issuerWrap, MAX_VAULT_ENTRIES, phoneKey, vaultEntry } from './owner.ts';
import { registration } from './passkey.ts';
import { z } from './schema.ts';

/** COSE `mortise-owner-request` by the link’s key over the owner key, the phone key and the name: wallet’s owner-change.ts. */
const voucher = bytesOf(1, 1024);

export const ownerInvitationBody = z.object({ id: identifier, invitationKey: publicKey, name, redeemBy: instant });
export type OwnerInvitationBody = z.input<typeof ownerInvitationBody>;

/** `open`; `asking`: somebody holds a key and waits for an owner’s signature; `done`; `lapsed`. */
export const ownerInvitation = ownerInvitationBody.extend({
  state: z.enum(['open', 'asking', 'done', 'lapsed']),
  asking: z.object({ name, ownerKey: publicKey, phoneKey, voucher }).nullable(),
});
export type OwnerInvitation = z.infer<typeof ownerInvitation>;
export const ownerInvitations = z.object({ invitations: z.array(ownerInvitation).max(64) });

export const joinOptionsBody = z.object({ invitationKey: publicKey, name });
export const joinBody = z.object({
  invitationKey: publicKey,
  ceremony,
  name,
  registration,
  ownerKey: publicKey,
  vault: z.array(vaultEntry).min(1).max(MAX_VAULT_ENTRIES),
  phoneKey,
  voucher,
});
export type JoinBody = z.input<typeof joinBody>;
/** What the one who asks is told, now and later. */
export const joinState = z.object({ state: z.enum(['open', 'asking', 'done', 'lapsed']), siteName: name, siteId: identifier });
export type JoinState = z.infer<typeof joinState>;

/** A passkey of the caller’s that comes with a set: it opens a key that is new in it. */
const comingPasskey = z.object({ ceremony, registration, vault: vaultEntry });
/** Where a phone is lost: this passkey and this phone key of the caller’s stay, and the session that brings the set; their others end with it. */
const remaining = z.object({ credentialId: bytesOf(1, 1023), credentialKey: publicKey });

/**
 * The next owner set, by the threshold of the one before it; issuer wraps for those who are new. `introduction`: by an owner of the next set,
 * so that who holds a key knows the locks by the word of one who stays.
 */
export const ownerSetBody = z.object({ document: signedDocument, issuerWraps: z.array(issuerWrap).max(16), introduction: signedDocument.optional(), passkey: comingPasskey.optional(), remaining: remaining.optional() });

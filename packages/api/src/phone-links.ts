// A phone for whoever holds an electronic key: a link by which one browser becomes known to the hub as theirs, so that it shows their keys, updates them and
// asks for doors. It is a grant of nothing: by it no lock opens.

import { bytesOf, identifier, instant, name, publicKey } from './fields.ts';
import { z } from './schema.ts';

/** Links that nobody has used and that are not over; beyond them none is made. */
export const MAX_PHONE_LINKS = 1024;
/** How long one may wait, ms. */
export const MAX_PHONE_LINK_MS = 14 * 86_400_000;

/** `linkKey`: the public half of the secret in the link, which the hub never sees. */
export const phoneLinkBody = z.object({ linkKey: publicKey, redeemBy: instant });
export type PhoneLinkBody = z.input<typeof phoneLinkBody>;

export const openPhoneLinkBody = z.object({ linkKey: publicKey });
/** `used`: by some browser. `lapsed`: too late, or the key is in other hands. Whoever comes by with one that is over hears nothing of whom it was for: `person`, `ekey` null. */
export const phoneLink = z.object({ state: z.enum(['open', 'used', 'lapsed']), siteId: identifier, siteName: name, from: name, person: name.nullable(), ekey: name.nullable(), redeemBy: instant });
export type PhoneLink = z.infer<typeof phoneLink>;

/** COSE `mortise-redemption` twice: `proof` by the browser's key over the link's, `word` by the link's key over the browser's. */
export const redeemPhoneLinkBody = z.object({ linkKey: publicKey, credentialKey: publicKey, proof: bytesOf(1, 512), word: bytesOf(1, 512) });
export type RedeemPhoneLinkBody = z.input<typeof redeemPhoneLinkBody>;

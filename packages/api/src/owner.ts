// Owning: the claim, signing in, the vault of wrapped keys. The hub keeps wrapped bytes and cannot open them.

import { bytesOf, ceremony, hash, identifier, instant, name, publicKey, signedDocument, zone } from './fields.ts';
import { authentication, registration } from './passkey.ts';
import { z } from './schema.ts';

export const MAX_VAULT_ENTRIES = 64;

/** An owner key wrapped for one passkey: by its PRF output, or by an unextractable key of the browser that holds it. */
export const vaultEntry = z.object({
  credentialId: bytesOf(1, 1023),
  ownerKey: publicKey,
  method: z.enum(['prf', 'browser']),
  wrapped: bytesOf(1, 1024),
});
export type VaultEntry = z.infer<typeof vaultEntry>;

/** The reader-issuer's private key, sealed to one owner key. */
export const issuerWrap = z.object({ ownerKey: publicKey, issuerKey: publicKey, wrapped: bytesOf(1, 1024) });
export type IssuerWrap = z.infer<typeof issuerWrap>;

export const vault = z.object({
  vault: z.array(vaultEntry).max(MAX_VAULT_ENTRIES),
  issuerWraps: z.array(issuerWrap).max(MAX_VAULT_ENTRIES),
});
export type Vault = z.infer<typeof vault>;

/** `proof`: COSE `mortise-owner-phone` by an owner key of theirs (documents: owner-phone.ts). Without it no other owner knows the phone. */
export const phoneKey = z.object({ credentialKey: publicKey, label: name, proof: bytesOf(1, 512).optional() });
export type PhoneKey = z.infer<typeof phoneKey>;

/** The token of the claim link's fragment: 32 bytes. */
export const claimToken = bytesOf(32, 32);

export const claimOptionsBody = z.object({ token: claimToken, name });
export const claimBody = z.object({
  token: claimToken,
  ceremony,
  site: z.object({ name, zone }),
  owner: z.object({ name }),
  registration,
  /** The first owner set: signed by its own threshold. */
  ownerSet: signedDocument,
  vault: z.array(vaultEntry).min(1).max(MAX_VAULT_ENTRIES),
  issuerWraps: z.array(issuerWrap).min(1).max(MAX_VAULT_ENTRIES),
  phoneKey,
});
export type ClaimBody = z.infer<typeof claimBody>;

/** Who is signed in: the answer of claim, sign-in and /api/me. */
export const me = z.object({
  person: z.object({ id: identifier, name }),
  site: z.object({ id: identifier, name, zone }),
  /** How this session began. After `kit`, offer to register a passkey. */
  signedInBy: z.enum(['claim', 'passkey', 'kit']),
});
export type Me = z.infer<typeof me>;

export const signInBody = z.object({ ceremony, authentication });
/** To be signed by an owner key: COSE type `mortise-sign-in`, version 1, payload CBOR map {"nonce": bstr, "origin": tstr}. */
export const kitChallenge = z.object({ ceremony, nonce: bytesOf(32, 32), origin: z.string().max(256) });
export type KitChallenge = z.infer<typeof kitChallenge>;
export const kitBody = z.object({ ceremony, signed: bytesOf(1, 1024) });

/** `replaces`: it takes the place of the caller’s others, which may lie in the same authenticator: none of them is excluded. It comes with an owner set. */
export const passkeyOptionsBody = z.object({ replaces: z.boolean().default(false) });
export const passkeyBody = z.object({ ceremony, registration, vault: vaultEntry.optional() });
/** Every owner set, oldest first. */
export const ownerSets = z.object({ sets: z.array(signedDocument) });

export const people = z.object({
  people: z.array(
    z.object({
      id: identifier,
      name,
      /** `former`: was an owner. */
      role: z.enum(['owner', 'guest', 'former']),
      /** Of the present owner set; whose they are is the hub’s word, that they are owners’ is the set’s. */
      ownerKeys: z.array(publicKey),
      phoneKeys: z.array(z.object({ credentialKey: publicKey, credentialHash: hash, label: name, addedAt: instant, proof: bytesOf(1, 512).nullable() })),
    }),
  ),
});
export type People = z.infer<typeof people>;

/** `siteId`: of no secret; a link of another site is known by it. */
export const health = z.object({ version: z.string(), claimed: z.boolean(), siteId: identifier.optional(), siteName: name.optional() });
export type Health = z.infer<typeof health>;
/** The answer of routes that have nothing to say. */
export const done = z.object({ done: z.literal(true) });

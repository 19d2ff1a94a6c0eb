// The phones that locks shall know as owners' when an owner writes the list anew: those that an owner who stays has signed for. Which there
// are a hub says; it can leave one out, and it can add none.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { openOwnerPhone, ownerPhoneToSign, type OwnerPhone } from '@mortise/documents/owner-phone.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { signedBy } from './owner-signature.ts';

/** A phone as a hub tells of it. */
export type SaidPhone = { readonly credentialKey: Bytes; readonly proof: Bytes };

/** `owner`'s word that the phone is an owner's. */
export const signOwnerPhone = (crypto: Crypto, owner: KeyPair, phone: OwnerPhone): Bytes => signedBy(crypto, owner, ownerPhoneToSign(crypto, owner.publicKey, phone));

/** Whether an owner of these signed for the phone. Takes any bytes. */
export const isOwnerPhone = (crypto: Crypto, { credentialKey, proof }: SaidPhone, owners: Pick<OwnerSet, 'siteId' | 'keys'>): boolean => {
  const opened = openOwnerPhone(crypto, proof, owners);
  return opened.ok && equalBytes(opened.value.credentialKey, credentialKey);
};

/** Those that an owner of these signed for, each once. */
export const phonesOfOwners = (crypto: Crypto, said: readonly SaidPhone[], owners: Pick<OwnerSet, 'siteId' | 'keys'>): readonly Bytes[] => {
  const keys = said.filter((each) => isOwnerPhone(crypto, each, owners)).map(({ credentialKey }) => credentialKey);
  return keys.filter((key, index) => keys.findIndex((each) => equalBytes(each, key)) === index);
};

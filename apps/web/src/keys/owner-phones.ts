// The phones of the owners, as locks shall know them when a list is written anew: a hub tells which there are, and only those count that an
// owner who stays signed for; this browser's own is known here.

import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { phonesOfOwners, signOwnerPhone, type SaidPhone } from '@mortise/wallet/owner-phones.ts';
import type { Phone } from '@mortise/wallet/phones.ts';
import { loadPeople, people, peopleFailure, type Person } from '../model/people.ts';
import { failureSentence } from '../words/failures.ts';
import { phoneKey, siteKey } from './phone-key.ts';

/** What the hub keeps of a phone, with the owner's word for it. */
export const phoneBody = (owner: KeyPair, siteId: SiteId, credentialKey: Bytes, label: string): { credentialKey: string; label: string; proof: string } => ({
  credentialKey: base64url(credentialKey), label, proof: base64url(signOwnerPhone(nobleCrypto, owner, { siteId, credentialKey })),
});

const saidOf = ({ phoneKeys }: Pick<Person, 'phoneKeys'>): readonly SaidPhone[] =>
  phoneKeys.flatMap(({ credentialKey, proof }) => {
    const [key, word] = [fromBase64url(credentialKey), fromBase64url(proof ?? '')];
    return key === undefined || word === undefined ? [] : [{ credentialKey: key, proof: word }];
  });

const once = (keys: readonly Bytes[]): readonly Bytes[] => keys.filter((key, index) => keys.findIndex((each) => equalBytes(each, key)) === index);

/** Of these people, the phones that owners of this set signed for, and `own` besides; each once. */
export const phonesUnder = (list: readonly Pick<Person, 'phoneKeys'>[], owners: Pick<OwnerSet, 'siteId' | 'keys'>, own: readonly Bytes[]): readonly Phone[] =>
  once([...own, ...phonesOfOwners(nobleCrypto, list.flatMap(saidOf), owners)]).map((credentialKey) => ({ credentialKey }));

/** This browser's own key of the site. */
export const ownPhone = (siteId: SiteId): readonly Bytes[] => (phoneKey.value === undefined || siteKey.value?.siteId !== siteId ? [] : [phoneKey.value.publicKey]);

/** Who there is, asked anew. Errors are sentences. */
export const peopleNow = async (): Promise<Result<readonly Person[], string>> => {
  await loadPeople();
  // Out of the hub's reach those count who were known last.
  const isKnown = people.value !== undefined && peopleFailure.value?.kind === 'unreachable';
  if (peopleFailure.value !== undefined && !isKnown) return err(failureSentence(peopleFailure.value));
  return ok(people.value ?? []);
};

// The site's authority as this browser sees it while an owner key is open: the owner sets, checked as one history of this site with the
// opened key among its owners, and the reader issuer that this owner vouched for, as this site's.

import { ROUTES } from '@mortise/api/routes.ts';
import { equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { openIssuerWrap } from '@mortise/wallet/issuer-key.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';

export type Authority = {
  readonly owner: KeyPair;
  readonly issuer: KeyPair;
  readonly ownerSet: OwnerSet;
  /** The documents, the first set first. */
  readonly documents: readonly Bytes[];
};

const bytes = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);

const fetchSets = async (): Promise<Result<{ readonly ownerSet: OwnerSet; readonly documents: readonly Bytes[] }, string>> => {
  const answer = await call(ROUTES.ownerSets);
  if (!answer.ok) return err(failureSentence(answer.error));
  const documents = answer.value.sets.map(bytes);
  const ownerSet = openOwnerSets(nobleCrypto, documents);
  return ownerSet.ok ? ok({ ownerSet: ownerSet.value, documents }) : err(`The owner sets that the hub keeps do not hold (${ownerSet.error.code}). Nothing was changed.`);
};

/** The newest owner set, as a history of this hub's site; no key is needed. Errors are sentences. */
export const readOwnerSet = async (): Promise<Result<OwnerSet, string>> => {
  const sets = await fetchSets();
  return sets.ok ? ok(sets.value.ownerSet) : sets;
};

/** The site's authority for an opened owner key, or a sentence. */
export const openAuthority = async (owner: KeyPair): Promise<Result<Authority, string>> => {
  const sets = await fetchSets();
  if (!sets.ok) return sets;
  if (!sets.value.ownerSet.keys.some((key) => equalBytes(key, owner.publicKey))) return err('This key is not one of the site’s owners. Nothing was changed.');
  const vault = await call(ROUTES.vault);
  if (!vault.ok) return err(failureSentence(vault.error));
  for (const wrap of vault.value.issuerWraps) {
    const parts = { ownerKey: bytes(wrap.ownerKey), issuerKey: bytes(wrap.issuerKey), wrapped: bytes(wrap.wrapped) };
    const issuer = equalBytes(parts.ownerKey, owner.publicKey) ? openIssuerWrap(nobleCrypto, sets.value.ownerSet, owner, parts) : undefined;
    if (issuer?.ok === true) return ok({ owner, issuer: issuer.value, ...sets.value });
  }
  return err('The site’s lock-signing key could not be opened with this owner key. Nothing was changed.');
};

// The site's authority as this browser sees it while an owner key is open: the owner sets, checked as one history of this site with the
// opened key among its owners, and the reader issuer that this owner vouched for, as this site's.

import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { acceptIssuerWrap, openIssuerWrap, wrapIssuerKey, type IssuerWrap } from '@mortise/wallet/issuer-key.ts';
import { call } from '../model/client.ts';
import { callOrLast } from '../model/last-answers.ts';
import { failureSentence } from '../words/failures.ts';
import { readJoining } from './joining.ts';

export type Authority = {
  readonly owner: KeyPair;
  readonly issuer: KeyPair;
  readonly ownerSet: OwnerSet;
  /** The documents, the first set first. */
  readonly documents: readonly Bytes[];
};

const bytes = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);

const fetchSets = async (): Promise<Result<{ readonly ownerSet: OwnerSet; readonly documents: readonly Bytes[] }, string>> => {
  const answer = await callOrLast(ROUTES.ownerSets);
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

/**
 * The issuer key of a wrap that this owner vouched for; or, for one who has come by a link of this very site, that the owner who signed
 * vouched for: that one is wrapped anew under their own word.
 */
const issuerOf = async (owner: KeyPair, ownerSet: OwnerSet, wrap: IssuerWrap): Promise<KeyPair | undefined> => {
  const own = openIssuerWrap(nobleCrypto, ownerSet, owner, wrap);
  if (own.ok) return own.value;
  const given = (await readJoining())?.siteId === ownerSet.siteId ? acceptIssuerWrap(nobleCrypto, ownerSet, owner, wrap) : undefined;
  if (given?.ok !== true) return undefined;
  const anew = wrapIssuerKey(nobleCrypto, { siteId: ownerSet.siteId, issuer: given.value, voucher: owner }, owner.publicKey, freshEntropy());
  // Should this fail, the next time does it.
  await call(ROUTES.putVault, { body: { vault: [], issuerWraps: [wireWrap(anew)] } });
  return given.value;
};

/** As the hub keeps it. */
export const wireWrap = (wrap: IssuerWrap): { ownerKey: string; issuerKey: string; wrapped: string } => ({
  ownerKey: base64url(wrap.ownerKey), issuerKey: base64url(wrap.issuerKey), wrapped: base64url(wrap.wrapped),
});

/** The site's authority for an opened owner key, or a sentence. */
export const openAuthority = async (owner: KeyPair): Promise<Result<Authority, string>> => {
  const sets = await fetchSets();
  if (!sets.ok) return sets;
  if (!sets.value.ownerSet.keys.some((key) => equalBytes(key, owner.publicKey))) return err('This key is not one of the site’s owners. Nothing was changed.');
  const vault = await callOrLast(ROUTES.vault);
  if (!vault.ok) return err(failureSentence(vault.error));
  for (const wrap of vault.value.issuerWraps) {
    const parts = { ownerKey: bytes(wrap.ownerKey), issuerKey: bytes(wrap.issuerKey), wrapped: bytes(wrap.wrapped) };
    const issuer = equalBytes(parts.ownerKey, owner.publicKey) ? await issuerOf(owner, sets.value.ownerSet, parts) : undefined;
    if (issuer !== undefined) return ok({ owner, issuer, ...sets.value });
  }
  return err('The site’s lock-signing key could not be opened with this owner key. Nothing was changed.');
};

// The next owner set, as this page signs it and hands it to the hub.

import type { IssuerWrap } from '@mortise/api/owner.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { openOwnerSet, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { nextOwnerSet, type OwnerChange, type OwnerChangeError } from '@mortise/wallet/owner-change.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { openAuthority, type Authority } from './authority.ts';
import { introductionOf } from './lend.ts';
import { openOwnerKey } from './owner-key.ts';

/** What is being signed or asked for just now. */
export type OwnerProgress = { readonly kind: 'owner' | 'passkey' | 'set' } | { readonly kind: 'roster'; readonly door: string } | { readonly kind: 'grant'; readonly person: string } | { readonly kind: 'ekey'; readonly name: string };
export type OnStep = (at: OwnerProgress) => void;

/** Why a set cannot be signed here. */
export const OWNER_CHANGE: Readonly<Record<OwnerChangeError['code'], string>> = {
  'needs-others': 'The owners of this site must sign together, and this page cannot gather their signatures yet.',
  'is-owner': 'This key is an owner’s already.', 'too-many-owners': 'There are sixteen owner keys, the most there can be.', 'nobody-left': 'Whoever signs must stay an owner.',
};

export type NextSet = { readonly document: Bytes; readonly ownerSet: OwnerSet };

/** The next set, as it will be once the hub has taken it. */
export const nextSet = ({ owner, ownerSet }: Pick<Authority, 'owner' | 'ownerSet'>, change: OwnerChange): Result<NextSet, string> => {
  const signed = nextOwnerSet(nobleCrypto, owner, ownerSet, change, freshEntropy());
  if (!signed.ok) return err(OWNER_CHANGE[signed.error.code]);
  const opened = openOwnerSet(nobleCrypto, signed.value, ownerSet);
  return opened.ok ? ok({ document: signed.value, ownerSet: opened.value }) : err(`The owner set could not be made (${opened.error.code}).`);
};

export const authorityNow = async (onStep: OnStep): Promise<Result<Authority, string>> => {
  onStep({ kind: 'owner' });
  const owner = await openOwnerKey();
  return owner.ok ? openAuthority(owner.value) : owner;
};

/** As the hub's schema has it (api: owners.ts). */
type WithSet = { readonly issuerWraps?: readonly IssuerWrap[]; readonly passkey?: object; readonly remaining?: { readonly credentialId: string; readonly credentialKey: string } };

/** Whether the hub has it as its newest: the answer alone was lost. */
const isNewest = async (document: Bytes): Promise<boolean> => {
  const answer = await call(ROUTES.ownerSets);
  return answer.ok && answer.value.sets.at(-1) === base64url(document);
};

/** With the word of who signs for the locks: who holds a key knows them by an owner who stays. */
export const putSet = async (authority: Authority, document: Bytes, more: WithSet = {}): Promise<Result<void, string>> => {
  const answer = await call(ROUTES.putOwnerSet, { body: { issuerWraps: [], ...more, document: base64url(document), introduction: introductionOf(authority) } });
  return answer.ok || (await isNewest(document)) ? ok(undefined) : err(failureSentence(answer.error));
};

// What the owners let the hub do: confirm that keys were not taken back, take them back, and lend within bounds where they want that. It
// stands in each lock's roster; taken out there, it is gone.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { IssuePower, StandingDelegation } from '@mortise/documents/delegation.ts';
import { delegationPayload, delegationToSign, openStanding, type Owners } from '@mortise/documents/signed-delegation.ts';
import { assembleSigned } from '@mortise/documents/threshold.ts';
import { signedBy } from './owner-signature.ts';

/** `delegateKey`: the hub's, 65 bytes. `issue`: null where it shall lend nothing by itself. */
export type HubPower = { readonly siteId: SiteId; readonly delegateKey: Bytes; readonly until: Instant; readonly issue: IssuePower | null };

/** Signed by one owner: whole where one is enough. */
export const signHubDelegation = (crypto: Crypto, owner: KeyPair, { siteId, delegateKey, until, issue }: HubPower): Bytes => {
  const payload = delegationPayload(crypto, { kind: 'standing', siteId, delegate: delegateKey, until, issue, freshness: true, revocation: true });
  return assembleSigned([signedBy(crypto, owner, delegationToSign(crypto, owner.publicKey, payload))]);
};

/** The roster's delegations to this hub that hold by the present owners, those that reach furthest first. */
export const hubDelegationsIn = (crypto: Crypto, documents: readonly Bytes[], owners: Owners, delegateKey: Bytes): readonly StandingDelegation[] =>
  openStanding(crypto, documents, owners).filter(({ delegate }) => equalBytes(delegate, delegateKey)).toSorted((a, b) => b.until - a.until);

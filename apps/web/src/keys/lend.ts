// Lending a key: the locks' rosters first, where they cannot judge it yet; then what the way needs to be signed; then the hub. The link's
// secret is made here and stays here, unless the hub itself is to send it.

import type { Grant, GrantBody, GrantTermsJson } from '@mortise/api/grants.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type GrantId, type SiteId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { grantTermsOf, type DocumentName } from '@mortise/management/plain-terms.ts';
import { keyLinkText, linkKeyOf } from '@mortise/wallet/key-link.ts';
import { signGrant, signIntroduction, signInvitation } from '@mortise/wallet/lend.ts';
import { call } from '../model/client.ts';
import { grants, hearGrant, loadGrants } from '../model/grants.ts';
import { formerLink } from '../model/lend-again.ts';
import { isConfirmed, plainNumber, redeemByOf, termsOfDraft, type LendDraft, type LendWay } from '../model/lend-draft.ts';
import { doorsOf } from '../model/places.ts';
import { failureSentence } from '../words/failures.ts';
import { ensureAccess } from './access.ts';
import { openAuthority, type Authority } from './authority.ts';
import { countsUnder } from './grant-proof.ts';
import { openOwnerKey } from './owner-key.ts';

export type LendProgress = { readonly kind: 'owner' | 'signing' | 'hub' } | { readonly kind: 'access'; readonly door: string };

/** `link`: where the owner passes it on. `waiting`: doors whose locks have yet to take the roster by which they judge it. */
export type Lent = { readonly grant: Grant; readonly way: LendWay; readonly link: string | undefined; readonly waiting: readonly string[] };

/** A link and its secret half. */
export type FreshLink = { readonly secret: Secret; readonly publicKey: Bytes; readonly address: string };

/** `page`: of this origin, without its slash. */
export const freshLink = (siteId: SiteId, page: 'key' | 'join'): FreshLink => {
  const secret = new Secret(freshEntropy());
  return { secret, publicKey: linkKeyOf(nobleCrypto, secret).publicKey, address: `${location.origin}/${page}#${keyLinkText(nobleCrypto, { secret, siteId })}` };
};

/** The terms as this document says them; out of bounds is a sentence. */
export const documentTerms = (name: DocumentName, plain: GrantTermsJson): Result<GrantTerms, string> => {
  const terms = grantTermsOf(name, plain);
  return terms.ok ? terms : err('The terms of this key are out of bounds. Look at its doors, dates and limits again.');
};

export const freshGrantId = (): GrantId => identifierOf<GrantId>(freshEntropy().slice(0, 16));

export const introductionOf = ({ owner, issuer, ownerSet: { siteId } }: Authority): string =>
  base64url(signIntroduction(nobleCrypto, owner, { siteId, readerIssuerKey: issuer.publicKey }));

type Way = { readonly way: GrantBody['way']; readonly link?: string };

const sendingOf = ({ way, address, number }: LendDraft, { secret }: FreshLink): Extract<GrantBody['way'], { kind: 'confirm' }>['sending'] => {
  if (way === 'mail') return { kind: 'mail', address: address.trim(), secret: base64url(secret.reveal()) };
  return way === 'sms' ? { kind: 'sms', number: plainNumber(number), secret: base64url(secret.reveal()) } : { kind: 'handed' };
};

const byLink = (draft: LendDraft, authority: Authority, terms: GrantTerms): Way => {
  const { siteId } = authority.ownerSet;
  const link = freshLink(siteId, 'key');
  const common = { invitationKey: base64url(link.publicKey), redeemBy: redeemByOf(draft.way, terms, Date.now()), sending: sendingOf(draft, link) };
  const handed = draft.way === 'share' || draft.way === 'qr' ? { link: link.address } : {};
  if (isConfirmed(draft)) return { way: { kind: 'confirm', ...common }, ...handed };
  const delegation = base64url(signInvitation(nobleCrypto, authority.owner, terms, { siteId, linkKey: link.publicKey }));
  return { way: { kind: 'invitation', ...common, delegation }, ...handed };
};

/** For the key of somebody who has one. A key that no owner ever signed for is the hub's word only. */
const direct = async (credentialKey: string, authority: Authority, terms: GrantTerms): Promise<Result<Way, string>> => {
  const listed = await loadGrants();
  if (!listed.ok) return err(failureSentence(listed.error));
  const known = (grants.value ?? []).some((grant) => grant.credentialKey === credentialKey && countsUnder(grant, authority.ownerSet));
  const key = fromBase64url(credentialKey);
  if (!known || key === undefined) return err('No owner has signed for this phone before, so it may be anybody’s. Send a link instead.');
  const document = signGrant(nobleCrypto, authority.owner, terms, { credentialKey: key, now: instant(Date.now()) }, freshEntropy());
  return ok({ way: { kind: 'direct', credentialKey, document: base64url(document) } });
};

const wayOf = (draft: LendDraft, authority: Authority, terms: GrantTerms): Promise<Result<Way, string>> =>
  draft.way === 'app' && draft.who.kind === 'known' ? direct(draft.who.credentialKey, authority, terms) : Promise.resolve(ok(byLink(draft, authority, terms)));

/** The former link ends before the new one is sent: were the new one lost after that, nobody has a link, rather than two people. */
const endFormer = async (grantId: string): Promise<Result<void, string>> => {
  const former = await call(ROUTES.grant, { parameters: { grantId } });
  if (!former.ok) return err(`The former link was not ended, so nothing was sent. ${failureSentence(former.error)}`);
  const { grant } = former.value;
  hearGrant(grant);
  if (formerLink(grant) === 'over') return ok(undefined);
  if (formerLink(grant) === 'used') return err(`Somebody has used the former link, so nothing was sent. Look at ${grant.person.name}’s key.`);
  const ended = await call(ROUTES.takeBack, { parameters: { grantId }, body: { revocation: null } });
  if (!ended.ok) return err(`The former link was not ended, so nothing was sent. ${failureSentence(ended.error)}`);
  hearGrant(ended.value.grant);
  return formerLink(ended.value.grant) === 'used' ? err('Somebody used the former link at this moment. That key is taken back, and nothing was sent.') : ok(undefined);
};

const personOf = ({ who }: LendDraft): GrantBody['person'] => (who.id === undefined ? { name: who.name.trim() } : { id: who.id });

/** Lends the key of the draft. Errors are sentences; until the hub took it over, nobody has a key by it. */
export const lendKey = async (draft: LendDraft, zone: string, onStep: (at: LendProgress) => void): Promise<Result<Lent, string>> => {
  const plain = termsOfDraft(draft, Date.now(), zone);
  if (!plain.ok) return err(plain.error.says);
  onStep({ kind: 'owner' });
  const owner = await openOwnerKey();
  const authority = owner.ok ? await openAuthority(owner.value) : owner;
  if (!authority.ok) return authority;
  const access = await ensureAccess(authority.value, doorsOf(draft.places), (door) => onStep({ kind: 'access', door }));
  if (!access.ok) return access;
  const refused = access.value.find(({ result }) => !result.ok);
  if (refused?.result.ok === false) return err(`${refused.doorName}: ${refused.result.error}`);
  onStep({ kind: 'signing' });
  const id = freshGrantId();
  const terms = documentTerms({ accessId: id, grantId: id }, plain.value);
  if (!terms.ok) return terms;
  const made = await wayOf(draft, authority.value, terms.value);
  if (!made.ok) return made;
  onStep({ kind: 'hub' });
  const ended = draft.replaces === undefined ? ok(undefined) : await endFormer(draft.replaces);
  if (!ended.ok) return ended;
  const body: GrantBody = { id, person: personOf(draft), terms: plain.value, way: made.value.way, word: draft.word, introduction: introductionOf(authority.value) };
  const answer = await call(ROUTES.addGrant, { body });
  if (!answer.ok) return err(failureSentence(answer.error));
  hearGrant(answer.value.grant);
  const waiting = access.value.filter(({ result }) => result.ok && result.value === 'waiting').map(({ doorName }) => doorName);
  return ok({ grant: answer.value.grant, way: draft.way, link: made.value.link, waiting });
};

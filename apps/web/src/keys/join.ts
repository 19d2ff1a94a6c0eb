// Becoming an owner by a link: a passkey, an owner key and this browser's key are made here; the link's key vouches for them to the owner who
// made the link. Once the owners have signed, the issuer key is taken from the one who did, and wrapped anew under this owner's own word.

import { ROUTES } from '@mortise/api/routes.ts';
import type { JoinState } from '@mortise/api/owners.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { parseIdentifier, type SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import type { SigningKey } from '@mortise/browser/signing-key.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { linkKeyOf, readKeyLink } from '@mortise/wallet/key-link.ts';
import { ownerRequestToSign } from '@mortise/wallet/owner-request.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import { call } from '../model/client.ts';
import { signedIn } from '../model/session.ts';
import { failureSentence } from '../words/failures.ts';
import { openAuthority } from './authority.ts';
import { forgetJoiningKey, joiningKey, keepJoining, readJoining } from './joining.ts';
import { isOtherSite } from './link-site.ts';
import { openOwnerKey, wrapOwnerKey } from './owner-key.ts';
import { phoneBody } from './owner-phones.ts';
import { createPasskey } from './passkey.ts';
import { freshPhoneKey, keepPhoneKey, phoneLabel } from './phone-key.ts';
import { signInWithPasskey } from './sign-in.ts';
import { storageSentence } from './store.ts';

export type JoinLook = JoinState;
/** `key`: of the link; undefined when this browser has asked by it before and only waits. */
export type JoinLink = { readonly siteId: SiteId; readonly invitationKey: string; readonly key: KeyPair | undefined; readonly ownerKey: string | undefined };
export type JoinFault = { readonly kind: 'other-site' | 'unknown' } | { readonly kind: 'hub'; readonly says: string };

/** The link of what stood behind the # of the address; with nothing there, the one by which this browser has asked. */
export const readJoinLink = async (text: string): Promise<Result<JoinLink, 'missing' | 'mistyped'>> => {
  const read = readKeyLink(nobleCrypto, text);
  const before = await readJoining();
  if (!read.ok) return read.error.code === 'missing' && before !== undefined ? ok({ ...before, key: undefined }) : err(read.error.code);
  const key = linkKeyOf(nobleCrypto, read.value.secret);
  const invitationKey = base64url(key.publicKey);
  return ok({ siteId: read.value.siteId, invitationKey, key, ownerKey: before?.invitationKey === invitationKey ? before.ownerKey : undefined });
};

/** How it stands with the link. */
export const lookAtJoin = async ({ siteId, invitationKey }: JoinLink): Promise<Result<JoinLook, JoinFault>> => {
  const answer = await call(ROUTES.joinState, { body: { invitationKey } });
  if (answer.ok) return answer.value.siteId === siteId ? answer : err({ kind: 'other-site' });
  const { error } = answer;
  if (error.kind !== 'refused' || !['invitation-unknown', 'not-claimed', 'input-invalid'].includes(error.code)) return err({ kind: 'hub', says: failureSentence(error) });
  return err({ kind: (await isOtherSite(siteId)) ? 'other-site' : 'unknown' });
};

type Asking = { readonly link: KeyPair; readonly siteId: SiteId; readonly name: string; readonly owner: KeyPair; readonly phone: SigningKey };

const voucherOf = ({ link, owner, phone, name }: Asking): string =>
  base64url(signedBy(nobleCrypto, link, ownerRequestToSign(nobleCrypto, link.publicKey, { ownerKey: owner.publicKey, phoneKey: phone.publicKey, name })));

const send = async (asking: Asking, ceremony: string, passkey: { readonly response: object; readonly credentialId: string; readonly prf: Uint8Array | undefined }): Promise<Result<void, string>> => {
  const { link, siteId, name, owner, phone } = asking;
  const vault = await wrapOwnerKey(owner, passkey.credentialId, passkey.prf);
  if (!vault.ok) return vault;
  const [invitationKey, ownerKey] = [base64url(link.publicKey), base64url(owner.publicKey)];
  const kept = await keepJoining({ siteId, invitationKey, ownerKey }, phone);
  if (!kept.ok) return err(storageSentence(kept.error));
  const body = { invitationKey, ceremony, name, registration: passkey.response, ownerKey, vault: [vault.value], phoneKey: phoneBody(owner, siteId, phone.publicKey, phoneLabel(name)), voucher: voucherOf(asking) };
  const answer = await call(ROUTES.join, { body });
  return answer.ok ? ok(undefined) : err(failureSentence(answer.error));
};

/** Makes the passkey and the keys, and asks. What this browser must keep is on disk before the request goes out. Errors are sentences. */
export const askToJoin = async ({ siteId, invitationKey, key }: JoinLink, name: string): Promise<Result<{ readonly ownerKey: string }, string>> => {
  if (key === undefined) return err('Open the link once more: this page has forgotten it.');
  const begun = await call(ROUTES.joinOptions, { body: { invitationKey, name } });
  if (!begun.ok) return err(failureSentence(begun.error));
  const passkey = await createPasskey(begun.value.options);
  if (!passkey.ok) return passkey;
  const asking = { link: key, siteId, name, owner: deriveKeyPair(nobleCrypto, freshEntropy(), 'own-owner-key'), phone: await freshPhoneKey() };
  const sent = await send(asking, begun.value.ceremony, passkey.value);
  return sent.ok ? ok({ ownerKey: base64url(asking.owner.publicKey) }) : sent;
};

/** Signs in as the owner that one is by now, and makes this browser's key the site's. Errors are sentences. */
export const enterAsOwner = async (): Promise<Result<void, string>> => {
  const joining = await readJoining();
  const me = await signInWithPasskey();
  if (!me.ok) return me;
  const phone = joining !== undefined && joining.siteId === parseIdentifier<SiteId>(me.value.site.id) ? await joiningKey(joining.siteId) : undefined;
  if (joining !== undefined && phone !== undefined) {
    const owner = await openOwnerKey();
    const authority = owner.ok ? await openAuthority(owner.value) : owner;
    if (!authority.ok) return authority;
    const kept = await keepPhoneKey(phone, joining.siteId, authority.value.issuer.publicKey);
    if (!kept.ok) return err(storageSentence(kept.error));
    await forgetJoiningKey(joining.siteId);
  }
  await signedIn(me.value);
  return ok(undefined);
};

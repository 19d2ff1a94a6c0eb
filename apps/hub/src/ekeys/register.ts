// Registering an electronic key: its own signed status says which keys it has, and an owner signs that it is of this site, how well its clock
// runs, and by which hub's word it goes. Nothing is stored that the key or a lock would not take.

import type { ekeyBody, ekeyPatch } from '@mortise/api/ekeys.ts';
import { MAX_EKEYS } from '@mortise/api/ekeys.ts';
import type { z } from '@mortise/api/schema.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { openKeyStatus, type KeyStatus } from '@mortise/courier/key-status.ts';
import { openKeyEnrolment } from '@mortise/documents/key-enrolment.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { checkIntroduction } from '../grants/check-document.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { siteView, type SiteView } from '../site-view.ts';
import { changeEkey, ekeyById, insertEkey, type EkeyChange, type NewEkey, type StoredEkey } from '../store/ekey-store.ts';
import { keepWord } from '../store/ekey-orders-store.ts';
import { keepIntroduction } from '../store/introduction-store.ts';
import { renewPapers } from './key-papers.ts';
import { certified } from './time-certificates.ts';

type Body = z.output<typeof ekeyBody>;
type Said = KeyStatus & { readonly keyId: LockId };

/** The key. One that is registered already stays as it is, but for papers by owners who have gone since, or that are over: these come in their place. */
export const registerEkey = async (hub: Hub, body: Body, by: string): Promise<Result<StoredEkey, Refusal>> => {
  const status = openKeyStatus(hub.crypto, bytes(body.status));
  if (!status.ok) return refuse('document-refused', 'The status is not signed by the key that it names. Read it from the key again.');
  const known = await ekeyById(hub.database, status.value.keyId);
  const view = await siteView(hub);
  if (known !== undefined) return equalBytes(known.credential.key, status.value.credentialKey) ? renewed(hub, view, known, body) : refuse('conflict', 'This key is registered with another credential. It is not the key that it says it is.');
  const fault = await faultOf(hub, view.set, body, status.value);
  if (fault !== undefined) return fault;
  const introduction = await checkIntroduction(hub, view, bytes(body.introduction));
  if (!introduction.ok) return introduction;
  const { keyId, identityKey, credentialKey } = status.value;
  const ekey: NewEkey = {
    id: keyId, identityKey, credential: { key: credentialKey, hash: base64url(hub.crypto.sha256(credentialKey)) }, name: body.name, serial: body.serial, certificate: bytes(body.certificate),
    enrolment: bytes(body.enrolment), hubCertificate: bytes(body.hubCertificate), by, at: hub.now(),
  };
  const stored = await hub.database.transaction().execute(async (transaction) => {
    const counted = await transaction.selectFrom('ekey').select(({ fn }) => fn.countAll().as('count')).executeTakeFirst();
    if (Number(counted?.count ?? 0) >= MAX_EKEYS) return refuse('conflict', `There are ${MAX_EKEYS} electronic keys, the most there can be.`);
    if (await ekeyById(transaction, keyId) === undefined) await insertEkey(transaction, ekey);
    await keepWord(transaction, keyId, { heardAt: ekey.at, status: bytes(body.status) });
    await keepIntroduction(transaction, introduction.value, ekey.at);
    return ok(undefined);
  });
  return stored.ok ? ok(required(await ekeyById(hub.database, keyId), 'the key was stored')) : stored;
};

const renewed = async (hub: Hub, view: SiteView, known: StoredEkey, body: Body): Promise<Result<StoredEkey, Refusal>> => {
  const fault = checkPapers(hub, view.set, { keyId: known.id, identityKey: known.identityKey }, body);
  if (fault !== undefined) return fault;
  const introduction = await checkIntroduction(hub, view, bytes(body.introduction));
  if (!introduction.ok) return introduction;
  await keepIntroduction(hub.database, introduction.value, hub.now());
  await renewPapers(hub, view.set, known, { enrolment: bytes(body.enrolment), certificate: bytes(body.certificate), hubCertificate: bytes(body.hubCertificate) });
  return ok(required(await ekeyById(hub.database, known.id), 'a key that is registered stays so'));
};

const faultOf = async (hub: Hub, set: OwnerSet, body: Body, { siteId, keyId, credentialKey, identityKey }: Said) => {
  if (siteId !== undefined && siteId !== set.siteId) return refuse('conflict', 'This key is another site’s. Reset it first.');
  const isStrange = !hub.crypto.p256.isPublicKey(credentialKey) || equalBytes(credentialKey, identityKey) || hub.adopted.has(keyId);
  if (isStrange) return refuse('document-refused', 'The status names no credential key of its own.');
  const hash = base64url(hub.crypto.sha256(credentialKey));
  const taken = await hub.database.selectFrom('phone_key').select('person_id').where('credential_hash', '=', hash).executeTakeFirst()
    ?? await hub.database.selectFrom('ekey').select('id').where('credential_hash', '=', hash).executeTakeFirst();
  if (taken !== undefined) return refuse('conflict', 'Its credential is somebody’s already. It is not the key that it says it is.');
  return checkPapers(hub, set, { keyId, identityKey }, body);
};

type Papers = { readonly certificate?: string | undefined; readonly hubCertificate?: string | undefined; readonly enrolment?: string | undefined };

/** Why the key or a lock would not take one of these; undefined: they would. */
const checkPapers = (hub: Hub, set: OwnerSet, { keyId, identityKey }: Pick<Said, 'keyId' | 'identityKey'>, { certificate, hubCertificate, enrolment }: Papers) => {
  const holds = (text: string | undefined, kind: 'hub' | 'ekey', key: Bytes): boolean => {
    const said = text === undefined ? undefined : certified(hub.crypto, bytes(text), set.keys, { kind, key });
    return text === undefined || (said !== undefined && said.until > hub.now());
  };
  if (!holds(certificate, 'ekey', identityKey)) return refuse('document-refused', 'The certificate is not by an owner, for this key’s own clock, until some time to come. Make and sign it again.');
  if (!holds(hubCertificate, 'hub', hub.keys.time.publicKey)) return refuse('document-refused', 'The hub’s certificate is not by an owner, for this hub’s time key, until some time to come. Make and sign it again.');
  const opened = enrolment === undefined ? undefined : openKeyEnrolment(hub.crypto, bytes(enrolment), { siteId: set.siteId, ownerKeys: set.keys, keyId });
  if (opened?.ok === false) return refuse('document-refused', `The enrolment was refused (${opened.error.code}). Make and sign it again.`);
  return opened?.ok === true && !equalBytes(opened.value.journalKey, hub.keys.journal.publicKey) ? refuse('document-refused', 'The enrolment names another journal key than this hub’s. Read /api/hub-keys and sign it again.') : undefined;
};

type Patch = z.output<typeof ekeyPatch>;

/** Changes what is named and nothing else. */
export const patchEkey = async (hub: Hub, ekey: StoredEkey, body: Patch): Promise<Result<undefined, Refusal>> => {
  const { set } = await siteView(hub);
  const fault = checkPapers(hub, set, { keyId: ekey.id, identityKey: ekey.identityKey }, body);
  if (fault !== undefined) return fault;
  const { name, serial, policy, certificate, hubCertificate, enrolment, forgetPin } = body;
  const change: EkeyChange = {
    ...(name !== undefined && { name }), ...(serial !== undefined && { serial }), ...(certificate !== undefined && { certificate: bytes(certificate) }), ...(enrolment !== undefined && { enrolment: bytes(enrolment) }),
    ...(hubCertificate !== undefined && { hubCertificate: bytes(hubCertificate) }), ...(forgetPin === true && { pinEpoch: ekey.pinEpoch + 1 }),
    ...(policy !== undefined && { revalidateDays: policy.revalidateDays, buffer: policy.buffer, pinMinutes: policy.pin?.minutes ?? null }),
  };
  await changeEkey(hub.database, ekey.id, change);
  return ok(undefined);
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');

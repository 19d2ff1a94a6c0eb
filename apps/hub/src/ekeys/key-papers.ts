// What owners signed for an electronic key, as it stands under the owners of now: told to an owner who is to sign it anew before another one goes, and
// given to the key all at once. A key that heard of the owners first, and of their papers later, would not know whose word its hub's is meanwhile.

import type { EkeyPapers } from '@mortise/api/ekeys.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { encodeEnrolment, fitsEnrolment, type Enrolment } from '@mortise/courier/key-message.ts';
import { openIntroduction } from '@mortise/documents/introduction.ts';
import { openKeyEnrolment } from '@mortise/documents/key-enrolment.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Hub } from '../hub.ts';
import { siteView } from '../site-view.ts';
import { changeEkey, type StoredEkey } from '../store/ekey-store.ts';
import { introductionOf } from '../store/introduction-store.ts';
import { ownerSetDocuments } from '../store/owner-store.ts';
import { certified } from './time-certificates.ts';

export const tellPapers = ({ id, name, state, enrolment, certificate, hubCertificate }: StoredEkey): EkeyPapers =>
  ({ id, name, state, enrolment: base64url(enrolment), certificate: base64url(certificate), hubCertificate: base64url(hubCertificate) });

export type Papers = Pick<StoredEkey, 'enrolment' | 'certificate' | 'hubCertificate'>;
type Holding = { readonly [P in keyof Papers]: boolean };

/** Which of them hold by these owners, now. */
export const holding = ({ crypto, keys, now }: Hub, { siteId, keys: ownerKeys }: OwnerSet, { id, identityKey, enrolment, certificate, hubCertificate }: StoredEkey): Holding => ({
  enrolment: openKeyEnrolment(crypto, enrolment, { siteId, ownerKeys, keyId: id }).ok,
  certificate: (certified(crypto, certificate, ownerKeys, { kind: 'ekey', key: identityKey })?.until ?? -1) > now(),
  hubCertificate: (certified(crypto, hubCertificate, ownerKeys, { kind: 'hub', key: keys.time.publicKey })?.until ?? -1) > now(),
});

/** Puts these, which the caller checked, in the place of those that hold no more; others stay. */
export const renewPapers = async (hub: Hub, set: OwnerSet, ekey: StoredEkey, { enrolment, certificate, hubCertificate }: Papers): Promise<void> => {
  const holds = holding(hub, set, ekey);
  await changeEkey(hub.database, ekey.id, { ...(!holds.enrolment && { enrolment }), ...(!holds.certificate && { certificate }), ...(!holds.hubCertificate && { hubCertificate }) });
};

/** All by which the key is of this site and goes by this hub, for the key to take whole; undefined: it would not take it, since nobody who is an owner signed it. */
export const enrolmentNow = async (hub: Hub, ekey: StoredEkey): Promise<Bytes | undefined> => {
  const { set } = await siteView(hub);
  const [introduction, holds] = [await introductionOf(hub.database, set), holding(hub, set, ekey)];
  const isWhole = introduction !== undefined && openIntroduction(hub.crypto, introduction, set).ok && holds.enrolment && holds.hubCertificate;
  const papers: Enrolment | undefined = isWhole ? { ownerSets: await ownerSetDocuments(hub.database), introduction, enrolment: ekey.enrolment, timeKeys: [ekey.hubCertificate] } : undefined;
  if (papers !== undefined && fitsEnrolment(papers)) return encodeEnrolment(papers);
  hub.log(papers === undefined ? 'key-papers-void' : 'key-enrolment-too-long', { ekeyId: ekey.id });
  return undefined;
};

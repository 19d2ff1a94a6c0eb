// An owner who goes takes along what they signed for electronic keys: enrolment, the certificate of a key's own clock, the one of the hub's time key
// by whose word it goes. An owner who stays signs the same once more, and nothing that a present owner had not signed: a hub that makes up
// a key gets no certificate for it. Bounds stay as they were.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId, SiteId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { keyEnrolmentToSign, openKeyEnrolment } from '@mortise/documents/key-enrolment.ts';
import { openTimeKey, timeKeyPayload, timeKeyToSign, type TimeKey } from '@mortise/documents/time.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import { signedBy } from './owner-signature.ts';

/** `certificate`: of the key's own clock. `hubCertificate`: of the hub's time key. */
export type EkeyPapers = { readonly enrolment: Bytes; readonly certificate: Bytes; readonly hubCertificate: Bytes };
/** As a hub shows them. */
export type SaidPapers = EkeyPapers & { readonly keyId: LockId };

/** `present`: the owner keys by which the papers must hold now; `next`: those by which they shall. */
export type Succession = { readonly owner: KeyPair; readonly siteId: SiteId; readonly present: readonly Bytes[]; readonly next: readonly Bytes[]; readonly now: Instant };

/** `papers`: those to be replaced, signed. `isVoid`: at least one is by no present owner, or over, so that the key must be registered anew. */
export type Resigned = { readonly papers: Partial<EkeyPapers>; readonly isVoid: boolean };

/** What `owner` signs for one key before the others go. Takes any bytes. */
export const resignEkeyPapers = (crypto: Crypto, succession: Succession, said: SaidPapers): Resigned => {
  const outcomes: Readonly<Record<keyof EkeyPapers, Outcome>> = {
    enrolment: enrolmentAnew(crypto, succession, said),
    certificate: certificateAnew(crypto, succession, said.certificate, (timeKey) => timeKey.kind === 'ekey' && lockIdOf(crypto, timeKey.key) === said.keyId),
    hubCertificate: certificateAnew(crypto, succession, said.hubCertificate, ({ kind }) => kind === 'hub'),
  };
  const signed = Object.entries(outcomes).filter(([, outcome]) => typeof outcome !== 'string');
  return { papers: Object.fromEntries(signed), isVoid: Object.values(outcomes).includes('void') };
};

type Outcome = Bytes | 'holds' | 'void';

const enrolmentAnew = (crypto: Crypto, { owner, siteId, present, next }: Succession, { enrolment, keyId }: SaidPapers): Outcome => {
  const by = (ownerKeys: readonly Bytes[]) => openKeyEnrolment(crypto, enrolment, { siteId, ownerKeys, keyId });
  if (by(next).ok) return 'holds';
  const opened = by(present);
  return opened.ok ? signedBy(crypto, owner, keyEnrolmentToSign(crypto, owner.publicKey, opened.value)) : 'void';
};

const certificateAnew = (crypto: Crypto, { owner, present, next, now }: Succession, certificate: Bytes, isRight: (timeKey: TimeKey) => boolean): Outcome => {
  const by = (ownerKeys: readonly Bytes[]): TimeKey | undefined => {
    const opened = openTimeKey(crypto, certificate, ownerKeys);
    return opened.ok && isRight(opened.value) && opened.value.until > now ? opened.value : undefined;
  };
  if (by(next) !== undefined) return 'holds';
  const timeKey = by(present);
  return timeKey === undefined ? 'void' : signedBy(crypto, owner, timeKeyToSign(crypto, owner.publicKey, timeKeyPayload(crypto, timeKey)));
};

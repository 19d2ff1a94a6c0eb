// Before an owner key goes: what it signed for electronic keys, signed by one that stays, and handed to the hub, which gives it to each key with its next
// update. Lost keys get none: what they have shall end.

import type { EkeyPapers } from '@mortise/api/ekeys.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { resignEkeyPapers, type Resigned } from '@mortise/wallet/ekey-resign.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import type { Authority } from './authority.ts';
import type { OnStep } from './owner-set.ts';

const bytesOf = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);
const textOf = (paper: Bytes | undefined): string | undefined => paper && base64url(paper);

const NOTHING: Resigned = { papers: {}, isVoid: true };

const signAnew = ({ owner, ownerSet }: Authority, next: OwnerSet, { id, enrolment, certificate, hubCertificate }: EkeyPapers): Resigned => {
  const keyId = parseIdentifier<LockId>(id);
  const succession = { owner, siteId: ownerSet.siteId, present: ownerSet.keys, next: next.keys, now: instant(Date.now()) };
  return keyId === undefined ? NOTHING : resignEkeyPapers(nobleCrypto, succession, { keyId, enrolment: bytesOf(enrolment), certificate: bytesOf(certificate), hubCertificate: bytesOf(hubCertificate) });
};

/** False: the hub refused them, so that the key goes by nobody's word until it is registered anew. */
const hand = async (ekeyId: string, { enrolment, certificate, hubCertificate }: Resigned['papers']): Promise<Result<boolean, string>> => {
  const body = { enrolment: textOf(enrolment), certificate: textOf(certificate), hubCertificate: textOf(hubCertificate) };
  if (Object.values(body).every((each) => each === undefined)) return ok(true);
  const answer = await call(ROUTES.patchEkey, { parameters: { ekeyId }, body });
  if (answer.ok) return ok(true);
  return answer.error.kind === 'refused' && answer.error.code === 'document-refused' ? ok(false) : err(failureSentence(answer.error));
};

/** Answers the names of those that must be registered anew at a station: who signed for them had gone before. Errors are sentences. */
export const resignEkeys = async (authority: Authority, next: OwnerSet, onStep: OnStep): Promise<Result<readonly string[], string>> => {
  const told = await call(ROUTES.ekeyPapers);
  if (!told.ok) return err(failureSentence(told.error));
  const unsigned: string[] = [];
  for (const each of told.value.papers.filter(({ state }) => state !== 'lost')) {
    const { papers, isVoid } = signAnew(authority, next, each);
    onStep({ kind: 'ekey', name: each.name });
    const taken = await hand(each.id, papers);
    if (!taken.ok) return err(`${each.name}: ${taken.error}`);
    if (isVoid || !taken.value) unsigned.push(each.name);
  }
  return ok(unsigned);
};

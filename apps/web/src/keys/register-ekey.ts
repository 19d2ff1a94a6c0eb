// Registering an electronic key: its own word names its keys, the owner signs that it is of this site, how well its clock runs and by whose word it goes
// (wallet: enrol-key.ts), the hub writes it down. The key itself hears of it by its first update.

import type { Ekey } from '@mortise/api/ekeys.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { enrolable, signKeyPapers, type EnrolError } from '@mortise/wallet/enrol-key.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { openAuthority } from './authority.ts';
import { introductionOf } from './lend.ts';
import { openOwnerKey } from './owner-key.ts';

export type RegisterStep = 'owner' | 'signing' | 'storing';

const REFUSED: Readonly<Record<EnrolError['code'], string>> = {
  'status-refused': 'What it says of itself is not signed by the key that it names. It is not registered.',
  'other-site': 'It belongs to another site. Whoever has it resets it, by the button on the key itself: that makes another key of it, and it holds nothing of the other site’s any more.',
  'keys-invalid': 'It names no credential key of its own. It is not registered.',
};

/** Why an owner would not sign for what says so, in a sentence; undefined: they may. Takes any bytes. */
export const refusedKey = (status: Bytes, siteId: Parameters<typeof enrolable>[2]): string | undefined => {
  const read = enrolable(nobleCrypto, status, siteId);
  return read.ok ? undefined : REFUSED[read.error.code];
};

const hubOfKey = async (): Promise<Result<{ readonly journalKey: Bytes; readonly timeKey: Bytes }, string>> => {
  const keys = await call(ROUTES.hubKeys);
  if (!keys.ok) return err(failureSentence(keys.error));
  const [journalKey, timeKey] = [fromBase64url(keys.value.journalKey), fromBase64url(keys.value.timeKey)];
  return journalKey === undefined || timeKey === undefined ? err(failureSentence({ kind: 'unreadable' })) : ok({ journalKey, timeKey });
};

/** Signs for the key of this status, and registers it. Errors are sentences. */
export const registerEkey = async ({ status, name, serial }: { readonly status: Bytes; readonly name: string; readonly serial: string }, onStep: (at: RegisterStep) => void): Promise<Result<Ekey, string>> => {
  onStep('owner');
  const owner = await openOwnerKey();
  const authority = owner.ok ? await openAuthority(owner.value) : owner;
  if (!authority.ok) return authority;
  const { siteId } = authority.value.ownerSet;
  const key = enrolable(nobleCrypto, status, siteId);
  if (!key.ok) return err(REFUSED[key.error.code]);
  onStep('signing');
  const hub = await hubOfKey();
  if (!hub.ok) return hub;
  const papers = signKeyPapers(nobleCrypto, { owner: authority.value.owner, siteId }, key.value, hub.value, instant(Date.now()));
  onStep('storing');
  const body = {
    status: base64url(status), name, serial, certificate: base64url(papers.certificate), enrolment: base64url(papers.enrolment), hubCertificate: base64url(papers.hubCertificate), introduction: introductionOf(authority.value),
  };
  const answer = await call(ROUTES.addEkey, { body });
  return answer.ok ? ok(answer.value.ekey) : err(failureSentence(answer.error));
};

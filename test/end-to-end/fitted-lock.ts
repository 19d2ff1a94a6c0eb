// A passive lock that the owner fits: adopted on the bench by the code on its label, and given a door and the roster by which it judges documents and
// hears what the hub takes back.

import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type DoorId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone } from '@mortise/documents/adoption.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { openRoster, rosterPayload, rosterToSign } from '@mortise/documents/roster.ts';
import { parseSetupCode } from '@mortise/documents/setup-code.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { zoneTableOf } from '@mortise/node/zone-table.ts';
import { prepareOffer } from '@mortise/wallet/adopt.ts';
import { signHubDelegation } from '@mortise/wallet/hub-delegation.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import type { Authority } from '../support/adoption.ts';
import { onBench } from '../support/bench-adoption.ts';
import type { Session } from '../support/session.ts';

export type Fitter = { readonly session: Session; readonly authority: Authority; readonly ownerSet: OwnerSet };

const YEAR_MS = 365 * 86_400_000;
const NO_NETWORK = utf8('none: this lock has no network');
const bytes = (text: string): Bytes => required(fromBase64url(text), 'the hub’s bytes are base64url');
const well = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }, what: string): T => required(result.ok ? result.value : undefined, what);

export const fitLock = async ({ session, authority, ownerSet }: Fitter, data: string, doorName: string) => {
  const bench = onBench(data);
  const hub = await session.call(ROUTES.hubKeys);
  const until = instant(Date.now() + YEAR_MS);
  const hello = ownerHello(crypto, freshEntropy());
  const keyed = well(ownerReadAnswer(crypto, hello.state, well(parseSetupCode(crypto, bench.setupText), 'the code on its label'), bench.ask(1, hello.message)), 'it is the lock of that code');
  const offer = well(prepareOffer(crypto, keyed, {
    ownerSets: authority.ownerSets, owner: authority.owner, issuer: authority.issuer, phones: [{ credentialKey: authority.phone.publicKey }], zone: 'Europe/Zurich', policy: { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 3000 },
    journalKey: bytes(hub.journalKey), timeKey: { key: bytes(hub.timeKey), driftPpm: 50, until }, linkCertificate: NO_NETWORK, brokerCa: NO_NETWORK,
  }, freshEntropy()), 'our own offer holds');
  const done = well(ownerReadDone(crypto, offer, bench.ask(3, offer.message)), 'the lock is adopted');
  const { lockId, lock } = keyed;
  const body = { lockId, identityKey: base64url(lock.identityKey), roster: base64url(offer.roster), statement: base64url(done.signed), doorName, model: 'Mortise virtual cylinder', firmware: '0.1.0' };
  const { door } = await session.call(ROUTES.addLock, { body });
  const { siteId } = ownerSet;
  const delegations = [signHubDelegation(crypto, authority.owner, { siteId, delegateKey: bytes(hub.delegateKey), until, issue: null })];
  const { hash, signer: _signer, ...fields } = well(openRoster(crypto, offer.roster, { siteId, lockId, ownerKeys: ownerSet.keys }, undefined), 'the roster that we signed opens');
  const access = { door: required(parseIdentifier<DoorId>(door.id), 'a door id'), zoneTable: well(zoneTableOf('Europe/Zurich', 2020, 2040), 'a table of Zurich'), calendars: [], delegations };
  const next = signedBy(crypto, authority.owner, rosterToSign(crypto, authority.owner.publicKey, rosterPayload(crypto, { ...fields, version: 2, previous: hash, access })));
  bench.install(next);
  bench.close();
  await session.call(ROUTES.putRoster, { parameters: { lockId }, body: { document: base64url(next) } });
  return { lockId, doorId: door.id };
};

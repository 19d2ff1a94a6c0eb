// The owner's other hand, without a screen, by the recovery kit: gives out an electronic key, invites its holder's phone, decides what they ask for,
// and looks for what came home.

import { ROUTES } from '@mortise/api/routes.ts';
import type { GrantTermsJson } from '@mortise/api/grants.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import { identifierOf, parseIdentifier, type DoorId, type GrantId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { grantTermsOf } from '@mortise/management/plain-terms.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { signGrant, signIntroduction } from '@mortise/wallet/lend.ts';
import { openOwnerSets } from '@mortise/documents/owner-set.ts';
import { restoreWithKit } from '../support/restore.ts';

const HOUR_MS = 3_600_000;

export const controllerHand = async (url: string, kitCode: string) => {
  const { session, authority } = await restoreWithKit(url, kitCode, 'addPhone');
  const sets = openOwnerSets(crypto, authority.ownerSets);
  const ownerSet = required(sets.ok ? sets.value : undefined, 'the owner sets hold');
  const { siteId } = ownerSet;
  const introduction = base64url(signIntroduction(crypto, authority.owner, { siteId, readerIssuerKey: authority.issuer.publicKey }));
  const now = (): number => Math.floor(Date.now() / 1000) * 1000; // grants go by whole seconds
  const terms = (doorId: string, hours: number): GrantTermsJson => ({
    places: [elementOf({ kind: 'door', id: required(parseIdentifier<DoorId>(doorId), 'door ids are identifiers') })], verbs: ['unlock', 'lock'], from: now() - 60_000, until: now() + hours * HOUR_MS, hours: [],
    uses: null, minutesAfterFirstUse: null, freshForS: null, holidays: null, remote: false,
  });
  const named = (id: GrantId, plain: GrantTermsJson) => {
    const made = grantTermsOf({ accessId: id, grantId: id }, plain);
    return required(made.ok ? made.value : undefined, 'terms in form');
  };
  const freshGrant = (): GrantId => identifierOf<GrantId>(freshEntropy().slice(0, 16));
  return {
    session, authority, ownerSet,
    issue: async (ekeyId: string, name: string, dueBack: number): Promise<string> =>
      required((await session.call(ROUTES.issueEkey, { parameters: { ekeyId }, body: { person: { name }, dueBack } })).ekey.person, 'somebody has it').id,
    waiting: async () => (await session.call(ROUTES.accessRequests)).requests.filter(({ state }) => state === 'asked'),
    refuse: (requestId: string, answer: string) => session.call(ROUTES.decideAccess, { parameters: { requestId }, body: { kind: 'refuse', answer } }),
    /** Signed by the owner, to the key's own credential. */
    approve: async (requestId: string, ekeyId: string, doorId: string, answer: string) => {
      const { ekey } = await session.call(ROUTES.ekey, { parameters: { ekeyId } });
      const [grantId, plain] = [freshGrant(), terms(doorId, 8)];
      const credentialKey = required(fromBase64url(ekey.credentialKey), 'bytes');
      const document = base64url(signGrant(crypto, authority.owner, named(grantId, plain), { credentialKey, now: instant(now()) }, freshEntropy()));
      return session.call(ROUTES.decideAccess, { parameters: { requestId }, body: { kind: 'approve', grantId, terms: plain, document, introduction, answer } });
    },
    ekey: async (ekeyId: string) => (await session.call(ROUTES.ekey, { parameters: { ekeyId } })).ekey,
    records: async (query: Readonly<Record<string, string>>) => (await session.call(ROUTES.records, { query: new URLSearchParams(query).toString() })).items,
  };
};
export type ControllerHand = Awaited<ReturnType<typeof controllerHand>>;

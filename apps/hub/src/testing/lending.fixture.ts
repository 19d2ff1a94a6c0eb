// A hub with a lock whose roster lets documents count and this hub confirm and revoke; an owner who lends; guests with browsers and keys of
// their own. Everything is signed as it would be, from fixed names; a test may bend any of it.

import type { TestContext } from 'node:test';
import { grantAnswer, type Grant, type GrantTermsJson } from '@mortise/api/grants.ts';
import { heldKeys, keyChallenge, type HeldKeys } from '@mortise/api/keys.ts';
import { completeDocument, prepareAccessDocument, prepareRevocationDocument } from '@mortise/aliro/build-document.ts';
import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { keyIdentifierOf, type VendorHeaders } from '@mortise/aliro/issuer-auth.ts';
import type { RevocationData } from '@mortise/aliro/revocation-data.ts';
import { NO_DOCUMENT_MEMORY, type DocumentMemory } from '@mortise/access/document-memory.ts';
import { decideDocuments } from '@mortise/access/decide-documents.ts';
import { documentRequests, REVOCATION_ELEMENT } from '@mortise/access/documents-request.ts';
import { capabilitiesOf, grantDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { delegationHeader, invitationOf } from '@mortise/access/invitation.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, parseIdentifier, type DoorId, type GrantId, type GroupId, type Identifier } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { toSign } from '@mortise/documents/cose.ts';
import type { Delegation, IssuePower, StandingDelegation } from '@mortise/documents/delegation.ts';
import { exampleEntropy, exampleKey, signRoster, signWith, type ExampleLock } from '@mortise/documents/example-site.ts';
import { introductionToSign } from '@mortise/documents/introduction.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { openRoster, reopenRoster, type Roster, type RosterFields } from '@mortise/documents/roster.ts';
import { delegationPayload, delegationToSign, openStanding } from '@mortise/documents/signed-delegation.ts';
import { assembleSigned } from '@mortise/documents/threshold.ts';
import { grantTermsOf } from '@mortise/management/plain-terms.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { zoneTableOf } from '@mortise/node/zone-table.ts';
import { linkKeyOf } from '@mortise/wallet/key-link.ts';
import { redemptionToSign } from '@mortise/wallet/redemption.ts';
import type { HubConfig } from '../config.ts';
import { adoptedLock } from './adopted.fixture.ts';
import { browserOf, codeOf, ORIGIN, type Browser, type Reply } from './hub.fixture.ts';
import { parsed, type Owner, type Signing } from './owner.fixture.ts';

export const HOUR = 3_600_000;
export const DAY = 86_400_000;

const made = zoneTableOf('Europe/Zurich', 2020, 2040);
const ZURICH = required(made.ok ? made.value : undefined, 'a table of Zurich');

let count = 0;
/** Never the same twice; 32 bytes. */
export const fresh = (): Bytes => {
  count += 1;
  return exampleEntropy(`fresh ${count}`);
};
export const freshId = (): string => base64url(fresh().slice(0, 16));

const sign = (key: KeyPair, message: Bytes): Bytes => crypto.p256.sign(key.privateKey.reveal(), message);
const identifier = <Id extends Identifier>(text: string): Id => required(parseIdentifier<Id>(text), 'an identifier');

// ---- what owners sign ----------------------------------------------------------------------------------------------------------

/** `grantId`: of the grant whose later document it is. */
export const termsFor = (accessId: string, plain: GrantTermsJson, grantId = accessId): GrantTerms => {
  const terms = grantTermsOf({ accessId: identifier<GrantId>(accessId), grantId: identifier<GrantId>(grantId) }, plain);
  return required(terms.ok ? terms.value : undefined, 'terms in form');
};

export const signDelegation = (delegation: Delegation, signer: KeyPair): Bytes => {
  const payload = delegationPayload(crypto, delegation);
  return assembleSigned([signWith(signer, delegationToSign(crypto, signer.publicKey, payload))]);
};

export type Issuing = { readonly by: KeyPair; readonly to: Bytes; readonly headers?: VendorHeaders };

export const issue = (terms: GrantTerms, { by, to, headers }: Issuing): Bytes => {
  const randoms = terms.places.map(() => fresh().slice(0, 16));
  const prepared = prepareAccessDocument(crypto, grantDocument(crypto, terms, { deviceKey: to, issuerKey: by.publicKey, signed: terms.from, randoms }));
  return completeDocument(prepared, sign(by, prepared.toSign), headers);
};

export type Revoking = { readonly by: KeyPair; readonly now: number; readonly data?: RevocationData; readonly from?: number; readonly until?: number; readonly needsClock?: boolean };

/** Takes back these access ids until `until`. */
export const revoke = (accessIds: readonly string[], { by, now, data, from = now - HOUR, until = now + 365 * DAY, needsClock = false }: Revoking): Bytes => {
  const add = accessIds.map((id) => ({ accessId: identifierBytes(identifier<GrantId>(id)), expiryS: Math.ceil(until / 1000) }));
  const prepared = prepareRevocationDocument(crypto, {
    issuer: { keyIdentifier: keyIdentifierOf(crypto, by.publicKey) }, validity: { signed: instant(from), validFrom: instant(from), validUntil: instant(Math.ceil(until / 1000) * 1000) },
    timeVerificationRequired: needsClock, elements: [{ identifier: REVOCATION_ELEMENT, random: fresh().slice(0, 16), data: data ?? { change: 'append', add } }],
  });
  return completeDocument(prepared, sign(by, prepared.toSign));
};

export const introduce = ({ site }: Pick<Owner, 'site'>, signer = site.owner, readerIssuerKey = exampleKey('issuer').publicKey): Bytes =>
  signWith(signer, introductionToSign(crypto, signer.publicKey, { siteId: site.ownerSet.siteId, readerIssuerKey }));

// ---- the scene -----------------------------------------------------------------------------------------------------------------

/** `power`: of the hub's delegation; undefined: there is none. */
export type SceneOptions = { readonly power?: Partial<Pick<StandingDelegation, 'until' | 'freshness' | 'revocation'>> & { readonly issue?: Partial<IssuePower> | null } | 'none'; readonly config?: Partial<HubConfig>; readonly groups?: readonly string[] };

export type Scene = Awaited<ReturnType<typeof lendingScene>>;

export const lendingScene = async (t: TestContext, { power = {}, config = {}, groups = [] }: SceneOptions = {}) => {
  const adopted = await adoptedLock(t, config);
  const { test, owner, door } = adopted;
  const { clock } = test;
  const place = elementOf({ kind: 'door', id: identifier<DoorId>(door.id) });
  const ISSUE: IssuePower = { places: [{ kind: 'door', id: identifier<DoorId>(door.id) }], kinds: ['document'], capabilities: capabilitiesOf(['unlock', 'lock']), hours: [], longestS: (14 * DAY) / 1000, perDay: 4 };
  const standing: StandingDelegation | undefined = power === 'none' ? undefined : {
    kind: 'standing', siteId: owner.site.ownerSet.siteId, delegate: test.hub.keys.delegate.publicKey, until: instant(clock.now + 90 * DAY), freshness: true, revocation: true, ...power,
    issue: power.issue === null || power.issue === undefined ? null : { ...ISSUE, ...power.issue },
  };
  const delegations = standing === undefined ? [] : [signDelegation(standing, owner.site.owner)];
  const access = { door: identifier<DoorId>(door.id), zoneTable: ZURICH, calendars: [], delegations };
  const groupIds = groups.map((id) => identifierBytes(identifier<GroupId>(id)));
  const roster = await followRoster(owner, adopted.lock, { access, groups: groupIds });
  const terms = (changes: Partial<GrantTermsJson> = {}): GrantTermsJson => ({
    places: [place], verbs: ['unlock', 'lock'], from: clock.now, until: clock.now + 7 * DAY, hours: [], uses: null, minutesAfterFirstUse: null, freshForS: 86_400, holidays: null, remote: false, ...changes,
  });
  return { ...adopted, clock, place, roster, terms, ISSUE, access };
};

/** The lock's next roster, put to the hub. */
export const followRoster = async (owner: Owner, lock: ExampleLock, changes: Partial<RosterFields>, signer = owner.site.owner): Promise<Roster> => {
  const last = await newestRoster(owner, lock);
  const { hash, signer: _signer, ...fields } = last;
  const document = signRoster(signer, { ...fields, ...changes, version: last.version + 1, previous: hash });
  const reply = await owner.browser.send('PUT', `/api/locks/${lock.lockId}/roster`, { document: base64url(document) });
  assert(reply.status === 200, `the roster is taken: ${codeOf(reply)}`);
  const opened = openRoster(crypto, document, { siteId: owner.site.ownerSet.siteId, lockId: lock.lockId, ownerKeys: [...owner.site.ownerSet.keys, signer.publicKey] }, last);
  return required(opened.ok ? opened.value : undefined, 'it follows');
};

const newestRoster = async (owner: Owner, lock: ExampleLock): Promise<Roster> => {
  const { json } = await owner.browser.get(`/api/locks/${lock.lockId}/roster`);
  const document = typeof json === 'object' && json !== null && 'document' in json ? fromBase64url(String(json.document)) : undefined;
  const opened = document && reopenRoster(crypto, document, { siteId: owner.site.ownerSet.siteId, lockId: lock.lockId, ownerKeys: owner.site.ownerSet.keys });
  return required(opened?.ok === true ? opened.value : undefined, 'a roster by an owner');
};

// ---- lending -------------------------------------------------------------------------------------------------------------------

export type Link = { readonly secret: Secret; readonly key: KeyPair };
export const newLink = (): Link => {
  const secret = new Secret(fresh());
  return { secret, key: linkKeyOf(crypto, secret) };
};

type Sending = { readonly kind: 'handed' } | { readonly kind: 'mail'; readonly address: string } | { readonly kind: 'sms'; readonly number: string };
export type Inviting = { readonly id?: string; readonly link?: Link; readonly terms?: GrantTermsJson; readonly sending?: Sending; readonly redeemBy?: number; readonly name?: string; readonly confirm?: boolean };

/** Who lends, by which clock, and what: all that inviting needs of a scene. */
export type Lender = Pick<Scene, 'terms'> & { readonly owner: Signing; readonly clock: { readonly now: number } };

/** The body that invites, and what belongs to it. */
export const inviting = (scene: Lender, { id = freshId(), link = newLink(), terms = scene.terms(), sending = { kind: 'handed' }, redeemBy = scene.clock.now + DAY, name = 'Bob', confirm = false }: Inviting = {}) => {
  const { site } = scene.owner;
  const invitationKey = base64url(link.key.publicKey);
  const sent = sending.kind === 'handed' ? sending : { ...sending, secret: base64url(link.secret.reveal()) };
  const delegation = confirm ? undefined : signDelegation(invitationOf(termsFor(id, terms), { siteId: site.ownerSet.siteId, delegate: link.key.publicKey }), site.owner);
  const way = delegation === undefined ? { kind: 'confirm' as const, invitationKey, redeemBy, sending: sent } : { kind: 'invitation' as const, invitationKey, delegation: base64url(delegation), redeemBy, sending: sent };
  return { id, link, terms, delegation, body: { id, person: { name }, terms, way, word: 'Welcome', introduction: base64url(introduce(scene.owner)) } };
};

export const post = (scene: { readonly owner: Pick<Owner, 'browser'> }, body: object): Promise<Reply> => scene.owner.browser.send('POST', '/api/grants', body);
export const told = (reply: Reply): Grant => parsed(grantAnswer, reply).grant;
export const grantNow = async ({ owner }: { readonly owner: Pick<Owner, 'browser'> }, id: string): Promise<Grant> => told(await owner.browser.get(`/api/grants/${id}`));

/** Invites, and answers what was made. */
export const invite = async (scene: Lender, how: Inviting = {}) => {
  const invitation = inviting(scene, how);
  return { ...invitation, grant: told(await post(scene, invitation.body)) };
};
export type Invited = Awaited<ReturnType<typeof invite>>;

// ---- guests --------------------------------------------------------------------------------------------------------------------

export type Guest = { readonly key: KeyPair; readonly browser: Browser };
export const guestOf = (scene: { readonly test: Pick<Scene['test'], 'app'> }, name: string): Guest => ({ key: exampleKey(`guest ${name}`), browser: browserOf(scene.test) });

/** What a guest makes of an invitation. */
export const guestsDocument = ({ id, link, terms, delegation }: Pick<Invited, 'id' | 'link' | 'terms' | 'delegation'>, guest: Pick<Guest, 'key'>): Bytes =>
  issue(termsFor(id, terms), { by: link.key, to: guest.key.publicKey, headers: delegationHeader(required(delegation, 'an invitation carries a delegation')) });

export const redeemBodyOf = (invited: Pick<Invited, 'id' | 'link' | 'terms' | 'delegation'>, { key }: Pick<Guest, 'key'>, name?: string) => {
  const { publicKey: invitationKey } = invited.link.key;
  return {
    invitationKey: base64url(invitationKey), credentialKey: base64url(key.publicKey), document: invited.delegation === undefined ? null : base64url(guestsDocument(invited, { key })),
    proof: base64url(signWith(key, redemptionToSign(crypto, { credentialKey: key.publicKey, invitationKey }))), ...(name !== undefined && { name }),
  };
};
export const redeem = (invited: Pick<Invited, 'id' | 'link' | 'terms' | 'delegation'>, guest: Guest, name?: string): Promise<Reply> => guest.browser.send('POST', '/api/invitations/redeem', redeemBodyOf(invited, guest, name));

/** Signs in by the key. */
export const signInByKey = async ({ browser, key }: Guest, bent: { readonly origin?: string; readonly by?: KeyPair } = {}): Promise<Reply> => {
  const challenge = parsed(keyChallenge, await browser.send('POST', '/api/keys/challenge', {}));
  const payload = encodeCbor(new Map<string, Cbor>([['nonce', fromBase64url(challenge.nonce) ?? null], ['origin', bent.origin ?? ORIGIN]]));
  const signed = signWith(bent.by ?? key, toSign('mortise-sign-in', 1, (bent.by ?? key).publicKey, payload, crypto));
  return browser.send('POST', '/api/keys/sign-in', { ceremony: challenge.ceremony, credentialKey: base64url(key.publicKey), signed: base64url(signed) });
};
export const held = async ({ browser }: Pick<Guest, 'browser'>): Promise<HeldKeys> => parsed(heldKeys, await browser.get('/api/keys'));

/** A guest who has redeemed an invitation and signed in. */
export const guestWithKey = async (scene: Scene, name: string, how: Inviting = {}) => {
  const [guest, invited] = [guestOf(scene, name), await invite(scene, { name, ...how })];
  for (const reply of [await redeem(invited, guest), await signInByKey(guest)]) assert(reply.status === 200, `the link is redeemed, and the key signs in: ${codeOf(reply)}`);
  return { ...guest, ...invited };
};

// ---- the lock's judgement ------------------------------------------------------------------------------------------------------

/** Why the pure lock of this scene opens or not, to this key with these documents, at the door unless by relay. */
export const lockSays = (scene: Scene, credentialKey: Bytes, documents: readonly Bytes[], { at = scene.clock.now, relay = false, memory = NO_DOCUMENT_MEMORY }: { readonly at?: number; readonly relay?: boolean; readonly memory?: DocumentMemory } = {}): string => {
  const { site } = scene.owner;
  return decideDocuments(crypto, encodeDeviceResponse(documents), {
    requests: documentRequests(identifier<DoorId>(scene.door.id), scene.roster.groups, true), credentialKey, verb: 'unlock', interface: relay ? 0xf1 : 0xc3,
    capabilities: ['unlock', 'lock'], clock: { quality: 'synced', now: instant(at) }, userVerified: false,
    authority: { owners: site.ownerSet, delegations: openStanding(crypto, scene.access.delegations, site.ownerSet) },
    place: { zone: 'Europe/Zurich', zoneTable: ZURICH, calendars: [] },
  }, memory).decision.reason;
};

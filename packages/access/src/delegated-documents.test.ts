// What the hub may issue, what an invitation becomes, and what neither can: each bound of a delegation on both sides, with a lock that
// only checks signatures beside it, which opens where ours refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAPABILITY } from '@mortise/aliro/access-schedule.ts';
import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { NO_MEMORIES } from '@mortise/aliro/issuer-memory.ts';
import { judgeResponse, type JudgePolicy } from '@mortise/aliro/judge.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type GrantId, type SiteId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { exampleKey } from '@mortise/documents/example-site.ts';
import type { Invitation } from '@mortise/documents/delegation.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { NO_DOCUMENT_MEMORY, type DocumentMemory } from './document-memory.ts';
import type { GrantTerms } from './grant.ts';
import {
  ANNA, at, BACK_DOOR, BEAT, crypto, DAY, decide, DOOR, GROUP, GUEST, HOUR, HUB, INVITATION, INVITED, issue, issuing, LINK, NOW, OWNERS, redeem,
  RELAY, requestOf, revokeGrant, say, SECOND, SECOND_GUEST, signDelegation, stamp, STANDING, STRANGER, TERMS, withDelegations, ZURICH, type Changes,
} from './grants.fixture.ts';
import { delegationHeader, invitationOf } from './invitation.ts';

/** A lock that asks whether a key that it trusts signed, and follows Aliro's rules: no bound of a delegation, no memory of ours. */
const naive = (document: Bytes, changes: Changes = {}, issuers: readonly Bytes[] = [HUB.publicKey, LINK.publicKey]): string => {
  const { requests, credentialKey, clock } = requestOf(changes);
  const policy: JudgePolicy = {
    issuers, now: clock.now, zone: ZURICH, action: CAPABILITY.unsecure, acceptsNoRules: false, supportsSchedules: true, revocation: 'spec',
    accessExtension: () => 'allows',
  };
  const { verdict } = judgeResponse(crypto, encodeDeviceResponse([document]), requests, credentialKey, policy, NO_MEMORIES);
  return verdict.ok ? 'opens' : verdict.error.code;
};

const byHub = (changes: Partial<GrantTerms> = {}, to = GUEST): Bytes => issue({ ...TERMS, ...changes }, { by: HUB, to });

const stamped = (document: Bytes): readonly Bytes[] => [document, stamp(document)];

/** Ours refuses for this reason where the naive lock opens. */
const refusedBesideNaive = (reason: string, document: Bytes, changes: Changes = {}): void => {
  assert.equal(naive(document, changes), 'opens', `${reason}: the naive lock`);
  assert.equal(say([document], changes), reason);
};

// ---- the hub's standing delegation ---------------------------------------------------------------------------------------------

test('the hub issues within its delegation', () => {
  assert.equal(say([byHub()]), 'granted-document');
  assert.equal(say([byHub({ places: [GROUP] })]), 'granted-document');
  assert.match(decide([byHub()]).decision.rule, /^delegate:/);
});

test('at no other places', () => {
  refusedBesideNaive('delegation-exceeded', byHub(), withDelegations(issuing({ places: [BACK_DOOR] })));
  assert.equal(say([byHub({ places: [DOOR, BACK_DOOR] })]), 'granted-document', 'each lock looks at its own element');
});

test('no other verbs, however many rules say them', () => {
  refusedBesideNaive('delegation-exceeded', byHub({ verbs: ['unlock', 'lock', 'hold'] }));
  assert.equal(say([byHub({ verbs: ['unlock'] })]), 'granted-document');
});

test('for no longer than its longest grant', () => {
  const longest = issuing({ longestS: DAY / 1000 });
  const of = (until: number): Bytes => byHub({ from: NOW, until: instant(until) });
  assert.equal(say([of(NOW + DAY)], withDelegations(longest)), 'granted-document');
  refusedBesideNaive('delegation-exceeded', of(NOW + DAY + SECOND), withDelegations(longest));
});

test('not past its own end, and nothing of it opens after that', () => {
  const ending = { ...STANDING, until: at(7 * DAY) };
  assert.equal(say([byHub()], withDelegations(ending)), 'granted-document', 'an end with the delegation’s');
  refusedBesideNaive('delegation-exceeded', byHub({ until: at(7 * DAY + SECOND) }), withDelegations(ending));
  refusedBesideNaive('delegation-over', byHub(), { ...withDelegations({ ...STANDING, until: at(HOUR) }), now: at(HOUR + 1) });
  assert.equal(say([byHub()], withDelegations({ ...STANDING, until: at(-1) })), 'delegation-over');
});

test('at its own hours, whatever the grant says', () => {
  const morning: Schedule = { startS: Date.UTC(2026, 0, 1, 8) / 1000, recurrence: { durationS: 4 * 3600, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false };
  const mornings = withDelegations(issuing({ hours: [morning] }));
  assert.equal(say([byHub()], { ...mornings, now: at(-1) }), 'granted-document', 'just before noon');
  refusedBesideNaive('outside-hours', byHub(), mornings);
  assert.equal(say([byHub()], { ...mornings, now: at(-1), place: { zone: 'Europe/Zurich', calendars: [] } }), 'zone-unknown');
});

test('never from afar, be it asked so or not', () => {
  refusedBesideNaive('delegation-exceeded', byHub({ remote: true }));
  refusedBesideNaive('delegation-exceeded', byHub({ remote: true }), { interface: RELAY });
  assert.equal(say([byHub()], { interface: RELAY }), 'remote-not-allowed');
});

test('no documents, if it may issue other kinds or nothing', () => {
  for (const delegation of [issuing({ kinds: ['pin'] }), { ...STANDING, issue: null }]) {
    assert.equal(say([byHub()], withDelegations(delegation)), 'issuer-unknown');
    assert.equal(naive(byHub()), 'opens');
  }
  assert.equal(say([byHub()], withDelegations()), 'issuer-unknown', 'a roster without it');
});

test('of two delegations of one key either suffices', () => {
  const narrow = issuing({ places: [BACK_DOOR] });
  assert.equal(say([byHub()], withDelegations(narrow, STANDING)), 'granted-document');
  assert.equal(say([byHub()], withDelegations(narrow, { ...STANDING, until: at(-1) })), 'delegation-exceeded');
});

test('so many credentials in a day that the lock has not seen, and those again', () => {
  const guests = [GUEST, SECOND_GUEST, STRANGER];
  const [first, second, third] = guests.map((to) => byHub({}, to));
  let memory: DocumentMemory = NO_DOCUMENT_MEMORY;
  const show = (index: number, ms = 0, quality: 'synced' | 'lost' = 'synced'): string => {
    const outcome = decide([[first, second, third][index] ?? Uint8Array.of()], { now: at(ms), quality, credentialKey: guests[index]?.publicKey ?? GUEST.publicKey }, memory);
    memory = outcome.memory;
    return outcome.decision.reason;
  };
  assert.equal(show(0, 0, 'lost'), 'clock-lost');
  assert.equal(memory.admissions.size, 0, 'none while the clock is lost');
  assert.deepEqual([show(0), show(1), show(2)], ['granted-document', 'granted-document', 'delegation-spent']);
  assert.deepEqual([show(0), show(1, HOUR)], ['granted-document', 'granted-document'], 'those that it knows');
  assert.deepEqual([show(2, DAY - 1), show(2, DAY)], ['delegation-spent', 'granted-document'], 'a day later there is place again');
  assert.equal(naive(third ?? Uint8Array.of(), { credentialKey: STRANGER.publicKey }), 'opens');
});

test('a clock that was set back gives no new places', () => {
  const { memory } = decide([byHub()], withDelegations(issuing({ perDay: 1 })));
  const other = (ms: number): string => say([byHub({}, SECOND_GUEST)], { ...withDelegations(issuing({ perDay: 1 })), credentialKey: SECOND_GUEST.publicKey, now: at(ms) }, memory);
  assert.deepEqual([other(-HOUR), other(DAY - 1), other(DAY)], ['delegation-spent', 'delegation-spent', 'granted-document']);
});

test('it cannot pass its power on', () => {
  const invitedBy = (...signers: Parameters<typeof signDelegation>[1] & object): string => say(stamped(redeem(GUEST, { delegation: signDelegation(INVITATION, signers) })));
  assert.deepEqual([invitedBy(ANNA), invitedBy(HUB), invitedBy(STRANGER), invitedBy(ANNA, HUB)], ['granted-document', 'issuer-unknown', 'issuer-unknown', 'issuer-unknown']);
});

test('a copy of an old standing delegation, carried by a document, is nothing', () => {
  const kept = signDelegation(STANDING);
  const document = issue(TERMS, { by: HUB, headers: delegationHeader(kept) });
  assert.equal(say([document]), 'granted-document', 'the control: the roster has it');
  assert.equal(say([document], withDelegations()), 'issuer-unknown');
});

test('a certificate, by whoever may issue, lets nobody else issue', () => {
  const withCertificate = issue(TERMS, { headers: new Map([[33, Uint8Array.of(0x30, 0)]]) });
  assert.equal(naive(withCertificate, {}, [ANNA.publicKey]), 'opens', 'it is signed by the owner and the certificate not needed');
  assert.equal(say([withCertificate]), 'issuer-unknown');
});

// ---- invitations ---------------------------------------------------------------------------------------------------------------

test('a guest makes a key of an invitation while the owner sleeps, and the hub confirms it', () => {
  const document = redeem(GUEST);
  const { decision } = decide(stamped(document));
  assert.deepEqual([decision.reason, decision.rule.slice(0, 11)], ['granted-document', 'invitation:']);
  assert.equal(say([document]), 'freshness-lapsed', 'not without the hub');
});

test('what an owner signs in the place of the hub’s grant goes on counting, and minutes from the first use too', () => {
  const later: Partial<GrantTerms> = { grantId: identifierOf<GrantId>(new Uint8Array(16).fill(0xc4)), countsAs: TERMS.grantId };
  const byOwner = (changes: Partial<GrantTerms>): Bytes => issue({ ...TERMS, ...changes });
  const { memory } = decide([byHub({ uses: 1 })]);
  assert.equal(say([byOwner({ uses: 1 })], {}, memory), 'granted-document', 'the control: a grant of its own');
  assert.equal(say([byOwner({ ...later, uses: 1 })], {}, memory), 'uses-spent');
  const both = decide([byOwner({ ...later, uses: 2 })], {}, memory);
  assert.deepEqual([both.decision.reason, say([byOwner({ ...later, uses: 2 })], {}, both.memory)], ['granted-document', 'uses-spent']);
  const started = decide([byHub({ minutesAfterFirstUse: 30 })]).memory;
  assert.equal(say([byOwner({ ...later, minutesAfterFirstUse: 30 })], { now: at(HOUR) }, started), 'first-use-over');
});

test('what an owner signs in the place of an invitation’s key goes on counting', () => {
  const counted = { ...INVITED, uses: 1 };
  const invitation = signDelegation(invitationOf(counted, { siteId: OWNERS.siteId, delegate: LINK.publicKey }), [ANNA]);
  const { memory, decision } = decide(stamped(issue(counted, { by: LINK, to: GUEST, headers: delegationHeader(invitation) })));
  assert.equal(decision.reason, 'granted-document');
  const later = issue({ ...counted, grantId: identifierOf<GrantId>(new Uint8Array(16).fill(0xc4)), countsAs: counted.grantId });
  assert.equal(say(stamped(later)), 'granted-document', 'the control: where nothing was used');
  assert.equal(say(stamped(later), {}, memory), 'uses-spent');
});

test('the second key that redeems it opens nothing, that day, later, or after a restart', () => {
  const [mine, theirs] = [redeem(GUEST), redeem(SECOND_GUEST)];
  const asSecond = { credentialKey: SECOND_GUEST.publicKey };
  assert.equal(say(stamped(theirs), asSecond), 'granted-document', 'the control: alone it would');
  const { memory } = decide(stamped(mine));
  assert.equal(say(stamped(theirs), asSecond, memory), 'invitation-used');
  assert.equal(say(stamped(theirs), { ...asSecond, now: at(3 * DAY) }, memory), 'invitation-used');
  const restored: DocumentMemory = structuredClone(memory);
  assert.equal(say(stamped(theirs), asSecond, restored), 'invitation-used', 'what was stored before the bolt moved');
  assert.equal(say(stamped(mine), {}, restored), 'granted-document');
  assert.equal(naive(theirs, asSecond), 'opens');
});

test('the guest’s document says what the owner wrote, to the letter', () => {
  const wider: readonly (readonly [string, Partial<GrantTerms>])[] = [
    ['another verb', { verbs: ['unlock', 'lock', 'unlatch'] }], ['fewer verbs', { verbs: ['unlock'] }], ['another place', { places: [GROUP] }],
    ['an earlier start', { from: at(-2 * DAY) }], ['a later end', { until: at(7 * DAY + SECOND) }], ['uses', { uses: 9 }], ['remote', { remote: true }],
    ['older stamps', { freshForS: (8 * DAY) / 1000 }], ['another grant', { grantId: TERMS.grantId }],
  ];
  for (const [name, changes] of wider) {
    const document = redeem(GUEST, { terms: { ...INVITED, ...changes } });
    assert.equal(say(stamped(document)), 'delegation-exceeded', name);
    assert.equal(naive(document), 'opens', name);
  }
  const { freshForS: _, ...unfresh } = INVITED;
  assert.equal(say([redeem(GUEST, { terms: unfresh })]), 'delegation-exceeded', 'without a need to be confirmed');
  assert.equal(say(stamped(redeem(GUEST, { terms: { ...INVITED, from: NOW, until: at(DAY) } }))), 'granted-document', 'a shorter time lies within');
});

test('an invitation that was written without a need to be confirmed, or for afar, opens nothing', () => {
  const { template } = invitationOf({ ...INVITED, freshForS: 60 }, { siteId: OWNERS.siteId, delegate: LINK.publicKey });
  const without: Invitation = { ...INVITATION, template: { ...template, accessExtensions: [] } };
  const { freshForS: _, ...unfresh } = INVITED;
  assert.equal(say([redeem(GUEST, { terms: unfresh, delegation: signDelegation(without) })]), 'delegation-exceeded');
  assert.throws(() => invitationOf(unfresh, INVITATION), { name: 'InvariantError' });
  assert.throws(() => invitationOf({ ...INVITED, remote: true }, INVITATION), { name: 'InvariantError' });
});

test('by the threshold of the present owners, for this site, until its end', () => {
  const two = { authority: { owners: { ...OWNERS, threshold: 2 }, delegations: [STANDING] } };
  const documentBy = (...signers: Parameters<typeof signDelegation>[1] & object): readonly Bytes[] => stamped(redeem(GUEST, { delegation: signDelegation(INVITATION, signers) }));
  assert.equal(say(documentBy(ANNA, BEAT), two), 'granted-document', 'the control');
  assert.equal(say(documentBy(ANNA), two), 'issuer-unknown');
  assert.equal(say(documentBy(ANNA, ANNA), two), 'issuer-unknown', 'one owner twice');
  assert.equal(say(documentBy(ANNA, STRANGER), two), 'issuer-unknown');
  const withoutAnna = { authority: { owners: { ...OWNERS, keys: [BEAT.publicKey] }, delegations: [STANDING] } };
  assert.equal(say(documentBy(ANNA), withoutAnna), 'issuer-unknown', 'an owner who left takes the invitations along');
  const elsewhere = signDelegation({ ...INVITATION, siteId: identifierOf<SiteId>(new Uint8Array(16)) });
  assert.equal(say(stamped(redeem(GUEST, { delegation: elsewhere }))), 'issuer-unknown');
  assert.deepEqual([0, 1].map((ms) => say(stamped(redeem(GUEST)), { now: at(7 * DAY + ms) })), ['granted-document', 'grant-expired']);
});

test('only the invitation’s own key may sign under it', () => {
  for (const by of [STRANGER, GUEST]) assert.equal(say(stamped(redeem(GUEST, { by }))), 'issuer-unknown');
  const stampingOnly = withDelegations({ ...STANDING, issue: null });
  assert.equal(say(stamped(redeem(GUEST)), stampingOnly), 'granted-document', 'the control');
  assert.equal(say(stamped(redeem(GUEST, { by: HUB })), stampingOnly), 'issuer-unknown', 'the hub cannot make the guest’s key');
});

test('an invitation that was taken back before it was redeemed never opens', () => {
  const { memory } = decide([revokeGrant(INVITED.grantId)]);
  assert.equal(say(stamped(redeem(GUEST)), {}, memory), 'revoked');
});

test('an invitation’s key can neither revoke nor stamp', () => {
  const victim = issue(TERMS);
  assert.equal(say([revokeGrant(TERMS.grantId), victim]), 'revoked', 'the control');
  assert.equal(say([revokeGrant(TERMS.grantId, { by: LINK }), redeem(GUEST), victim]), 'granted-document');
  const document = redeem(GUEST);
  assert.equal(say([document, stamp(document, LINK)]), 'freshness-lapsed');
});

test('what a delegate used up is its own: another’s grant of the same id keeps its uses', () => {
  const spent = decide([byHub({ uses: 1 })]).memory;
  assert.equal(say([byHub({ uses: 1 })], {}, spent), 'uses-spent');
  assert.equal(say([issue({ ...TERMS, uses: 1 })], {}, spent), 'granted-document');
});

test('strangers with keys of their own', () => {
  const thief = exampleKey('thief');
  assert.equal(say([issue(TERMS, { by: thief, to: thief })], { credentialKey: thief.publicKey }), 'issuer-unknown');
});

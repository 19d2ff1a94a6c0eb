// Revocations as a union: whoever may revoke revokes whoever issued, two at once never undo each other, and what a courier could have
// left out does not lock its bearer out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RevocationEntry } from '@mortise/aliro/revocation-data.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { decideKnown } from './decide-documents.ts';
import { NO_DOCUMENT_MEMORY, type DocumentMemory } from './document-memory.ts';
import {
  ANNA, at, BEAT, crypto, DAY, decide, grantId, GUEST, HOUR, HUB, issue, NOW, OWNERS, redeem, requestOf, revoke, revokeGrant, say, SECOND_GUEST, STANDING, STRANGER, TERMS,
  withDelegations,
} from './grants.fixture.ts';

const credential = (key: { readonly publicKey: Uint8Array }): RevocationEntry => ({ credential: crypto.sha256(key.publicKey) });

test('any owner, and a delegate that may, revokes by grant or by credential, whoever issued', () => {
  for (const issuer of [ANNA, BEAT, HUB]) for (const by of [ANNA, BEAT, HUB]) {
    const document = issue(TERMS, { by: issuer });
    assert.equal(say([document]), 'granted-document', 'the control');
    assert.equal(say([revokeGrant(TERMS.grantId, { by }), document]), 'revoked');
    assert.equal(say([document, revoke({ change: 'append', add: [credential(GUEST)] }, { by })]), 'revoked', 'in any order');
    assert.equal(say([revoke({ change: 'append', add: [credential(SECOND_GUEST)] }, { by }), document]), 'granted-document');
  }
  assert.equal(say([revokeGrant(TERMS.grantId, { by: HUB }), issue(TERMS)], withDelegations({ ...STANDING, revocation: false })), 'granted-document');
  assert.equal(say([revokeGrant(TERMS.grantId, { by: STRANGER }), issue(TERMS)]), 'granted-document');
});

test('a certificate lets nobody else revoke', () => {
  assert.equal(say([revokeGrant(TERMS.grantId, { headers: new Map([[33, Uint8Array.of(0x30, 0)]]) }), issue(TERMS)]), 'granted-document');
});

test('what was learnt stays, though the one who brought it was refused', () => {
  const { decision, memory } = decide([revokeGrant(TERMS.grantId)]);
  assert.equal(decision.reason, 'document-missing');
  assert.equal(say([issue(TERMS)], {}, memory), 'revoked');
  assert.equal(say([issue(TERMS)], { authority: { owners: { ...OWNERS, keys: [BEAT.publicKey, ANNA.publicKey] }, delegations: [] } }, memory), 'revoked');
});

test('two owners who revoke at once never undo each other', () => {
  const [first, second] = [grantId('first'), grantId('second')];
  const byAnna = revoke({ change: 'overwrite', add: [{ accessId: identifierBytes(first) }] });
  const byBeat = revoke({ change: 'overwrite', add: [{ accessId: identifierBytes(second) }] }, { by: BEAT });
  const undo = revoke({ change: 'overwrite', remove: [{ accessId: identifierBytes(first) }] });
  for (const order of [[byAnna, byBeat], [byBeat, byAnna], [byAnna, byBeat, undo], [byAnna, undo, byBeat, revoke({ change: 'overwrite' })]]) {
    const { memory } = decide(order);
    for (const grant of [first, second]) assert.equal(say([issue({ ...TERMS, grantId: grant })], {}, memory), 'revoked');
  }
});

test('an entry counts until it expires, and on a lost clock always', () => {
  const { memory } = decide([revoke({ change: 'append', add: [{ ...credential(GUEST), expiryS: NOW / 1000 + 3600 }] })]);
  const told = [0, HOUR, HOUR + 1].map((ms) => say([issue(TERMS)], { now: at(ms) }, memory));
  assert.deepEqual(told, ['revoked', 'revoked', 'granted-document']);
});

test('a lock that has lost its clock still learns revocations', () => {
  const { memory } = decide([revokeGrant(TERMS.grantId)], { quality: 'lost' });
  assert.equal(say([issue(TERMS)], {}, memory), 'revoked');
  const timed = decide([revokeGrant(TERMS.grantId, { timeVerificationRequired: true })], { quality: 'lost' }).memory;
  assert.equal(say([issue(TERMS)], {}, timed), 'granted-document', 'not of one that demands a clock: ours do not');
});

test('a courier with an old or foreign revocation is not locked out, one with a damaged one is', () => {
  const document = issue(TERMS);
  const other = grantId('other');
  const harmless = [revokeGrant(other, { by: STRANGER }), revokeGrant(other, { until: at(-1000) }), revokeGrant(other, { from: at(HOUR) })];
  for (const revocation of harmless) assert.equal(say([revocation, document]), 'granted-document');
  const newest = decide([revokeGrant(other, { validityIteration: 20 })]).memory;
  assert.equal(say([revokeGrant(other, { validityIteration: 12 }), document], {}, newest), 'granted-document', 'one that a newer one replaced');
  const good = revokeGrant(other);
  assert.equal(say([good, document]), 'granted-document', 'the control');
  assert.equal(say([good.with(good.length - 20, (good.at(-20) ?? 0) ^ 1), document]), 'document-invalid');
});

test('an old access document is refused once the issuer has moved on', () => {
  const { memory } = decide([issue(TERMS, { validityIteration: 9 })]);
  assert.deepEqual([2, 1].map((validityIteration) => say([issue(TERMS, { validityIteration })], {}, memory)), ['granted-document', 'document-outdated']);
  const early = decide([issue({ ...TERMS, from: at(1000) }, { validityIteration: 20 })]).memory;
  assert.equal(say([issue(TERMS, { validityIteration: 1 })], {}, early), 'granted-document', 'one that does not hold yet moves nothing on');
  assert.equal(decide([redeem(GUEST, { validityIteration: 3 })]).memory.issuers.size, 0, 'nor does an invitation’s key');
  assert.equal(say([issue(TERMS, { by: BEAT, validityIteration: 1 })], {}, memory), 'granted-document', 'each issuer counts for itself');
});

test('more revocations never open more, in whatever order they come', () => {
  const grants = Array.from({ length: 4 }, (_, index) => grantId(`property ${index}`));
  const known = grants.map((grant) => decide([issue({ ...TERMS, grantId: grant })]).known).filter((one) => one !== undefined);
  const entry = fc.record({ index: fc.nat(3), by: fc.constantFrom(ANNA, BEAT, HUB), overwrite: fc.boolean(), expires: fc.boolean() });
  let [opened, refused] = [0, 0];
  fc.assert(fc.property(fc.array(entry, { maxLength: 6 }), fc.integer({ min: 0, max: DAY }), (entries, ms) => {
    let memory: DocumentMemory = NO_DOCUMENT_MEMORY;
    let before = known.map(() => true);
    for (const { index, by, overwrite, expires } of entries) {
      const accessId = identifierBytes(grants[index] ?? TERMS.grantId);
      const add = [{ accessId, ...(expires && { expiryS: NOW / 1000 + 3600 }) }];
      memory = decide([revoke({ change: overwrite ? 'overwrite' : 'append', add }, { by })], {}, memory).memory;
      const now = known.map((one) => decideKnown(crypto, [one], requestOf({ now: at(ms) }), memory).decision.allowed);
      now.forEach((allowed, place) => { assert.ok(!allowed || before[place] === true); });
      before = now;
    }
    opened += before.filter(Boolean).length;
    refused += before.filter((allowed) => !allowed).length;
  }), { numRuns: 60 });
  console.log(`revocations: ${opened} grants still open, ${refused} refused after up to six documents`);
  assert.ok(opened > 0 && refused > 0);
});

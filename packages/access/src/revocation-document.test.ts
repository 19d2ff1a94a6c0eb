import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyIdentifierOf } from '@mortise/aliro/issuer-auth.ts';
import { NO_MEMORIES } from '@mortise/aliro/issuer-memory.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { ANNA, BEAT, crypto, decide, grantId, issue, NOW, requestOf, revokeGrant, STRANGER, TERMS } from './grants.fixture.ts';
import { applyRevocation, describeRevocation, nameInRule, revocationName, revocationRule } from './revocation-document.ts';

const revoking = { authority: requestOf().authority, now: NOW };

test('a document by itself teaches once, and is named by its bytes as they are stored', () => {
  const document = revokeGrant(TERMS.grantId);
  const first = applyRevocation(crypto, document, revoking, NO_MEMORIES);
  assert.deepEqual(first.applied, { name: revocationName(crypto, document), taught: true, document });
  const again = applyRevocation(crypto, document, revoking, first.memory);
  assert.deepEqual([again.applied?.taught, again.memory], [false, first.memory]);
  assert.equal(applyRevocation(crypto, revokeGrant(TERMS.grantId, { by: BEAT }), revoking, first.memory).applied?.taught, true, 'another issuer says it too');
  assert.equal(applyRevocation(crypto, revokeGrant(grantId('other')), revoking, first.memory).applied?.taught, true);
});

test('what a response brought is named alike, whatever was decided', () => {
  const [one, other] = [revokeGrant(TERMS.grantId), revokeGrant(grantId('other'), { by: BEAT })];
  const { revocations, decision } = decide([one, issue(TERMS), other, one, revokeGrant(TERMS.grantId, { by: STRANGER })]);
  assert.equal(decision.reason, 'revoked');
  assert.deepEqual(revocations, ([[one, true], [other, true], [one, false]] as const).map(([bytes, taught]) => ({ name: revocationName(crypto, bytes), taught, document: bytes })));
});

test('a document says whose it is and from when until when; what names nobody says nothing', () => {
  const document = revokeGrant(TERMS.grantId);
  const facts = describeRevocation(crypto, document);
  assert.deepEqual([facts?.name, facts?.issuer], [revocationName(crypto, document), keyIdentifierOf(crypto, ANNA.publicKey)]);
  assert.ok(facts !== undefined && facts.signed <= NOW && facts.until > NOW);
  assert.notDeepEqual(describeRevocation(crypto, revokeGrant(TERMS.grantId, { by: BEAT }))?.issuer, facts.issuer);
  assert.equal(describeRevocation(crypto, issue(TERMS)), undefined, 'an access document');
  for (let length = 0; length < document.length; length += 1) assert.equal(describeRevocation(crypto, document.slice(0, length)), undefined);
});

test('a name is found in its rule, and in no other', () => {
  const name = revocationName(crypto, utf8('anything'));
  assert.equal(nameInRule(revocationRule(name)), name);
  for (const rule of ['', 'roster:2', 'revocation:short', `${revocationRule(name)}x`, `x${revocationRule(name)}`]) assert.equal(nameInRule(rule), undefined);
});

test('any bytes, an access document, a certified one, a stranger’s: refused with a code, and nothing is remembered', () => {
  const codeOf = (bytes: Uint8Array): string | undefined => {
    const { memory, error } = applyRevocation(crypto, bytes, revoking, NO_MEMORIES);
    assert.equal(memory.size, 0);
    return error?.code;
  };
  assert.equal(codeOf(issue(TERMS)), 'document-doctype');
  assert.equal(codeOf(revokeGrant(TERMS.grantId, { by: STRANGER })), 'issuer-unknown');
  assert.equal(codeOf(revokeGrant(TERMS.grantId, { by: ANNA, headers: new Map([[33, Uint8Array.of(0x30, 0)]]) })), 'issuer-unknown');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (any) => assert.ok(codeOf(any) !== undefined)));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { DocumentMemory } from './document-memory.ts';
import { NO_DOCUMENT_MEMORY } from './document-memory.ts';
import { decodeAdmissions, decodeIssuers, decodeUses, encodeAdmissions, encodeIssuers, encodeUses } from './document-memory-cbor.ts';
import { at, BEAT, crypto, decide, grantId, GUEST, HUB, issue, NOW, redeem, revoke, revokeGrant, say, SECOND_GUEST, stamp, TERMS } from './grants.fixture.ts';

const mine = redeem(GUEST);
const steps: readonly (readonly Bytes[])[] = [
  [mine, stamp(mine)], [issue({ ...TERMS, uses: 1 }, { validityIteration: 3 })], [issue({ ...TERMS, minutesAfterFirstUse: 5 }, { by: HUB })],
  [revokeGrant(grantId('gone'))], [revoke({ change: 'append', add: [{ credential: crypto.sha256(SECOND_GUEST.publicKey), expiryS: NOW / 1000 }] }, { by: BEAT })],
];
const full = steps.reduce<DocumentMemory>((memory, documents) => decide(documents, {}, memory).memory, NO_DOCUMENT_MEMORY);

const restart = ({ issuers, admissions, uses }: DocumentMemory) =>
  ({ issuers: decodeIssuers(encodeIssuers(issuers)), admissions: decodeAdmissions(encodeAdmissions(admissions)), uses: decodeUses(encodeUses(uses)) });

test('a memory is read as it was written', () => {
  assert.deepEqual([full.issuers.size, full.admissions.size, full.uses.uses.size], [2, 2, 2]);
  for (const memory of [NO_DOCUMENT_MEMORY, full, { ...full, uses: { ...full.uses, forgotten: { owners: NOW, delegates: at(1) } } }]) assert.deepEqual(restart(memory), memory);
});

test('after a restart a lock refuses what it refused before', () => {
  const { issuers = new Map(), admissions = new Map(), uses = NO_DOCUMENT_MEMORY.uses } = restart(full);
  const theirs = redeem(SECOND_GUEST);
  const asSecond = { credentialKey: SECOND_GUEST.publicKey, now: at(1) };
  const both = (memory: DocumentMemory): readonly string[] => [say([theirs, stamp(theirs)], asSecond, memory), say([issue({ ...TERMS, uses: 1 })], {}, memory)];
  assert.deepEqual(both({ issuers, admissions, uses }), ['invitation-used', 'uses-spent']);
  assert.deepEqual(both(NO_DOCUMENT_MEMORY), ['granted-document', 'granted-document'], 'one that starts with nothing opens');
});

test('any bytes, and every cut, are refused whole', () => {
  const decoders = [[encodeIssuers(full.issuers), decodeIssuers], [encodeAdmissions(full.admissions), decodeAdmissions], [encodeUses(full.uses), decodeUses]] as const;
  for (const [bytes, decode] of decoders) {
    for (let length = 0; length < bytes.length; length += 1) assert.equal(decode(bytes.subarray(0, length)), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => decode(any) === undefined));
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import {
  decodeAdoptBody, decodeCertifiedTime, decodeOwnerSetAnswer, decodeResetAnswer, decodeRosterAnswer, decodeTimeAsk, encodeAdoptBody, encodeCertifiedTime, encodeOwnerSetAnswer, encodeResetAnswer, encodeRosterAnswer, encodeTimeAsk,
} from './link-body.ts';

const adopt = fc.record({ step: fc.nat(15), bytes: fc.uint8Array() }, { noNullPrototype: true });
const answer = fc.record({ version: fc.maxSafeNat(), code: fc.constantFrom('accepted', 'fork', 'stale') }, { noNullPrototype: true });
const owners = fc.record({ sequence: fc.maxSafeNat(), code: fc.constantFrom('accepted', 'fork', 'roster-void') }, { noNullPrototype: true });
const nonce = fc.uint8Array({ minLength: 16, maxLength: 16 });

const certified = fc.record({ certificate: fc.uint8Array({ maxLength: 512 }), answer: fc.uint8Array({ maxLength: 512 }) }, { noNullPrototype: true });

type Form = { readonly name: string; readonly decode: (bytes: Bytes) => unknown; readonly example: Bytes };

const FORMS: readonly Form[] = [
  { name: 'adopt', decode: decodeAdoptBody, example: encodeAdoptBody({ step: 1, bytes: new Uint8Array(20) }) },
  { name: 'roster-answer', decode: decodeRosterAnswer, example: encodeRosterAnswer({ version: 3, code: 'fork' }) },
  { name: 'owner-set-answer', decode: decodeOwnerSetAnswer, example: encodeOwnerSetAnswer({ sequence: 2, code: 'roster-void' }) },
  { name: 'reset-answer', decode: decodeResetAnswer, example: encodeResetAnswer({ code: 'clock-lost' }) },
  { name: 'certified-time', decode: decodeCertifiedTime, example: encodeCertifiedTime({ certificate: new Uint8Array(300), answer: new Uint8Array(250) }) },
  { name: 'time-ask', decode: decodeTimeAsk, example: encodeTimeAsk(new Uint8Array(16)) },
];

test('bodies come back as they were', () => {
  fc.assert(fc.property(adopt, (body) => assert.deepEqual(decodeAdoptBody(encodeAdoptBody(body)), body)));
  fc.assert(fc.property(answer, (body) => assert.deepEqual(decodeRosterAnswer(encodeRosterAnswer(body)), body)));
  fc.assert(fc.property(nonce, (body) => assert.deepEqual(decodeTimeAsk(encodeTimeAsk(body)), body)));
  fc.assert(fc.property(certified, (body) => assert.deepEqual(decodeCertifiedTime(encodeCertifiedTime(body)), body)));
  fc.assert(fc.property(owners, (body) => assert.deepEqual(decodeOwnerSetAnswer(encodeOwnerSetAnswer(body)), body)));
});

for (const { name, decode, example } of FORMS) {
  test(`${name}: cut anywhere it is refused, and any bytes are answered or refused`, () => {
    assert.ok(decode(example) !== undefined, 'the control');
    for (let length = 0; length < example.length; length += 1) assert.equal(decode(example.subarray(0, length)), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => void decode(any)));
  });
}

test('fields out of their range are refused', () => {
  assert.equal(decodeAdoptBody(encodeCbor([16, new Uint8Array(0)])), undefined);
  assert.equal(decodeCertifiedTime(encodeCbor([new Uint8Array(513), new Uint8Array(1)])), undefined);
  assert.equal(decodeCertifiedTime(encodeCbor([new Uint8Array(1), new Uint8Array(513)])), undefined);
  assert.equal(decodeRosterAnswer(encodeCbor([1, 'Not a code'])), undefined);
});

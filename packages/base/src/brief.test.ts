import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { brief, briefly } from './brief.ts';

test('pieces are zero at first, as long as asked for, and nobody’s but theirs', (t) => {
  let [pieces, alone] = [0, 0];
  fc.assert(fc.property(fc.array(fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 3000 })), { maxLength: 60 }), (lengths) => {
    const given = lengths.map((length, index) => {
      const piece = brief(length);
      assert.equal(piece.length, length);
      assert.ok(piece.every((byte) => byte === 0), 'zero at first');
      return piece.fill(index + 1);
    });
    for (const [index, piece] of given.entries()) assert.ok(piece.every((byte) => byte === index + 1), 'no other piece wrote here');
    pieces += given.length;
    alone += given.filter((piece) => piece.buffer.byteLength === piece.length && piece.length > 0).length;
  }));
  assert.ok(alone > 0 && alone < pieces, 'short ones share, long ones stand alone');
  t.diagnostic(`${pieces} pieces, ${alone} of them with an array of their own`);
});

test('parts stand one after another, and stay as they were', () => {
  const parts = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)];
  assert.deepEqual(briefly(...parts), Uint8Array.of(1, 2, 3));
  assert.deepEqual(parts, [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
  assert.deepEqual(briefly(), new Uint8Array(0));
});

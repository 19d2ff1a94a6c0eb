import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base32, concat } from '@mortise/base/bytes.ts';
import { identifierBytes, identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleEntropy, exampleLock } from './example-site.ts';
import { encodeSetupCode, encodeSetupQr, parseSetupCode, SETUP_CODE_CHARACTERS } from './setup-code.ts';

const lock = exampleLock();
const text = encodeSetupCode(crypto, { lockId: lock.lockId, secret: lock.setupSecret });
const characters = text.replaceAll('-', '');
const codeOf = (written: string): string => {
  const parsed = parseSetupCode(crypto, written);
  return parsed.ok ? 'parsed' : parsed.error.code;
};
const isRight = (written: string): boolean => {
  const parsed = parseSetupCode(crypto, written);
  return parsed.ok && parsed.value.secret.reveal().toHex() === lock.setupSecret.reveal().toHex();
};

test('the code has 8 groups of five and says the lock and its secret', () => {
  assert.match(text, /^(?:[A-Z2-7]{5}-){7}[A-Z2-7]{5}$/);
  const parsed = parseSetupCode(crypto, text);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.value.lockIdPrefix, identifierBytes(lock.lockId).slice(0, 12));
  assert.ok(isRight(text));
  assert.equal(encodeSetupQr(crypto, { lockId: lock.lockId, secret: lock.setupSecret }), `MORTISE:${characters}`);
});

test('every lock and secret comes back', () => {
  const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(sixteen, fc.uint8Array({ minLength: 10, maxLength: 10 }), (id, secret) => {
      const parsed = parseSetupCode(crypto, encodeSetupCode(crypto, { lockId: identifierOf<LockId>(id), secret: new Secret(secret) }));
      assert.ok(parsed.ok);
      assert.deepEqual([parsed.value.lockIdPrefix, parsed.value.secret.reveal()], [id.slice(0, 12), secret]);
    }),
  );
});

test('it is read as people write it', () => {
  const lookAlike = characters.replaceAll('O', '0').replaceAll('I', '1').replaceAll('B', '8');
  const ways = [characters, text.toLowerCase(), ` ${text}\n`, text.replaceAll('-', ' '), text.replaceAll('-', '–'), text.replaceAll('-', ' – '),
    `MORTISE:${characters}`, `mortise: ${text}`, lookAlike];
  for (const way of ways) assert.ok(isRight(way), way);
});

test('each kind of mistake has its own code', () => {
  const newer = Uint8Array.of(2, ...exampleEntropy('newer').subarray(0, 22));
  const newerCode = base32(concat(newer, crypto.sha256(newer).subarray(0, 2)));
  const table: readonly (readonly [string, string])[] = [
    ['', 'setup-code-length'],
    [characters.slice(1), 'setup-code-length'],
    [`${characters}A`, 'setup-code-length'],
    ['A'.repeat(100_000), 'setup-code-length'],
    [`9${characters.slice(1)}`, 'setup-code-characters'],
    [`é${characters.slice(1)}`, 'setup-code-characters'],
    [`${characters.slice(0, 39)}!`, 'setup-code-characters'],
    ['A'.repeat(40), 'setup-code-checksum'],
    [newerCode, 'setup-code-version'],
  ];
  for (const [written, code] of table) assert.equal(codeOf(written), code, written.slice(0, 50));
});

test('a mistyped character or two swapped ones are caught, but for the checksum’s chance', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let tries = 0;
  let missed = 0;
  const attempt = (written: string): void => {
    tries += 1;
    if (parseSetupCode(crypto, written).ok) missed += 1;
  };
  for (let lockNumber = 0; lockNumber < 12; lockNumber += 1) {
    const { lockId, setupSecret } = exampleLock(`typed ${lockNumber}`);
    const right = Array.from(encodeSetupCode(crypto, { lockId, secret: setupSecret }).replaceAll('-', ''));
    for (let at = 0; at < SETUP_CODE_CHARACTERS; at += 1) {
      for (const character of alphabet) if (character !== right[at]) attempt(right.with(at, character).join(''));
      for (let to = at + 1; to < SETUP_CODE_CHARACTERS; to += 1) {
        if (right[at] !== right[to]) attempt(right.with(at, right[to] ?? '').with(to, right[at] ?? '').join(''));
      }
    }
  }
  console.log(`setup code: ${missed} of ${tries} single slips missed; the checksum's chance is 1 in 65,536, so ${(tries / 65_536).toFixed(2)} were to be expected`);
  assert.ok(missed <= 3, 'four or more of some 24,000 by chance: once in 1,800 choices of codes');
});

test('any text is answered', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (written) => assert.notEqual(codeOf(written), 'parsed')));
});

test('a code does not print its secret', () => {
  const parsed = parseSetupCode(crypto, text);
  assert.ok(parsed.ok);
  assert.ok(!JSON.stringify(parsed).includes(lock.setupSecret.reveal().toBase64()) && JSON.stringify(parsed).includes('[secret]'));
});

// Our own formats, held still: vectors/journal/*.json were written once from fixed keys. A change here is a change of format
// and needs an ADR. `node packages/journal/src/vectors.test.ts --write` writes them anew.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { encodeBatch, openBatch } from './batch.ts';
import { GENESIS, type Entry } from './chain.ts';
import { exampleEntries, exampleLock, exampleRecord } from './example-journal.ts';
import { encodeJournalHeader, encodeJournalLine, verifyJournalFile } from './journal-file.ts';
import { encodeReceipt, verifyReceipt } from './receipt.ts';
import { decodeRecord } from './record.ts';

const DIRECTORY = join(import.meta.dirname, '../../../vectors/journal');
const NAME = 'mortise vectors';

type Vectors = Readonly<Record<'chain.json' | 'batch.json' | 'receipt.json' | 'file.json', unknown>>;

const json = (value: unknown): string =>
  `${JSON.stringify(value, (_key, each: unknown) => (each instanceof Uint8Array ? hex(each) : each), 2)}\n`;

const chainOf = (crypto: Crypto): readonly (Entry & { readonly statement: Bytes | undefined })[] =>
  [...exampleEntries(crypto, exampleLock(crypto, NAME), 4, 2)].map(({ seq, leaf, salt, record, head, statement }) => {
    assert.ok(salt !== undefined && record !== undefined);
    return { seq, leaf: Uint8Array.from(leaf), salt, record: Uint8Array.from(record), head, statement: statement && Uint8Array.from(statement) };
  });

const vectors = (crypto: Crypto): Vectors => {
  const lock = exampleLock(crypto, NAME);
  const [first, second, ...more] = chainOf(crypto);
  assert.ok(first !== undefined && second?.statement !== undefined);
  const entropy = crypto.sha256(lock.seed);
  const batch = encodeBatch(crypto, { lockId: lock.lockId, from: GENESIS, entries: [first, second], journalKey: lock.journal.publicKey, statement: second.statement }, entropy);
  const { requestId, transactionId, credential } = exampleRecord(crypto, lock, 2);
  const keys = { identityPrivateKey: lock.identity.privateKey.reveal(), identityKey: lock.identity.publicKey };
  return {
    'chain.json': { lockId: lock.lockId, ...keys, entries: [first, second, ...more].map((entry) => ({ ...entry, meaning: decodeRecord(entry.record) })) },
    'batch.json': { ...keys, journalPrivateKey: lock.journal.privateKey.reveal(), journalKey: lock.journal.publicKey, entropy, batch: Uint8Array.from(batch) },
    'receipt.json': { lockId: lock.lockId, identityKey: lock.identity.publicKey, requestId, transactionId, credential, receipt: Uint8Array.from(encodeReceipt(second, first.head, second.statement)) },
    'file.json': { lines: [encodeJournalHeader({ lockId: lock.lockId, identityKey: lock.identity.publicKey, statement: second.statement }), ...[first, second, ...more].map(encodeJournalLine)] },
  };
};

const NAMES = ['chain.json', 'batch.json', 'receipt.json', 'file.json'] as const;

if (process.argv.includes('--write')) {
  mkdirSync(DIRECTORY, { recursive: true });
  for (const name of NAMES) writeFileSync(join(DIRECTORY, name), json(vectors(nobleCrypto)[name]));
}

const stored = (name: (typeof NAMES)[number]): Record<string, unknown> => {
  const value: Record<string, unknown> = JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8'));
  return value;
};

const bytesAt = (value: Record<string, unknown>, key: string): Bytes => {
  const text = value[key];
  assert.ok(typeof text === 'string');
  return Uint8Array.fromHex(text);
};

for (const [name, crypto] of [['noble', nobleCrypto], ['node', nodeCrypto]] as const) {
  test(`we still write what the vectors say (${name})`, (t) => {
    const now = vectors(crypto);
    for (const file of NAMES) assert.equal(json(now[file]), readFileSync(join(DIRECTORY, file), 'utf8'), file);
    t.diagnostic(`${NAMES.length} files`);
  });

  test(`we still read what the vectors say (${name})`, () => {
    const lock = exampleLock(crypto, NAME);
    const batch = stored('batch.json');
    assert.ok(openBatch(crypto, bytesAt(batch, 'journalPrivateKey'), bytesAt(batch, 'identityKey'), bytesAt(batch, 'batch')).ok);
    const receipt = stored('receipt.json');
    const expected = { requestId: bytesAt(receipt, 'requestId'), transactionId: bytesAt(receipt, 'transactionId'), credential: bytesAt(receipt, 'credential') };
    assert.ok(verifyReceipt(crypto, bytesAt(receipt, 'identityKey'), lock.lockId, bytesAt(receipt, 'receipt'), expected).ok);
    const { lines } = stored('file.json');
    assert.ok(Array.isArray(lines) && lines.every((line) => typeof line === 'string'));
    assert.ok(verifyJournalFile(crypto, lines, lock.lockId).ok);
  });
}

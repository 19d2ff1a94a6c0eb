// What a hub could make by itself to pass for a lock: readers with other keys and certificates, and a receipt of its own.

import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, decodeCbor } from '@mortise/base/cbor.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { append, GENESIS, lockIdOf } from '@mortise/journal/chain.ts';
import { headStatementToSign } from '@mortise/journal/head-statement.ts';
import { MAX_RECEIPT_BYTES, encodeReceipt } from '@mortise/journal/receipt.ts';
import { decodeRecord, encodeRecord } from '@mortise/journal/record.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { readerCertificate } from '@mortise/wallet/adopt.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import { ExampleLock } from '../../packages/wallet/src/lock.fixture.ts';
import type { RealLock, RealSite } from './real-lock.ts';

export type Impostor = {
  readonly name: string;
  /** What it answers to a frame of the phone. */
  readonly receive: (frame: RelayFrame) => readonly RelayFrame[];
  /** How the phone's operation must end. */
  readonly expected: string;
};

/** Readers that know everything about the lock but its reader key. */
export const impostors = (site: RealSite, lock: RealLock): readonly Impostor[] => {
  const [own, hubIssuer] = [deriveKeyPair(crypto, freshEntropy(), 'reader'), deriveKeyPair(crypto, freshEntropy(), 'issuer')];
  const { issuer, ownerSet } = site.founded;
  const make = (name: string, expected: string, certificate: Bytes | null): Impostor => {
    const setup = { crypto, site: { siteId: ownerSet.siteId, readerIssuerKey: issuer.publicKey }, issuer, trusted: [site.phone.publicKey], seed: freshEntropy(), certificate };
    const reader = Object.assign(new ExampleLock(setup), { lockId: lock.lockId, reader: own });
    const receive = (frame: RelayFrame): readonly RelayFrame[] =>
      reader.receive(encodeRelayFrame(frame)).map((bytes) => required(decodeRelayFrame(bytes), 'the impostor sends frames'));
    return { name, receive, expected };
  };
  return [
    make('certified by the hub’s own issuer', 'notDone certificate-signature', readerCertificate(crypto, hubIssuer, lock.lockId, own.publicKey)),
    make('with the lock’s certificate and another key', 'notDone reader-signature-invalid', readerCertificate(crypto, issuer, lock.lockId, site.readerKey(lock))),
    make('with the certificate of another lock of the site', 'notDone certificate-subject', readerCertificate(crypto, issuer, otherLockId(), own.publicKey)),
    make('with no certificate', 'notDone certificate-missing', null),
    make('with garbage for a certificate', 'notDone certificate-malformed', Uint8Array.of(1, 2, 3)),
  ];
};

const otherLockId = (): LockId => lockIdOf(crypto, deriveKeyPair(crypto, freshEntropy(), 'identity').publicKey);

/** The record of a true receipt, under a head that the hub signed. */
export const forgedReceipt = (receipt: Bytes, lockId: LockId): Bytes => {
  const record = required(asBytes(asArray(decodeCbor(receipt, MAX_RECEIPT_BYTES), 6)?.[1]), 'a receipt holds a record');
  const told = required(decodeRecord(record), 'a record');
  const hub = deriveKeyPair(crypto, freshEntropy(), 'identity');
  const entry = append(crypto, { ...GENESIS, lockId }, encodeRecord({ ...told, sensed: { ...told.sensed, bolt: 'locked' } }), freshEntropy(), told.kind);
  return encodeReceipt(entry, GENESIS.head, signedBy(crypto, hub, headStatementToSign(crypto, hub.publicKey, { lockId, seq: entry.seq, head: entry.head })));
};

/** The head that the lock signed in a receipt: whoever holds it is a witness. */
export const headOfReceipt = (receipt: Bytes): Bytes =>
  required(asBytes(asArray(decodeCbor(receipt, MAX_RECEIPT_BYTES), 6)?.[5]), 'a receipt holds a head statement');

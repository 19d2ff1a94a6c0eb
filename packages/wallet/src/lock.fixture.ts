// For tests: a lock behind a relay that behaves, made of the real reader, certificate, journal and receipt. It keeps what it
// was asked and did, so that a test can hold the phone's outcome against the truth. No storage, no bolt that jams by itself.

import { required } from '@mortise/base/assert.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { createReader, stepReader, type Authenticated, type ReaderEffect, type ReaderInput, type ReaderSession } from '@mortise/aliro/reader.ts';
import { decodeCommand, INTERFACES, type Command } from '@mortise/aliro/vendor.ts';
import { decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { lockIdOf } from '@mortise/documents/adoption-statement.ts';
import { append, GENESIS } from '@mortise/journal/chain.ts';
import { headStatementToSign } from '@mortise/journal/head-statement.ts';
import { encodeReceipt } from '@mortise/journal/receipt.ts';
import { encodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { readerCertificate } from './adopt.ts';
import { signedBy } from './owner-signature.ts';
import type { SiteKey } from './site-key.ts';

export type ExampleLockSetup = {
  readonly crypto: Crypto;
  readonly site: Pick<SiteKey, 'siteId' | 'readerIssuerKey'>;
  readonly issuer: KeyPair;
  readonly trusted: readonly Bytes[];
  /** 32 bytes; another seed is another lock. */
  readonly seed: Bytes;
  /** Left out: as the issuer certifies it. `null`: the reader sends none. */
  readonly certificate?: Bytes | null;
  /** How the record of a granted operation differs from a bolt that moved as asked. */
  readonly record?: Partial<JournalRecord>;
};

export class ExampleLock {
  readonly identity: KeyPair;
  readonly reader: KeyPair;
  readonly lockId: LockId;
  /** Commands that made the bolt move. */
  readonly moved: Command[] = [];
  /** How many sessions were opened. */
  opened = 0;
  readonly #setup: ExampleLockSetup;
  #session: ReaderSession | undefined;
  #command: Command | undefined;
  #out: RelayFrame[] = [];

  constructor(setup: ExampleLockSetup) {
    this.#setup = setup;
    this.identity = deriveKeyPair(setup.crypto, setup.seed, 'identity');
    this.reader = deriveKeyPair(setup.crypto, setup.seed, 'reader');
    this.lockId = lockIdOf(setup.crypto, this.identity.publicKey);
  }

  /** What the lock answers to one relay frame. */
  receive(bytes: Bytes): readonly Bytes[] {
    const frame = decodeRelayFrame(bytes);
    this.#out = [];
    if (frame?.kind === 'open') this.#open();
    if (frame?.kind === 'apdu') this.#step({ kind: 'response', apdu: frame.apdu });
    return this.#out.map(encodeRelayFrame);
  }

  #open(): void {
    const { crypto, site, issuer, seed, certificate } = this.#setup;
    this.opened += 1;
    const bytes = certificate === undefined ? readerCertificate(crypto, issuer, this.lockId, this.reader.publicKey) : certificate;
    const config = {
      groupIdentifier: identifierBytes(site.siteId),
      subIdentifier: identifierBytes(this.lockId),
      groupIdentifierKey: site.readerIssuerKey,
      versions: [0x0100],
      interfaceByte: INTERFACES.relay,
      authenticationPolicy: 1,
      keyRequest: 'publicKey' as const,
      ...(bytes === null ? {} : { certificate: { bytes, sentBy: 'auth1' as const } }),
    };
    this.#session = createReader(config, {
      ephemeralPrivateKey: deriveKeyPair(crypto, seed, `ephemeral ${this.opened}`).privateKey.reveal(),
      transactionId: derive(crypto, seed, `transaction ${this.opened}`, 16),
    });
    this.#step({ kind: 'start' });
  }

  #step(input: ReaderInput): void {
    if (this.#session === undefined) return;
    const { session, effects } = stepReader(this.#setup.crypto, this.#session, input);
    this.#session = session;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ReaderEffect): void {
    if (effect.kind === 'transmit') this.#out.push({ kind: 'apdu', apdu: effect.apdu });
    if (effect.kind === 'sign') {
      this.#step({ kind: 'signed', signature: this.#setup.crypto.p256.sign(this.reader.privateKey.reveal(), effect.message) });
    }
    if (effect.kind === 'authenticated') this.#decide(effect.credential);
  }

  #decide(credential: Authenticated): void {
    const isTrusted = this.#setup.trusted.some((key) => key.toHex() === credential.credentialKey.toHex());
    this.#command = decodeCommand(required(credential.vendorExtension, 'the phone sends B2'));
    if (!isTrusted || this.#command === undefined) return this.#step({ kind: 'decide', status: 0x0001 });
    const { allowed, reason } = this.#setup.record ?? {};
    const isAllowed = allowed !== false || reason === 'bolt-jammed';
    if (isAllowed) this.moved.push(this.#command);
    this.#step({ kind: 'decide', status: isAllowed ? 0x0181 : 0x0025 });
    this.#out.push({ kind: 'receipt', receipt: this.#receipt(credential, this.#command) });
  }

  #receipt(credential: Authenticated, { verb, requestId }: Command): Bytes {
    const { crypto, seed, record } = this.#setup;
    const base: JournalRecord = {
      instant: instant(1_800_000_000_000),
      clock: 'synced',
      kind: 'operation',
      verb,
      interface: INTERFACES.relay,
      credential: crypto.sha256(credential.credentialKey),
      rule: 'trusted:1',
      reason: 'granted-trusted',
      allowed: true,
      sensed: { bolt: verb === 'lock' ? 'locked' : 'unlocked', door: 'closed' },
      transactionId: credential.transactionId,
      requestId,
    };
    const bytes = encodeRecord({ ...base, ...record });
    const entry = append(crypto, { ...GENESIS, lockId: this.lockId }, bytes, derive(crypto, seed, 'salt', 32), record?.kind ?? 'operation');
    const statement = headStatementToSign(crypto, this.identity.publicKey, { ...entry, lockId: this.lockId });
    return encodeReceipt(entry, GENESIS.head, signedBy(crypto, this.identity, statement));
  }
}

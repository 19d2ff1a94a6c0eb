// For tests: a passive lock's side of a contact (F0) as ADR 28 says it, made of the real reader, certificate and journal: hello, its question for the
// time, the transaction, a receipt of the turn and one of the bolt's return. It opens to a credential that it knows, if it was told
// the time. The real passive profile is packages/lock's; this one is a script that a test can read.

import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { certificateTbs, compressCertificate } from '@mortise/aliro/reader-certificate.ts';
import { createReader, stepReader, type Authenticated, type ReaderEffect, type ReaderInput, type ReaderSession } from '@mortise/aliro/reader.ts';
import { decodeCommand, INTERFACES, type Command } from '@mortise/aliro/vendor.ts';
import { decodeCertifiedTime, encodeTimeAsk } from '@mortise/courier/link-body.ts';
import { decodeToLock, encodeFromLock, NO_SESSION, type ToLockMessage } from '@mortise/courier/link-message.ts';
import { decodeNearFrame, encodeNearFrame, sitePrefixOf, type NearFrame } from '@mortise/courier/near-frame.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { openTimeAnswer, type AttestedTime } from '@mortise/documents/time.ts';
import { append, GENESIS, lockIdOf, pointOf, type ChainPoint } from '@mortise/journal/chain.ts';
import { headStatementToSign } from '@mortise/journal/head-statement.ts';
import { encodeReceipt } from '@mortise/journal/receipt.ts';
import { encodeRecord } from '@mortise/journal/record.ts';
import type { SiteKeys } from './key-hub.conformance.ts';

export class ContactLock {
  readonly identity: KeyPair;
  readonly reader: KeyPair;
  readonly lockId: LockId;
  /** What it said, in order. */
  out: Bytes[] = [];
  readonly order: string[] = [];
  readonly given: ToLockMessage[] = [];
  time: AttestedTime | undefined;
  /** Who certified its reader; left out: the site's issuer. */
  issuer: KeyPair;
  asksTime = true;
  readonly #crypto: Crypto;
  readonly #site: SiteKeys;
  readonly #known: Bytes;
  readonly #nonce: Bytes;
  #session: ReaderSession | undefined;
  #last: ChainPoint = GENESIS;
  #asked: { readonly credential: Authenticated; readonly command: Command } | undefined;

  constructor(crypto: Crypto, site: SiteKeys, known: Bytes, seed: Bytes) {
    [this.#crypto, this.#site, this.#known, this.issuer] = [crypto, site, known, site.issuer];
    this.identity = deriveKeyPair(crypto, seed, 'identity');
    this.reader = deriveKeyPair(crypto, seed, 'reader');
    this.lockId = lockIdOf(crypto, this.identity.publicKey);
    this.#nonce = crypto.sha256(seed).slice(0, 16);
  }

  /** The key touches. */
  wake(): void {
    this.#say({ kind: 'hello', lockId: this.lockId, sitePrefix: sitePrefixOf(this.#site.ownerSet.siteId) });
    if (this.asksTime) this.carry('time-ask', encodeTimeAsk(this.#nonce));
  }

  carry(type: 'time-ask' | 'status' | 'journal' | 'revocation', body: Bytes): void {
    this.#say({ kind: 'carry', message: encodeFromLock({ type, session: NO_SESSION, seq: 1, expires: 0, body }) });
  }

  hear(bytes: Bytes): void {
    const frame = required(decodeNearFrame(bytes), 'a key says near frames');
    this.order.push(frame.kind);
    if (frame.kind === 'carry') this.#onCarry(required(decodeToLock(frame.message), 'a key carries link messages'));
    if (frame.kind === 'open') this.#open();
    if (frame.kind === 'apdu') this.#step({ kind: 'response', apdu: frame.apdu });
  }

  /** The hand has turned, or turned back: the receipt of what is sensed. `requestId`: another one is another contact's. */
  turned(bolt: 'unlocked' | 'locked', requestId?: Bytes): void {
    const { credential, command } = required(this.#asked, 'a transaction went before');
    const record = encodeRecord({
      instant: this.time?.instant ?? instant(0), clock: 'synced', kind: 'operation', verb: command.verb, interface: INTERFACES.contact, credential: this.#crypto.sha256(credential.credentialKey),
      reason: 'granted-trusted', allowed: true, sensed: { bolt, door: 'none' }, transactionId: credential.transactionId, requestId: requestId ?? command.requestId,
    });
    const entry = append(this.#crypto, { ...this.#last, lockId: this.lockId }, record, this.#crypto.sha256(record), 'operation');
    const { message, assemble } = headStatementToSign(this.#crypto, this.identity.publicKey, { lockId: this.lockId, seq: entry.seq, head: entry.head });
    const receipt = encodeReceipt(entry, this.#last.head, assemble(this.#crypto.p256.sign(this.identity.privateKey.reveal(), message)));
    this.#last = pointOf(entry);
    this.#say({ kind: 'receipt', receipt });
  }

  #say(frame: NearFrame): void {
    this.out.push(encodeNearFrame(frame));
  }

  #onCarry(message: ToLockMessage): void {
    this.given.push(message);
    const certified = message.type === 'certified-time' ? decodeCertifiedTime(message.body) : undefined;
    if (certified === undefined) return;
    const answer = openTimeAnswer(this.#crypto, certified.answer, { lockId: this.lockId, nonce: this.#nonce, ownerKeys: this.#site.ownerSet.keys, certificates: [certified.certificate] });
    this.time = answer.ok ? answer.value : undefined;
  }

  #open(): void {
    const certified = { publicKey: this.reader.publicKey, subject: this.lockId };
    const tbs = certificateTbs(certified, this.issuer.publicKey, this.#crypto);
    const bytes = compressCertificate(certified, this.#crypto.p256.sign(this.issuer.privateKey.reveal(), tbs));
    this.#session = createReader({
      groupIdentifier: identifierBytes(this.#site.ownerSet.siteId), subIdentifier: identifierBytes(this.lockId), groupIdentifierKey: this.#site.issuer.publicKey, certificate: { bytes, sentBy: 'auth1' },
      versions: [0x0100], interfaceByte: INTERFACES.contact, closing: 'exchange', authenticationPolicy: 1, keyRequest: 'publicKey',
    }, { ephemeralPrivateKey: deriveKeyPair(this.#crypto, this.#crypto.sha256(bytes), 'ephemeral').privateKey.reveal(), transactionId: this.#crypto.sha256(this.#nonce).slice(0, 16) });
    this.#step({ kind: 'start' });
  }

  #step(input: ReaderInput): void {
    if (this.#session === undefined) return;
    const { session, effects } = stepReader(this.#crypto, this.#session, input);
    this.#session = session;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ReaderEffect): void {
    if (effect.kind === 'transmit') this.#say({ kind: 'apdu', apdu: effect.apdu });
    if (effect.kind === 'sign') this.#step({ kind: 'signed', signature: this.#crypto.p256.sign(this.reader.privateKey.reveal(), effect.message) });
    if (effect.kind === 'authenticated') this.#decide(effect.credential);
    if (effect.kind === 'finished' && this.time === undefined) this.#say({ kind: 'closed', code: 'refused' });
  }

  #decide(credential: Authenticated): void {
    const command = required(decodeCommand(required(credential.vendorExtension, 'the key sends B2')), 'a command');
    this.#asked = { credential, command };
    const isKnown = credential.credentialKey.toHex() === this.#known.toHex();
    this.#step({ kind: 'decide', status: isKnown && this.time !== undefined ? 0x0181 : 0x0007 });
  }
}

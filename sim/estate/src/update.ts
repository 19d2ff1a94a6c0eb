// A key at a station, or at a phone with a network: the key says what it has, the office gives what is missing and takes what came home. Cut at any
// moment; the next update goes on from there.

import type { Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeFromKey, decodePost, encodeEnrolment, encodePost, encodeToKey, encodeTook, type FromKeyMessage, type ToKeyType } from '@mortise/courier/key-message.ts';
import { openKeyStatus, HELD_DIGEST_BYTES, type KeyStatus } from '@mortise/courier/key-status.ts';
import { decodeFromLock, NO_SESSION } from '@mortise/courier/link-message.ts';
import { decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import { keyEnrolmentToSign } from '@mortise/documents/key-enrolment.ts';
import { signIntroduction } from '@mortise/wallet/lend.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import type { Agenda } from './agenda.ts';
import type { ElectronicKey } from './electronic-key.ts';
import type { Office } from './office.ts';

const MESSAGE_MS = 8;
const HUB_ERROR_MS = 50;

/** One update, from `begin` until `end`. */
export class KeyUpdate {
  readonly #agenda: Agenda;
  readonly #office: Office;
  readonly #key: ElectronicKey;
  #isLinked = true;
  #seq = 0;
  #ordered: { readonly version: number; readonly orders: Bytes; readonly items: ReadonlyMap<string, Bytes> } | undefined;

  constructor(agenda: Agenda, office: Office, key: ElectronicKey) {
    [this.#agenda, this.#office, this.#key] = [agenda, office, key];
    key.link((bytes) => this.#heard(bytes));
  }

  end(): void {
    if (!this.#isLinked) return;
    this.#isLinked = false;
    this.#key.unlink();
  }

  #heard(bytes: Bytes): void {
    this.#agenda.later(MESSAGE_MS, () => {
      const message = decodeFromKey(bytes);
      if (this.#isLinked && message !== undefined) this.#onMessage(message);
    });
  }

  #onMessage({ type, seq, body }: FromKeyMessage): void {
    switch (type) {
      case 'key-status':
        return this.#onStatus(body);
      case 'time-ask':
        return this.#tellTime(body);
      case 'journal':
        this.#office.take(this.#key.keyId, body);
        this.#say('took', encodeTook(seq));
        return this.#acknowledge();
      case 'post-from-lock':
        this.#takePost(body);
        return this.#say('took', encodeTook(seq));
      case 'answer':
    }
  }

  #onStatus(body: Bytes): void {
    const { crypto } = this.#office.site;
    const status = openKeyStatus(crypto, body);
    if (!status.ok) return;
    if (status.value.siteId === undefined) this.#say('enrol', this.#enrolment());
    const { revocation } = this.#office;
    if (revocation !== undefined) this.#say('revocation', revocation);
    this.#giveOrders(status.value);
  }

  #giveOrders({ held }: KeyStatus): void {
    this.#ordered ??= this.#office.orders(this.#key.keyId, this.#agenda.now);
    this.#say('orders', this.#ordered.orders);
    const has = new Set(held.map((digest) => digest.toHex()));
    for (const [digest, item] of this.#ordered.items) if (!has.has(digest.slice(0, 2 * HELD_DIGEST_BYTES))) this.#say('item', item);
  }

  #enrolment(): Bytes {
    const { crypto, founded: { owner, issuer, ownerSet: { siteId }, document }, hub, hubCertificate } = this.#office.site;
    const { keyId } = this.#key;
    const enrolment = signedBy(crypto, owner, keyEnrolmentToSign(crypto, owner.publicKey, { siteId, keyId, journalKey: hub.journal.publicKey }));
    return encodeEnrolment({ ownerSets: [document], introduction: signIntroduction(crypto, owner, { siteId, readerIssuerKey: issuer.publicKey }), enrolment, timeKeys: [hubCertificate] });
  }

  #tellTime(body: Bytes): void {
    const nonce = decodeTimeAsk(body);
    if (nonce === undefined) return;
    const { crypto, hub: { time } } = this.#office.site;
    const now = this.#agenda.now;
    const payload = timeAnswerPayload({ lockId: this.#key.keyId, nonce, instant: now, errorMs: HUB_ERROR_MS, lastSync: instant(now) });
    this.#say('time-answer', signedBy(crypto, time, timeAnswerToSign(crypto, time.publicKey, payload)));
  }

  // What a lock gave the key to carry, and the hub's word on it, to be carried back by whoever comes by that lock next.
  #takePost(body: Bytes): void {
    const post = decodePost(body);
    const message = post && decodeFromLock(post.message);
    if (post === undefined || message?.type !== 'journal') return;
    this.#office.take(post.lockId, message.body);
    this.#say('post-for-lock', encodePost({ lockId: post.lockId, message: this.#office.archive.acknowledgement(post.lockId, this.#agenda.now) }));
  }

  #acknowledge(): void {
    this.#say('journal-ack', this.#office.archive.wordTo(this.#key.keyId, this.#agenda.now));
  }

  #say(type: ToKeyType, body: Bytes): void {
    this.#seq += 1;
    const bytes = encodeToKey({ type, session: NO_SESSION, seq: this.#seq, expires: 0, body });
    this.#agenda.later(MESSAGE_MS, () => {
      if (this.#isLinked) this.#key.input({ kind: 'message', bytes });
    });
  }
}

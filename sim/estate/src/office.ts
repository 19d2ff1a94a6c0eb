// The estate's hub: who holds which key and what for, what each key shall hold, what was taken back, and how far that has been heard. It knows
// what came home and nothing else; what it signs, it signs within what the owners gave it.

import { completeDocument, type PreparedDocument } from '@mortise/aliro/build-document.ts';
import { digestOfDocument, prepareStamp } from '@mortise/access/freshness.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { nameInRule, revocationName } from '@mortise/access/revocation-document.ts';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { GrantId, LockId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { keyOrdersToSign, encodeKeyItem, type KeyItem } from '@mortise/courier/key-orders.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { coverage, type Coverage } from '@mortise/management/coverage.ts';
import { signGrant } from '@mortise/wallet/lend.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import { signTakeBack } from '@mortise/wallet/take-back.ts';
import type { Archive } from './archive.ts';
import type { Chance } from './chance.ts';
import { MAX_KEY_DRIFT_PPM } from './electronic-key.ts';
import type { EstateSite } from './site.ts';

/** How long a key opens without coming home. */
export const REVALIDATE_MS = 36 * 3_600_000;
/** Drift is certified with room above what the keys are made to. */
const CERTIFIED_PPM = 2 * MAX_KEY_DRIFT_PPM;

export type Lent = { readonly terms: GrantTerms; readonly document: Bytes; isTakenBack: boolean; stampedUntil: number };
type KeyFile = { readonly credentialKey: Bytes; readonly certificate: Bytes; readonly grants: Lent[]; version: number; items: ReadonlyMap<string, Bytes>; orders: Bytes };

export class Office {
  readonly site: EstateSite;
  readonly archive: Archive;
  /** The newest revocation document; it says all that was taken back. */
  revocation: Bytes | undefined;
  readonly #keys = new Map<LockId, KeyFile>();
  /** For each revocation document the access ids that it takes back. */
  readonly #revocations = new Map<string, readonly GrantId[]>();
  readonly #heard = new Map<LockId, Set<string>>();
  readonly #crypto: Crypto;
  readonly #chance: Chance;

  constructor(site: EstateSite, archive: Archive, chance: Chance) {
    [this.site, this.archive, this.#crypto, this.#chance] = [site, archive, site.crypto, chance];
  }

  register(keyId: LockId, { identityKey, credentialKey }: { readonly identityKey: Bytes; readonly credentialKey: Bytes }): void {
    const certificate = this.site.certify(identityKey, 'ekey', CERTIFIED_PPM);
    this.#keys.set(keyId, { credentialKey, certificate, grants: [], version: 0, items: new Map(), orders: new Uint8Array(0) });
  }

  /** An owner signs a grant for this key. */
  lend(keyId: LockId, terms: GrantTerms, now: Instant): Lent {
    const file = this.#file(keyId);
    const document = signGrant(this.#crypto, this.site.founded.owner, terms, { credentialKey: file.credentialKey, now }, this.#chance.entropy());
    const lent: Lent = { terms, document, isTakenBack: false, stampedUntil: -1 };
    file.grants.push(lent);
    return lent;
  }

  grantsOf(keyId: LockId): readonly Lent[] {
    return this.#file(keyId).grants;
  }

  /** The key is lost, or its holder is done: everything that it opens is taken back. */
  takeBack(keyId: LockId, now: Instant): void {
    const open = this.#file(keyId).grants.filter((grant) => !grant.isTakenBack && grant.terms.until >= now);
    if (open.length === 0) return;
    for (const grant of open) grant.isTakenBack = true;
    const add = open.map(({ terms }) => ({ accessId: terms.grantId, until: terms.until }));
    const known = this.revocation === undefined ? [] : [this.revocation];
    const signed = signTakeBack(this.#crypto, this.site.founded.owner, { known, add, now }, this.#chance.entropy());
    this.revocation = required(signed.ok ? signed.value : undefined, 'an estate takes back less than a document holds');
    const former = [...this.#revocations.values()].flat();
    this.#revocations.set(revocationName(this.#crypto, this.revocation), [...new Set([...former, ...add.map(({ accessId }) => accessId)])]);
  }

  /** What the key shall hold from now on: its orders, and the items by their digest. A key that is lost gets no new ones. */
  orders(keyId: LockId, now: Instant): { readonly version: number; readonly orders: Bytes; readonly items: ReadonlyMap<string, Bytes> } {
    const file = this.#file(keyId);
    const items = this.#itemsOf(file, now).map(encodeKeyItem);
    file.version += 1;
    file.items = new Map(items.map((item) => [this.#crypto.sha256(item).toHex(), item]));
    const { time } = this.site.hub;
    const said = { keyId, version: file.version, instant: now, revalidateBy: instant(now + REVALIDATE_MS), buffer: 'overwrite', pin: undefined, items: items.map((item) => this.#crypto.sha256(item)) } as const;
    file.orders = signedBy(this.#crypto, time, keyOrdersToSign(this.#crypto, time.publicKey, said));
    return file;
  }

  /** Records that came home: what a lock says that it has heard counts from now on. */
  take(id: LockId, batch: Bytes): void {
    for (const { reason, rule } of this.archive.take(id, batch)) {
      const name = reason === 'revocations-accepted' && rule !== undefined ? nameInRule(rule) : undefined;
      for (const accessId of this.#revocations.get(name ?? '') ?? []) this.#heardBy(id).add(accessId);
    }
  }

  /** How far this lock has heard of the grant, by what the hub knows. Nobody here holds a key's clock back, so that there is always an end. */
  coverageOf(lockId: LockId, { terms, isTakenBack, stampedUntil }: Lent, now: number): Coverage {
    const document = { accessId: terms.grantId, until: terms.until, freshForS: terms.freshForS ?? null, retired: isTakenBack, stampedUntil };
    return coverage({ isHeld: true, isWanted: !isTakenBack, documents: [document] }, { heardAt: null, isReady: true, hasRefused: false, revoked: this.#heardBy(lockId), takesKeyTime: true }, now);
  }

  #itemsOf({ grants, certificate }: KeyFile, now: Instant): readonly KeyItem[] {
    const open = grants.filter(({ isTakenBack, terms }) => !isTakenBack && terms.until >= now);
    const documents = open.flatMap((grant): readonly KeyItem[] => [{ kind: 'access', bytes: grant.document }, { kind: 'stamp', bytes: this.#stamp(grant, now) }]);
    return [{ kind: 'time-key', bytes: certificate }, ...documents];
  }

  #stamp(grant: Lent, now: Instant): Bytes {
    const issued = instant(Math.floor(now / 1000) * 1000);
    const until = instant(Math.min(issued + (grant.terms.freshForS ?? 0) * 1000, grant.terms.until));
    grant.stampedUntil = Math.max(grant.stampedUntil, until);
    const digest = required(digestOfDocument(this.#crypto, grant.document), 'a document that we signed');
    const { delegate } = this.site.hub;
    return this.#complete(prepareStamp(this.#crypto, { digest, issuerKey: delegate.publicKey, random: this.#chance.entropy().slice(0, 16), issued, until }));
  }

  #complete(prepared: PreparedDocument): Bytes {
    return completeDocument(prepared, this.#crypto.p256.sign(this.site.hub.delegate.privateKey.reveal(), prepared.toSign));
  }

  #heardBy(id: LockId): Set<string> {
    const known = this.#heard.get(id) ?? new Set();
    this.#heard.set(id, known);
    return known;
  }

  #file(keyId: LockId): KeyFile {
    return required(this.#keys.get(keyId), 'the office knows its keys');
  }
}

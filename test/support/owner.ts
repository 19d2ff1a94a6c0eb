// An owner without a browser, for tests and benchmarks: claims a hub by its claim link with a passkey in software, founds the
// site, adopts locks, opens and locks, signs in again, and comes back with the recovery kit. All by the rooms that the app uses.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Verb } from '@mortise/aliro/vendor.ts';
import type { ActivityItem } from '@mortise/api/activity.ts';
import type { Door } from '@mortise/api/locks.ts';
import type { Me } from '@mortise/api/owner.ts';
import { ROUTES, STREAMS } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { foundSite, type FoundedSite } from '@mortise/wallet/own.ts';
import { createPasskey, type SoftPasskey } from '../../apps/hub/src/testing/passkey.fixture.ts';
import { adoptLock, type AdoptionFailure, type AdoptionOptions, type Authority } from './adoption.ts';
import { operate, type Operated, type OperationOptions, type Phone } from './operation.ts';
import { Session, type Refused } from './session.ts';
import type { Workbench } from './workbench.ts';

export type OwnerParts = { readonly session: Session; readonly me: Me; readonly authority: Authority; readonly phone: Phone };

const POLL_MS = 20;
const LIMIT_MS = 10_000;

/** Somebody with an owner key, a phone key and a session. */
export class Owner {
  readonly session: Session;
  readonly me: Me;
  readonly authority: Authority;
  readonly phone: Phone;

  constructor({ session, me, authority, phone }: OwnerParts) {
    this.session = session;
    this.me = me;
    this.authority = authority;
    this.phone = phone;
  }

  /** Adopts the lock at a Workbench by the setup code that it shows (or `code`). */
  async tryAdopt(workbench: Workbench, options: AdoptionOptions & { readonly code?: string } = {}): Promise<Result<Door, AdoptionFailure>> {
    const { lockId } = await workbench.body();
    return adoptLock(this.session, this.authority, lockId, options.code ?? (await workbench.setupCode()), options);
  }

  /** Adopts the lock at a Workbench once it waits on the link, and waits until it is reached as an adopted lock; throws what went wrong. */
  async adopt(workbench: Workbench, options: AdoptionOptions = {}): Promise<Door> {
    const { lockId } = await workbench.body();
    await this.waitingLock(lockId);
    const adopted = await this.tryAdopt(workbench, options);
    if (!adopted.ok) throw new Error(`the adoption failed: ${adopted.error.by} ${adopted.error.code}`);
    return this.doorUntil('the adopted lock on its link', adopted.value.id, ({ lock }) => lock.online && lock.state !== null);
  }

  /** Waits for a lock in factory state on the link. */
  async waitingLock(lockId: string): Promise<void> {
    await until('the waiting lock', async () => (await this.session.call(ROUTES.waitingLocks)).locks.find((lock) => lock.lockId === lockId));
  }

  /** One operation through the relay; always answers how it ended. */
  operate(door: Door, verb: Verb, options: OperationOptions = {}): Promise<Operated> {
    return operate(this.session, this.phone, door.lock, verb, options);
  }

  async doors(): Promise<readonly Door[]> {
    return (await this.session.call(ROUTES.doors)).doors;
  }

  async door(doorId: string): Promise<Door> {
    return (await this.session.call(ROUTES.door, { parameters: { doorId } })).door;
  }

  async doorUntil(what: string, doorId: string, holds: (door: Door) => boolean, limitMs = LIMIT_MS): Promise<Door> {
    return until(what, async () => {
      const door = await this.door(doorId);
      return holds(door) ? door : undefined;
    }, limitMs);
  }

  /** All records that the hub has, oldest first. */
  async activity(): Promise<readonly ActivityItem[]> {
    const items: ActivityItem[] = [];
    for (let before: number | null | undefined; before !== null; ) {
      const page = await this.session.call(ROUTES.activity, { query: `limit=200${before === undefined ? '' : `&before=${before}`}` });
      items.push(...page.items);
      before = page.next;
    }
    return items.toReversed();
  }

  /** The exported journal of a lock: JSON Lines. */
  journal(lockId: string): Promise<string> {
    return this.session.text(STREAMS.journal, { lockId });
  }
}

/** An owner who founded the site: with the passkey, the kit's code, and everything else that a browser would hold. */
export class Founder extends Owner {
  readonly passkey: SoftPasskey;
  readonly founded: FoundedSite;

  constructor(parts: OwnerParts, passkey: SoftPasskey, founded: FoundedSite) {
    super(parts);
    this.passkey = passkey;
    this.founded = founded;
  }

  /** Signs in by the passkey, in a session of its own. */
  async signInAgain(url = this.session.origin): Promise<Owner> {
    const session = new Session(url);
    const { ceremony, options } = await session.call(ROUTES.signInOptions);
    const authentication = this.passkey.authenticate(options.challenge, session.origin, this.me.person.id);
    const me = await session.call(ROUTES.signIn, { body: { ceremony, authentication } });
    return new Owner({ session, me, authority: this.authority, phone: this.phone });
  }
}

/** The token of a claim link, `…/claim#TOKEN`. */
export const claimToken = (claimUrl: string): string => new URL(claimUrl).hash.slice(1);

/** Claims the hub; throws what the hub refused. */
export const claimHub = async (url: string, claimUrl: string | undefined): Promise<Founder> => {
  const claimed = await tryClaim(url, claimToken(required(claimUrl, 'the hub printed a claim link')));
  if (!claimed.ok) throw new Error(`the claim was refused: ${claimed.error.code}: ${claimed.error.message}`);
  return claimed.value;
};

/** Claims the hub with the token of its link. */
export const tryClaim = async (url: string, token: string): Promise<Result<Founder, Refused>> => {
  const session = new Session(url);
  const [passkey, founded, key] = [createPasskey(), foundSite(nodeCrypto, freshEntropy()), freshPhoneKey()];
  const begun = await session.ask(ROUTES.claimOptions, { body: { token, name: 'Ada' } });
  if (!begun.ok) return begun;
  const registration = passkey.register(begun.value.options.challenge, session.origin);
  const me = await session.ask(ROUTES.claim, { body: { token, ceremony: begun.value.ceremony, registration, ...foundingBody(founded, passkey, key) } });
  if (!me.ok) return me;
  const { ownerSet, owner, issuer, document } = founded;
  const phone = { site: { siteId: ownerSet.siteId, readerIssuerKey: issuer.publicKey, credentialKey: key.publicKey }, key };
  const authority = { ownerSets: [document], owner, issuer, phone: key };
  return ok(new Founder({ session, me: me.value, authority, phone }, passkey, founded));
};

export const freshPhoneKey = (): KeyPair => deriveKeyPair(nodeCrypto, freshEntropy(), 'phone-key');

const WRAP_IV = new Uint8Array(12);

// A passkey in software has no PRF; the owner key is wrapped by a key that is thrown away, so it comes back by the kit alone.
const wrapped = (owner: KeyPair): Bytes => nodeCrypto.aesGcmSeal(freshEntropy(), WRAP_IV, owner.privateKey.reveal());

const foundingBody = ({ document, owner, issuerWraps }: FoundedSite, passkey: SoftPasskey, phone: KeyPair) => ({
  site: { name: 'Home', zone: 'Europe/Zurich' },
  owner: { name: 'Ada' },
  ownerSet: base64url(document),
  vault: [{ credentialId: passkey.id, ownerKey: base64url(owner.publicKey), method: 'browser' as const, wrapped: base64url(wrapped(owner)) }],
  issuerWraps: issuerWraps.map((wrap) => ({ ownerKey: base64url(wrap.ownerKey), issuerKey: base64url(wrap.issuerKey), wrapped: base64url(wrap.wrapped) })),
  phoneKey: { credentialKey: base64url(phone.publicKey), label: 'Ada’s phone' },
});

/** What `look` answers once it answers something; throws after `limitMs`. */
export const until = async <T>(what: string, look: () => Promise<T | undefined> | T | undefined, limitMs = LIMIT_MS): Promise<T> => {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what} did not come in ${limitMs} ms`);
    await sleep(POLL_MS);
  }
};

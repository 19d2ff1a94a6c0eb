// The keys of this browser at the site, from disk at once and from the hub when it answers: who they are for proves itself by the key, what
// they open by the owners' signatures. Everything is kept, so that the door needs no network.

import { ROUTES } from '@mortise/api/routes.ts';
import type { HeldKeys } from '@mortise/api/keys.ts';
import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { parseIdentifier, type SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { signWith, type SigningKey } from '@mortise/browser/signing-key.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { toSign } from '@mortise/documents/cose.ts';
import { SIGN_IN_TYPE } from '@mortise/wallet/sign-in.ts';
import { courier } from '../model/carrying.ts';
import { call, type Asked, type Failure, type Route } from '../model/client.ts';
import { credential, heldSite, hubAnswers, openings, refusals, type HeldSite } from '../model/held.ts';
import { setStanding } from '../model/lock-standing.ts';
import { scanNear } from '../model/near.ts';
import { refreshAddresses } from '../model/socket-port.ts';
import { guestSites, readGuestKey, readOpenings, readRefusals, rememberedHeld, rememberHeld } from './guest-key.ts';
import { provenSite } from './held-proof.ts';

/** What is had for the next time at a door is had anew so often. */
const STOCK_MS = 120_000;
/** A page that is looked at hears within so long that its key was changed or taken back. */
const LOOK_MS = 5000;
/** While an owner is to sign, or the hub did not answer. */
const WAITING_MS = 4000;
const SCAN_MS = 6000;

/** Signs in by the key itself: no account, and no word of the hub's. */
const signIn = async (key: SigningKey): Promise<Result<HeldKeys, Failure>> => {
  const challenge = await call(ROUTES.keyChallenge);
  if (!challenge.ok) return challenge;
  const nonce = fromBase64url(challenge.value.nonce) ?? new Uint8Array(0);
  const payload = encodeCbor(new Map<string, Cbor>([['nonce', nonce], ['origin', location.origin]]));
  const { message, assemble } = toSign(SIGN_IN_TYPE, 1, key.publicKey, payload, nobleCrypto);
  const signed = assemble(await signWith(key, message));
  return call(ROUTES.keySignIn, { body: { ceremony: challenge.value.ceremony, credentialKey: base64url(key.publicKey), signed: base64url(signed) } });
};

const needsSignIn = (failure: Failure): boolean => failure.kind === 'refused' && (failure.status === 401 || failure.status === 404);

/**
 * A route for whoever holds a key, signed in by this browser's own where its session is over. Without a key here it is as the hub says: sign-in-required.
 */
export const callByKey = async <A>(route: Route<A>, asked: Asked = {}): Promise<Result<A, Failure>> => {
  const answer = await call(route, asked);
  if (answer.ok || answer.error.kind !== 'refused' || answer.error.status !== 401) return answer;
  const found = await lastSite();
  if (found === undefined) return answer;
  const signedIn = await signIn(found.key);
  return signedIn.ok ? call(route, asked) : signedIn;
};

/** What the hub says that this key holds. */
const fetchHeld = async (key: SigningKey): Promise<Result<HeldKeys, Failure>> => {
  const answer = await call(ROUTES.heldKeys);
  return answer.ok || !needsSignIn(answer.error) ? answer : signIn(key);
};

const show = (siteId: SiteId, key: SigningKey, keys: HeldKeys, at: number): Result<HeldSite, 'not-vouched'> => {
  const site = provenSite(siteId, key.publicKey, keys, at);
  if (!site.ok) return err('not-vouched');
  credential.value = { key, site: site.value.siteKey };
  for (const lockId of site.value.proven) setStanding(lockId, 'signed');
  heldSite.value = site.value.held;
  return ok(site.value.held);
};

/** What was shown and kept last, as the hub told it, and when: the same again costs no proof, and is kept anew only so often. */
let last: { readonly text: string; readonly at: number } | undefined;
const isKept = (keys: HeldKeys, at: number): boolean => last !== undefined && at - last.at < STOCK_MS && JSON.stringify(keys) === last.text;

/** It still is so at `at`. False: nothing is shown. */
const isStillSo = (at: number): boolean => {
  const site = heldSite.value;
  if (site === undefined || site === 'none') return false;
  heldSite.value = { ...site, at };
  return true;
};

/** Fetches the keys anew, and keeps them. False: the hub did not answer, or what it said does not hold. */
export const refreshKeys = async (siteId: SiteId, key: SigningKey): Promise<boolean> => {
  const answer = await fetchHeld(key);
  hubAnswers.value = answer.ok || answer.error.kind === 'refused';
  if (!answer.ok) return false;
  const at = Date.now();
  if (isKept(answer.value, at) && isStillSo(at)) return true;
  const shown = show(siteId, key, answer.value, at);
  if (!shown.ok) return false;
  last = { text: JSON.stringify(answer.value), at };
  await rememberHeld(siteId, { keys: answer.value, at });
  return true;
};

/** Has what the hub has for each lock, for the next time at a door. */
const stockUp = async (): Promise<void> => {
  const site = heldSite.value;
  if (site === undefined || site === 'none') return;
  for (const lockId of new Set(site.keys.flatMap(({ doors }) => doors.map((door) => door.lockId)))) await courier.exchange(lockId);
};

const lastSite = async (): Promise<{ readonly siteId: SiteId; readonly key: SigningKey } | undefined> => {
  const sites = await guestSites();
  for (const name of sites.ok ? sites.value.toReversed() : []) {
    const siteId = parseIdentifier<SiteId>(name);
    const key = siteId === undefined ? undefined : await readGuestKey(siteId);
    if (siteId !== undefined && key?.ok === true && key.value !== undefined) return { siteId, key: key.value };
  }
  return undefined;
};

const isWaiting = (): boolean => {
  const site = heldSite.value;
  return !hubAnswers.value || site === undefined || (site !== 'none' && site.keys.some(({ grant }) => grant.state === 'asking'));
};

// Nobody looks at a hidden page; on its return it asks at once.
const pauseMs = (): number => {
  if (document.hidden) return STOCK_MS;
  return isWaiting() ? WAITING_MS : LOOK_MS;
};

const begin = async (): Promise<{ readonly siteId: SiteId; readonly key: SigningKey } | undefined> => {
  const found = await lastSite();
  if (found === undefined) {
    heldSite.value = 'none';
    return undefined;
  }
  const remembered = await rememberedHeld(found.siteId);
  if (remembered !== undefined) show(found.siteId, found.key, remembered.keys, remembered.at);
  openings.value = await readOpenings(found.siteId);
  refusals.value = await readRefusals(found.siteId);
  return found;
};

/** Reads the keys, and keeps them fresh until the returned function is called. */
export const startKeys = (): (() => void) => {
  const ends = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stockedAt = -Infinity;
  const begun = begin();
  const again = async (): Promise<void> => {
    clearTimeout(timer);
    const found = await begun;
    if (found === undefined || ends.signal.aborted) return;
    if (await refreshKeys(found.siteId, found.key)) {
      if (Date.now() - stockedAt >= STOCK_MS) {
        stockedAt = Date.now();
        await refreshAddresses();
        await stockUp();
      }
    } else if (heldSite.value === undefined) heldSite.value = 'none';
    if (!ends.signal.aborted) timer = setTimeout(() => void again(), pauseMs());
  };
  const seen = (): void => {
    if (document.hidden) return;
    void again();
    void scanNear();
  };
  void again().then(() => scanNear());
  void begun.then(() => scanNear());
  const scans = setInterval(() => { if (!document.hidden) void scanNear(); }, SCAN_MS);
  document.addEventListener('visibilitychange', seen, { signal: ends.signal });
  addEventListener('online', seen, { signal: ends.signal });
  return () => {
    ends.abort();
    clearTimeout(timer);
    clearInterval(scans);
  };
};

// An update of an electronic key as this page carries it: connect, pass on between key and hub until both are done, and say what it brought. Whoever
// is signed in, as an owner or by a key, is whom the hub takes it from. Cut anywhere, both sides stand as they should, and it goes on.

import { signal } from '@preact/signals';
import type { HeldEkey } from '@mortise/api/ekeys.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { NOTHING_CARRIED, type Carried } from '@mortise/wallet/carried.ts';
import type { MetKey, UpdateCut } from '@mortise/wallet/key-update.ts';
import { callByKey } from '../keys/held.ts';
import { announce } from './announce.ts';
import { call, type Asked, type Failure, type Route } from './client.ts';
import { meetAt, type KeyLink, type MeetFault, type UpdateEnd } from './key-link.ts';
import type { OpenWire } from './key-wire.ts';

/** In whose name the hub is asked. */
export type Updater = 'owner' | 'holder';

/** Of the key, after the update, as the hub knows it. */
export type UpdatedKey = Pick<HeldEkey, 'id' | 'name' | 'orders' | 'status' | 'state'> & { /** As its holder is told; owners look at the key. */ readonly grants?: HeldEkey['grants'] };

export type EkeyUpdate =
  | { readonly kind: 'idle' }
  | { readonly kind: 'meeting' }
  | { readonly kind: 'running'; readonly key: MetKey; readonly carried: Carried }
  | { readonly kind: 'done'; readonly ekey: UpdatedKey; readonly carried: Carried }
  /** Nobody there, or no key. */
  | { readonly kind: 'unmet'; readonly fault: MeetFault }
  /** It began, and broke off: `failure`: the hub's. */
  | { readonly kind: 'cut'; readonly by: UpdateCut; readonly failure: Failure | undefined; readonly carried: Carried };

export const ekeyUpdate = signal<EkeyUpdate>({ kind: 'idle' });

/** Connections of one update: the hub may have more than fits into one answer. */
const MAX_CONNECTIONS = 16;

/**
 * Whether the key has another word to say than the last that the hub heard: what it says at the end of a connection it says of its middle. A key that
 * was only told the time has not.
 */
const hasNews = (end: UpdateEnd<unknown>): boolean => end.key.clock === 'lost' || end.carried.ownRecords + end.carried.lockRecords > 0 || end.carried.given > 1;

type Ask = <A>(route: Route<A>, asked?: Asked) => Promise<Result<A, Failure>>;
const ASK: Readonly<Record<Updater, Ask>> = { owner: call, holder: callByKey };

const hubOf = (ask: Ask, ekeyId: string) => async (messages: readonly Bytes[]): Promise<Result<{ readonly messages: readonly Bytes[]; readonly more: boolean }, Failure>> => {
  const answer = await ask(ROUTES.updateEkey, { parameters: { ekeyId }, body: { messages: messages.map(base64url) } });
  return answer.ok ? ok({ messages: answer.value.messages.flatMap((text) => fromBase64url(text) ?? []), more: answer.value.more }) : answer;
};

/** The key as the hub knows it now. */
const keyNow = async (by: Updater, ekeyId: string): Promise<Result<UpdatedKey, Failure>> => {
  if (by === 'owner') {
    const answer = await call(ROUTES.ekey, { parameters: { ekeyId } });
    return answer.ok ? ok(answer.value.ekey) : answer;
  }
  const answer = await callByKey(ROUTES.heldEkeys);
  if (!answer.ok) return answer;
  const ekey = answer.value.ekeys.find(({ id }) => id === ekeyId);
  return ekey === undefined ? err({ kind: 'refused', code: 'ekey-unknown', message: 'This key is not in your hands any more.', status: 404 }) : ok(ekey);
};

const show = (next: EkeyUpdate): void => { ekeyUpdate.value = next; };
export const forgetUpdate = (): void => show({ kind: 'idle' });

const passOn = (link: KeyLink, by: Updater, before: Carried, isBrief: boolean): Promise<UpdateEnd<Failure>> => {
  show({ kind: 'running', key: link.key, carried: before });
  return link.update(hubOf(ASK[by], link.key.keyId), (carried, key) => show({ kind: 'running', key, carried: together(before, carried) }), isBrief);
};

/** Of two connections: what both carried. */
export const together = (one: Carried, other: Carried): Carried => ({
  ...other, ownRecords: one.ownRecords + other.ownRecords, lockRecords: one.lockRecords + other.lockRecords, locks: one.locks.union(other.locks), given: one.given + other.given,
  answered: one.answered + other.answered, refused: [...one.refused, ...other.refused],
});

/** Updates the key at the end of this link, once it is met; begins anew by `open` where the hub has more, and once for the key’s last word. */
export const updateOver = async (first: KeyLink, open: OpenWire, by: Updater): Promise<void> => {
  let [link, carried, hadMore] = [first, NOTHING_CARRIED, true];
  for (let connections = 1; ; connections += 1) {
    const end = await passOn(link, by, carried, !hadMore);
    carried = together(carried, end.carried);
    if (end.kind === 'cut') return show({ kind: 'cut', by: end.by, failure: end.failure, carried });
    const isLast = !end.more && (connections > 1 || !hasNews(end));
    if (isLast || connections >= MAX_CONNECTIONS) return finish(by, end.key.keyId, carried);
    const again = await meetAt(open);
    if (!again.ok || again.value.key.keyId !== end.key.keyId) return show({ kind: 'cut', by: 'line', failure: undefined, carried });
    [link, hadMore] = [again.value, end.more];
  }
};

const finish = async (by: Updater, ekeyId: string, carried: Carried): Promise<void> => {
  const ekey = await keyNow(by, ekeyId);
  if (!ekey.ok) return show({ kind: 'cut', by: 'hub', failure: ekey.error, carried });
  announce(`${ekey.value.name} is updated.`);
  show({ kind: 'done', ekey: ekey.value, carried });
};

/** From the click to the end. */
export const updateKey = async (open: OpenWire, by: Updater): Promise<void> => {
  if (ekeyUpdate.value.kind === 'meeting' || ekeyUpdate.value.kind === 'running') return;
  show({ kind: 'meeting' });
  const met = await meetAt(open);
  if (!met.ok) return show({ kind: 'unmet', fault: met.error });
  return updateOver(met.value, open, by);
};

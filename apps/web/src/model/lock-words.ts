// What each lock itself said last, as far as this page could prove it: from the statements that the hub passes on, and from receipts.
// Screens show nothing of a lock's state that is not from here, and nothing of a lock that no owner of the site signed for.

import { signal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { Receipt } from '@mortise/journal/receipt.ts';
import { believed, hearReceipt, hearStatus, NO_WORD, type LockWord } from '@mortise/wallet/lock-status.ts';
import { forgetStandings, lookAt, standingOf } from './lock-standing.ts';

const words = signal<ReadonlyMap<string, LockWord>>(new Map());
/** The statement that was heard last of each lock: a door is shown many times with the same one, and a signature costs milliseconds. */
const heard = new Map<string, string>();

/** When this page heard the newest word of each lock, by this device's clock. */
const heardAt = new Map<string, number>();

const keep = (id: string, word: LockWord): void => {
  if (word.newest !== wordOf(id).newest) heardAt.set(id, Date.now());
  words.value = new Map([...words.value, [id, word]]);
};
const wordOf = (id: string): LockWord => words.value.get(id) ?? NO_WORD;

/** Takes what the hub shows of a door of `site`, before the page shows it. */
export const hearDoor = ({ lock }: Pick<Door, 'lock'>, site: string): void => {
  lookAt(site, lock.lockId);
  if (lock.state === null) return;
  const shown = `${lock.identityKey}.${lock.state.statement}`;
  if (heard.get(lock.lockId) === shown) return;
  heard.set(lock.lockId, shown);
  const [lockId, identityKey, statement] = [parseIdentifier<LockId>(lock.lockId), fromBase64url(lock.identityKey), fromBase64url(lock.state.statement)];
  const word = wordOf(lock.lockId);
  const isReadable = lockId !== undefined && identityKey !== undefined && statement !== undefined;
  keep(lock.lockId, isReadable ? hearStatus(nobleCrypto, { lockId, identityKey }, word, statement) : { ...word, isForged: true });
};

/** Takes a lock's own statement, whoever brought it. */
export const hearStatement = (lock: { readonly lockId: LockId; readonly identityKey: Bytes }, statement: Bytes): void =>
  keep(lock.lockId, hearStatus(nobleCrypto, lock, wordOf(lock.lockId), statement));

/** Takes a receipt of this lock that wallet verified. */
export const hearOwnReceipt = (id: string, receipt: Receipt): void => keep(id, hearReceipt(wordOf(id), receipt));

/** The newest that a lock of the site said, whatever its age; and why it is not to be shown as the state of now, if it is not. */
export const saidBy = (id: string, nowMs: number) => {
  const [word, standing] = [wordOf(id), standingOf(id)];
  const belief = believed(word, nowMs, standing);
  return { said: standing === 'signed' ? word.newest : undefined, doubt: belief.ok ? undefined : belief.error.code };
};

/** How long ago this page heard the newest word of a lock; undefined: it has heard none. In ms. */
export const heardAgo = (id: string, nowMs: number): number | undefined => {
  const at = words.value.has(id) ? heardAt.get(id) : undefined;
  return at === undefined ? undefined : nowMs - at;
};

export const forgetWords = (): void => {
  heard.clear();
  heardAt.clear();
  forgetStandings();
  words.value = new Map();
};

// The end of an adoption, by whichever word comes first: the owner's, over HTTP, or the lock's own on the link, which finishes the draft
// that the owner left before the offer. Either way the same is checked and one door is made. What a lock signed is checked here;
// what it decides is not the hub's.

import type { Door } from '@mortise/api/locks.ts';
import { required } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, parseIdentifier, type DoorId, type LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { lockIdOf, openAdoptionStatement, type AdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { openRoster, type Roster } from '@mortise/documents/roster.ts';
import { doorByLock, waitingLocks } from './door-view.ts';
import { refuse, type Refusal } from './http/refusal.ts';
import type { Hub } from './hub.ts';
import { draftedLocks, draftOf, dropDraft, putDraft, type Draft } from './store/draft-store.ts';
import { addLock } from './store/lock-store.ts';
import { wasRemoved } from './store/removal-store.ts';
import { currentOwnerSet, ownerSets } from './store/owner-store.ts';

/** `statement`: as the lock signed it. */
export type Adoption = Draft & { readonly statement: Bytes };

/** Keeps what an owner is about to offer, in place of what was kept for this lock before. */
export const keepDraft = async (hub: Hub, draft: Draft): Promise<Result<undefined, Refusal>> => {
  if (hub.adopted.has(draft.lockId)) return refuse('lock-already-adopted', 'This lock has a door here already. Look at the list of doors.');
  const checked = await checkedDraft(hub, draft);
  if (!checked.ok) return checked;
  if (await wasRemoved(hub.database, draft.lockId)) return removedOnce();
  await putDraft(hub.database, draft, hub.now());
  await draftsChanged(hub);
  return ok(undefined);
};

/** Makes the door of an adopted lock; the same statement again answers the same door. */
export const finishAdoption = async (hub: Hub, adoption: Adoption): Promise<Result<Door, Refusal>> => {
  const checked = await checkedAdoption(hub, adoption);
  if (!checked.ok) return checked;
  const { lockId, readerKey, sealKey, profile } = checked.value;
  if (await wasRemoved(hub.database, lockId)) return removedOnce();
  const added = await addLock(hub.database, { ...adoption, readerKey, sealKey, profile, doorId: identifierOf<DoorId>(hub.random(16)), at: hub.now() });
  if (!added && !(await isSameAdoption(hub, lockId, adoption.statement))) return refuse('lock-already-adopted', 'This lock has a door here already. Look at the list of doors.');
  if (added) await welcome(hub, adoption);
  const door = required(await doorByLock(hub, lockId), 'the lock was stored');
  if (added) hub.live.publish({ event: 'state', data: door });
  return ok(door);
};

/**
 * A lock without a door here says by whom it was adopted, on its link or by a courier. Takes any bytes; without a draft that fits, nothing comes
 * of it. `byFactory`: it came by the certificate that the lock signed itself, which counts only for one that was given no other.
 */
export const hearStatement = async (hub: Hub, lockId: LockId, statement: Bytes, byFactory = false): Promise<void> => {
  if (hub.adopted.has(lockId)) return;
  const draft = await draftOf(hub.database, lockId);
  if (draft?.certified === true && byFactory) {
    hub.log('link-message-ignored', { lockId, type: 'statement' });
    return;
  }
  if (draft === undefined) {
    hub.log('statement-without-draft', { lockId });
    return;
  }
  const finished = await finishAdoption(hub, { ...draft, statement });
  if (finished.ok) return;
  hub.log('statement-refused', { lockId, code: finished.error.code });
  // The lock's true word is that it took something else than the draft: nothing can finish that draft any more.
  if (!openAdoptionStatement(hub.crypto, draft.identityKey, statement).ok) return;
  await dropDraft(hub.database, lockId);
  await draftsChanged(hub);
};

/** Fills `hub.drafts` from the store. */
export const loadDrafts = async (hub: Pick<Hub, 'database' | 'drafts'>): Promise<void> => {
  const ids = await draftedLocks(hub.database);
  hub.drafts.clear();
  for (const id of ids) hub.drafts.add(required(parseIdentifier<LockId>(id), 'stored lock ids are identifiers'));
};

// Its door's history stands under this id; a lock that was reset has another.
const removedOnce = () => refuse('lock-already-adopted', 'This lock was removed here. Reset it by the button inside, then add it anew.');

const draftsChanged = async (hub: Hub): Promise<void> => {
  await loadDrafts(hub);
  hub.live.publish({ event: 'waiting', data: { locks: waitingLocks(hub) } });
};

// The answer may have been lost on the way, or the other word was first: the same statement again is no second adoption.
const isSameAdoption = async (hub: Hub, lockId: LockId, statement: Bytes): Promise<boolean> => {
  const row = await hub.database.selectFrom('lock').select('statement').where('id', '=', lockId).executeTakeFirst();
  return row !== undefined && equalBytes(row.statement, statement);
};

const welcome = async (hub: Hub, { lockId, identityKey, certified }: Adoption): Promise<void> => {
  hub.adopted.set(lockId, identityKey);
  if (!certified) hub.uncertified.add(lockId);
  hub.presence.forget(lockId);
  hub.log('lock-adopted', { lockId });
  await draftsChanged(hub);
  // From now on its factory certificate counts for nothing; where it has no other, its link begins anew as that of a lock of this site.
  if (hub.presence.on(lockId)?.kind === 'factory') hub.link.disconnect(lockId);
  else hub.link.send(lockId, { type: 'status-ask', body: new Uint8Array(0) });
};

const no = (why: string) => refuse('document-refused', `${why} Adopt the lock again.`);

type Offered = { readonly set: OwnerSet; readonly roster: Roster };

const checkedDraft = async (hub: Hub, { lockId, identityKey, roster }: Draft): Promise<Result<Offered, Refusal>> => {
  const set = required(await currentOwnerSet(hub.database, hub.crypto), 'drafts and adoptions are of a hub that was claimed');
  if (!hub.crypto.p256.isPublicKey(identityKey) || lockIdOf(hub.crypto, identityKey) !== lockId) return no('The identity key is not that of this lock.');
  const opened = openRoster(hub.crypto, roster, { siteId: set.siteId, lockId, ownerKeys: set.keys }, undefined);
  if (!opened.ok) return no(`The roster was refused (${opened.error.code}).`);
  if (!equalBytes(opened.value.journalKey, hub.keys.journal.publicKey)) return no('The roster names another journal key than this hub’s.');
  return ok({ set, roster: opened.value });
};

const checkedAdoption = async (hub: Hub, adoption: Adoption): Promise<Result<AdoptionStatement, Refusal>> => {
  const offered = await checkedDraft(hub, adoption);
  if (!offered.ok) return offered;
  const { set, roster } = offered.value;
  const statement = openAdoptionStatement(hub.crypto, adoption.identityKey, adoption.statement);
  if (!statement.ok) return no(`The lock’s statement was refused (${statement.error.code}).`);
  if (statement.value.siteId !== set.siteId) return no('The lock was adopted by another site.');
  // An adoption with no hub at hand may come in after owners have changed; the lock is given what it missed.
  const isKnownSet = (await ownerSets(hub.database, hub.crypto)).some(({ hash }) => equalBytes(hash, statement.value.ownerSetHash));
  if (!isKnownSet) return no('The lock was adopted under another owner set.');
  return equalBytes(roster.hash, statement.value.rosterHash) ? statement : no('The lock took another roster.');
};

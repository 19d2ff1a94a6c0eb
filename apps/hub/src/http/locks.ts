// Locks: those that wait, their link certificates, drafts and ends of adoptions (adoption.ts), rosters; their end (removal.ts).

import type { DraftBody } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { openRoster, type Roster } from '@mortise/documents/roster.ts';
import { finishAdoption, keepDraft } from '../adoption.ts';
import { allDoors, deliveryOf, doorById, doorByLock, waitingLocks } from '../door-view.ts';
import { checkNotes, keepNotes } from '../entries/note-entries.ts';
import { announceGrantsAt } from '../grants/announce.ts';
import type { Hub } from '../hub.ts';
import { linkCertificate } from '../hub-keys.ts';
import type { Delivery } from '../mqtt/delivery.ts';
import type { Draft } from '../store/draft-store.ts';
import { orderReset, removeDoor, withdrawOrder } from '../removal.ts';
import { addRoster, rosterDelivery, rosterDocuments } from '../store/lock-store.ts';
import { currentOwnerSet, ownerSets } from '../store/owner-store.ts';
import { announceEntries } from './entries.ts';
import { reads, takes, type App, type Web } from './mount.ts';
import { refuse, type Refusal } from './refusal.ts';

export const mountLocks = (app: App, web: Web, delivery: Delivery): void => {
  const { hub } = web;
  reads(app, web, ROUTES.hubKeys, async () =>
    ok({ journalKey: base64url(hub.keys.journal.publicKey), timeKey: base64url(hub.keys.time.publicKey), delegateKey: base64url(hub.keys.delegate.publicKey), brokerCa: hub.keys.ca.certificate }));
  reads(app, web, ROUTES.waitingLocks, async () => ok({ locks: waitingLocks(hub) }));
  takes(app, web, ROUTES.linkCertificate, async ({ body, parameter }) => {
    const lockId = parseIdentifier<LockId>(parameter('lockId'));
    const linkKey = bytes(body.linkKey);
    if (lockId === undefined) return unknownLock();
    if (!hub.crypto.p256.isPublicKey(linkKey)) return refuse('input-invalid', 'linkKey: not a P-256 key.');
    return ok({ certificate: await linkCertificate(hub.keys, lockId, linkKey), brokerCa: hub.keys.ca.certificate });
  });
  takes(app, web, ROUTES.putDraft, async ({ parameter, body }) => {
    const lockId = parseIdentifier<LockId>(parameter('lockId'));
    const kept = lockId === undefined ? unknownLock() : await keepDraft(hub, draftOf(lockId, body));
    return kept.ok ? ok({ done: true } as const) : kept;
  });
  takes(app, web, ROUTES.addLock, async ({ body }) => {
    const lockId = required(parseIdentifier<LockId>(body.lockId), 'the schema lets identifiers through');
    const door = await finishAdoption(hub, { ...draftOf(lockId, body), statement: bytes(body.statement) });
    return door.ok ? ok({ door: door.value }) : door;
  });
  reads(app, web, ROUTES.doors, async () => ok({ doors: await allDoors(hub) }));
  reads(app, web, ROUTES.door, async ({ parameter }) => {
    const door = await doorById(hub, parameter('doorId'));
    return door === undefined ? refuse('door-unknown', 'There is no such door. Look at the list of doors.') : ok({ door });
  });
  mountRosters(app, web, delivery);
  mountRemoval(app, web, delivery);
};

const unknownLock = () => refuse('lock-unknown', 'This site has no such lock. Look at the list of doors.');

const draftOf = (lockId: LockId, { identityKey, roster, doorName, model, firmware, certified = true }: DraftBody): Draft => ({
  lockId, identityKey: bytes(identityKey), roster: bytes(roster), doorName, model, firmware, certified,
});

const mountRosters = (app: App, web: Web, delivery: Delivery): void => {
  const { hub } = web;
  reads(app, web, ROUTES.roster, ({ parameter }) => newestRoster(hub, parameter('lockId')));
  takes(app, web, ROUTES.putRoster, async ({ parameter, body, caller }) => {
    const lockId = knownLock(hub, parameter('lockId'));
    if (lockId === undefined) return unknownLock();
    const document = bytes(body.document);
    const roster = await checkedRoster(hub, lockId, document);
    if (!roster.ok) return roster;
    const notes = await checkNotes(hub, roster.value, body);
    if (!notes.ok) return notes;
    const at = hub.now();
    const added = await addRoster(hub.database, { lockId, version: roster.value.version, document, at }, (transaction) => keepNotes(transaction, lockId, notes.value, caller.personId, at));
    if (!added) return refuse('roster-fork', 'Somebody else wrote this version first. Read the newest roster and make yours follow it.');
    await delivery.papers(hub, lockId);
    const door = await doorByLock(hub, lockId);
    if (door !== undefined) hub.live.publish({ event: 'state', data: door });
    await announceGrantsAt(hub, lockId);
    await announceEntries(hub, lockId);
    await hub.scrub();
    return newestRoster(hub, lockId);
  });
};

const mountRemoval = (app: App, web: Web, delivery: Delivery): void => {
  const places = { hub: web.hub, delivery };
  takes(app, web, ROUTES.resetLock, async ({ parameter, body, caller }) => {
    const lockId = knownLock(web.hub, parameter('lockId'));
    const door = lockId === undefined ? unknownLock() : await orderReset(places, lockId, bytes(body.order), caller.personId);
    return door.ok ? ok({ door: door.value }) : door;
  });
  takes(app, web, ROUTES.withdrawReset, async ({ parameter }) => {
    const lockId = knownLock(web.hub, parameter('lockId'));
    const door = lockId === undefined ? unknownLock() : await withdrawOrder(places, lockId);
    return door.ok ? ok({ door: door.value }) : door;
  });
  takes(app, web, ROUTES.removeLock, async ({ parameter }) => {
    const lockId = knownLock(web.hub, parameter('lockId'));
    if (lockId === undefined) return unknownLock();
    await removeDoor(places, lockId);
    web.hub.link.disconnect(lockId);
    return ok({ done: true } as const);
  });
};

const knownLock = (hub: Hub, text: string): LockId | undefined => {
  const lockId = parseIdentifier<LockId>(text);
  return lockId !== undefined && hub.adopted.has(lockId) ? lockId : undefined;
};

const newestRoster = async (hub: Hub, text: string) => {
  const lockId = knownLock(hub, text);
  if (lockId === undefined) return unknownLock();
  const document = required((await rosterDocuments(hub.database, lockId)).at(-1), 'an adopted lock has a roster');
  const delivery = required(await rosterDelivery(hub.database, lockId), 'an adopted lock has a mark');
  return ok({ document: base64url(document), delivery: deliveryOf(delivery) });
};

const checkedRoster = async (hub: Hub, lockId: LockId, document: Bytes): Promise<Result<Roster, Refusal>> => {
  const set = required(await currentOwnerSet(hub.database, hub.crypto), 'somebody is signed in, so the hub was claimed');
  const roster = openRoster(hub.crypto, document, { siteId: set.siteId, lockId, ownerKeys: set.keys }, await storedRoster(hub, lockId));
  if (!roster.ok) return rosterRefusal(roster.error.code);
  if (equalBytes(roster.value.journalKey, hub.keys.journal.publicKey)) return roster;
  return refuse('document-refused', 'The roster names another journal key than this hub’s. Read /api/hub-keys and sign it again.');
};

// The stored chain was checked link by link as it came in; here it is opened again up to its newest.
const storedRoster = async (hub: Hub, lockId: LockId): Promise<Roster | undefined> => {
  const sets = await ownerSets(hub.database, hub.crypto);
  // An older version may be by an owner who has left since.
  const ownerKeys = sets.flatMap(({ keys }) => keys);
  let newest: Roster | undefined;
  for (const document of await rosterDocuments(hub.database, lockId)) {
    const siteId = required(sets[0], 'the hub was claimed').siteId;
    const opened = openRoster(hub.crypto, document, { siteId, lockId, ownerKeys }, newest);
    newest = required(opened.ok ? opened.value : undefined, 'stored rosters were checked when they came in');
  }
  return newest;
};

const rosterRefusal = (code: string) => {
  if (code === 'fork') return refuse('roster-fork', 'This roster does not follow the newest one. Read the newest roster and make yours follow it.');
  if (code === 'stale') return refuse('roster-stale', 'A roster of this version or a later one is stored. Read the newest roster and make yours follow it.');
  if (code === 'gap') return refuse('roster-gap', 'Versions before this roster are missing. Read the newest roster and make yours follow it.');
  return refuse('document-refused', `The roster was refused (${code}). Sign it again with an owner key.`);
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');

// Locks: those that wait, their link certificates, the end of an adoption, rosters. What a lock signed is checked here; what it
// decides is not the hub's.

import type { AdoptedBody } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, parseIdentifier, type DoorId, type LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { lockIdOf, openAdoptionStatement, type AdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { openRoster, type Roster } from '@mortise/documents/roster.ts';
import { allDoors, deliveryOf, doorById, doorByLock, waitingLocks } from '../door-view.ts';
import type { Hub } from '../hub.ts';
import { linkCertificate } from '../hub-keys.ts';
import { addLock, addRoster, rosterDelivery, rosterDocuments } from '../store/lock-store.ts';
import { currentOwnerSet, ownerSets } from '../store/owner-store.ts';
import { reads, takes, type App, type Web } from './mount.ts';
import { refuse, type Refusal } from './refusal.ts';

export type Deliver = (lockId: LockId) => Promise<void>;

export const mountLocks = (app: App, web: Web, deliver: Deliver): void => {
  const { hub } = web;
  reads(app, web, ROUTES.hubKeys, async () =>
    ok({ journalKey: base64url(hub.keys.journal.publicKey), timeKey: base64url(hub.keys.time.publicKey), brokerCa: hub.keys.ca.certificate }));
  reads(app, web, ROUTES.waitingLocks, async () => ok({ locks: waitingLocks(hub) }));
  takes(app, web, ROUTES.linkCertificate, async ({ body, parameter }) => {
    const lockId = parseIdentifier<LockId>(parameter('lockId'));
    const linkKey = bytes(body.linkKey);
    if (lockId === undefined) return unknownLock();
    if (!hub.crypto.p256.isPublicKey(linkKey)) return refuse('input-invalid', 'linkKey: not a P-256 key.');
    return ok({ certificate: await linkCertificate(hub.keys, lockId, linkKey), brokerCa: hub.keys.ca.certificate });
  });
  takes(app, web, ROUTES.addLock, ({ body }) => adopted(hub, body));
  reads(app, web, ROUTES.doors, async () => ok({ doors: await allDoors(hub) }));
  reads(app, web, ROUTES.door, async ({ parameter }) => {
    const door = await doorById(hub, parameter('doorId'));
    return door === undefined ? refuse('door-unknown', 'There is no such door. Look at the list of doors.') : ok({ door });
  });
  mountRosters(app, web, deliver);
};

const unknownLock = () => refuse('lock-unknown', 'This site has no such lock. Look at the list of doors.');

const adopted = async (hub: Hub, body: AdoptedBody) => {
  const checked = await checkedAdoption(hub, body);
  if (!checked.ok) return checked;
  const { lockId, readerKey, sealKey } = checked.value;
  const [identityKey, statement] = [bytes(body.identityKey), bytes(body.statement)];
  const added = await addLock(hub.database, {
    lockId, identityKey, readerKey, sealKey, statement, model: body.model, firmware: body.firmware, roster: bytes(body.roster),
    doorId: identifierOf<DoorId>(hub.random(16)), doorName: body.doorName, at: hub.now(),
  });
  if (!added && !(await isSameAdoption(hub, lockId, statement))) return refuse('lock-already-adopted', 'This lock has a door here already. Look at the list of doors.');
  if (added) welcome(hub, lockId, identityKey);
  const door = required(await doorByLock(hub, lockId), 'the lock was stored');
  if (added) hub.live.publish({ event: 'state', data: door });
  return ok({ door });
};

// The answer may have been lost on the way: the same statement again is no second adoption.
const isSameAdoption = async (hub: Hub, lockId: LockId, statement: Bytes): Promise<boolean> => {
  const row = await hub.database.selectFrom('lock').select('statement').where('id', '=', lockId).executeTakeFirst();
  return row !== undefined && equalBytes(row.statement, statement);
};

const welcome = (hub: Hub, lockId: LockId, identityKey: Bytes): void => {
  hub.adopted.set(lockId, identityKey);
  hub.log('lock-adopted', { lockId });
  hub.live.publish({ event: 'waiting', data: { locks: waitingLocks(hub) } });
  // From now on its factory certificate counts for nothing.
  if (hub.presence.on(lockId)?.kind === 'factory') hub.link.disconnect(lockId);
  else hub.link.send(lockId, { type: 'status-ask', body: new Uint8Array(0) });
};

const no = (why: string) => refuse('document-refused', `${why} Adopt the lock again.`);

const checkedAdoption = async (hub: Hub, body: AdoptedBody): Promise<Result<AdoptionStatement, Refusal>> => {
  const identityKey = bytes(body.identityKey);
  const set = required(await currentOwnerSet(hub.database, hub.crypto), 'somebody is signed in, so the hub was claimed');
  if (!hub.crypto.p256.isPublicKey(identityKey) || lockIdOf(hub.crypto, identityKey) !== body.lockId) return no('The identity key is not that of this lock.');
  const statement = openAdoptionStatement(hub.crypto, identityKey, bytes(body.statement));
  if (!statement.ok) return no(`The lock’s statement was refused (${statement.error.code}).`);
  if (statement.value.siteId !== set.siteId) return no('The lock was adopted by another site.');
  if (!equalBytes(statement.value.ownerSetHash, set.hash)) return no('The lock was adopted under another owner set.');
  const roster = openRoster(hub.crypto, bytes(body.roster), { siteId: set.siteId, lockId: statement.value.lockId, ownerKeys: set.keys }, undefined);
  if (!roster.ok) return no(`The roster was refused (${roster.error.code}).`);
  if (!equalBytes(roster.value.hash, statement.value.rosterHash)) return no('The lock took another roster.');
  return equalBytes(roster.value.journalKey, hub.keys.journal.publicKey) ? statement : no('The roster names another journal key than this hub’s.');
};

const mountRosters = (app: App, web: Web, deliver: Deliver): void => {
  const { hub } = web;
  reads(app, web, ROUTES.roster, ({ parameter }) => newestRoster(hub, parameter('lockId')));
  takes(app, web, ROUTES.putRoster, async ({ parameter, body }) => {
    const lockId = knownLock(hub, parameter('lockId'));
    if (lockId === undefined) return unknownLock();
    const document = bytes(body.document);
    const roster = await checkedRoster(hub, lockId, document);
    if (!roster.ok) return roster;
    const added = await addRoster(hub.database, { lockId, version: roster.value.version, document, at: hub.now() });
    if (!added) return refuse('roster-fork', 'Somebody else wrote this version first. Read the newest roster and make yours follow it.');
    await deliver(lockId);
    const door = await doorByLock(hub, lockId);
    if (door !== undefined) hub.live.publish({ event: 'state', data: door });
    return newestRoster(hub, lockId);
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

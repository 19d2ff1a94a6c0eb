// A press of the fob's button: it listens for a lock of its site by Aliro's advertisement, connects, and asks the one that says hello to unlock, with what
// its key holds for that lock. The lock decides; what counts is its receipt.

import { ALIRO_SERVICE, decodeServiceData, GROUP_PREFIX_BYTES, SUB_PREFIX_BYTES } from '@mortise/aliro/advertisement.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { EMPTY, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, parseIdentifier, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Central, Heard } from '@mortise/bluetooth/central.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { openSite, proveGrantedLock } from '@mortise/wallet/held-grants.ts';
import { meetLock, stepNear, type NearEffect, type NearInput } from '@mortise/wallet/near-contact.ts';
import { PROOF_MS } from '@mortise/wallet/operation.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import type { Fob } from './fob-file.ts';

const HEAR_MS = 6000;
/** With a key to several doors: how long it listens for a louder one after the first. */
const COMPARE_MS = 400;
/** From the hello to the receipt. */
const ANSWER_MS = 12_000;
/** A lock takes no more documents in one answer. */
const MAX_SHOWN = 8;

/** `no-adapter`: the radio was pulled out or switched off; `no-lock`: none of its site is heard; `not-vouched`: nothing proves whose lock it is; `no-door`: the key names no door of it. */
export type PressError = { readonly code: 'no-adapter' | 'no-lock' | 'not-vouched' | 'no-door' };
export type Pressed = { readonly door: string; readonly outcome: OperationOutcome };

const bytesOf = (text: string): Bytes => fromBase64url(text) ?? EMPTY;

/** What the fob shows this lock, and how it knows it. */
const shownTo = ({ siteId, key, keys }: Fob, lockId: LockId): Result<{ readonly door: string; readonly site: SiteKey; readonly identityKey: Bytes }, PressError> => {
  const id = parseIdentifier<SiteId>(siteId);
  const opened = id && keys && openSite(nodeCrypto, id, { ownerSets: keys.ownerSets.map(bytesOf), introduction: bytesOf(keys.introduction ?? '') });
  if (id === undefined || keys === null || opened?.ok !== true) return err({ code: 'not-vouched' });
  const grants = keys.grants.filter(({ doors, document }) => document !== null && doors.some((each) => each.lockId === lockId));
  const door = grants[0]?.doors.find((each) => each.lockId === lockId);
  if (door === undefined) return err({ code: 'no-door' });
  const claimed = { lockId, identityKey: bytesOf(door.identityKey), readerKey: bytesOf(door.readerKey), sealKey: bytesOf(door.sealKey), statement: bytesOf(door.statement) };
  const proven = proveGrantedLock(nodeCrypto, opened.value.ownerSet, claimed, bytesOf(door.roster));
  if (!proven.ok) return err({ code: 'not-vouched' });
  const documents = grants.flatMap(({ document, stamp }): readonly StoredDocument[] => [{ docType: 'aliro-a', bytes: bytesOf(document ?? '') }, ...(stamp === null ? [] : [{ docType: 'mortise-f', bytes: bytesOf(stamp) } as const])]);
  return ok({ door: door.name, identityKey: proven.value.lock.identityKey, site: { siteId: id, readerIssuerKey: opened.value.readerIssuerKey, credentialKey: key.publicKey, documents: documents.slice(0, MAX_SHOWN) } });
};

type Whose = 'stranger' | 'site' | 'door';

const doorsOf = ({ keys }: Fob): readonly LockId[] => {
  const told = (keys?.grants ?? []).flatMap(({ doors }) => doors.map(({ lockId }) => parseIdentifier<LockId>(lockId)));
  return [...new Set(told)].filter((lockId) => lockId !== undefined);
};

/** Whose lock advertises, as it says: a door of the key, another one of its site, or neither. */
const whose = (fob: Fob) => ({ data }: Heard): Whose => {
  const [told, id] = [decodeServiceData(data(ALIRO_SERVICE) ?? EMPTY), parseIdentifier<SiteId>(fob.siteId)];
  if (told === undefined || id === undefined || !equalBytes(told.group, identifierBytes(id).slice(0, GROUP_PREFIX_BYTES))) return 'stranger';
  return doorsOf(fob).some((lockId) => equalBytes(told.sub, identifierBytes(lockId).slice(0, SUB_PREFIX_BYTES))) ? 'door' : 'site';
};

/** What it needs of a radio. */
type Ear = Pick<Central, 'hear' | 'connect' | 'isDown'>;

// Of several doors of the key the loudest: it is most likely the one that its holder stands at.
const loudest = async (fob: Fob, central: Ear, first: Heard): Promise<Heard> => {
  if (doorsOf(fob).length < 2) return first;
  let best = first;
  await central.hear((heard) => {
    if (whose(fob)(heard) === 'door' && heard.rssiDbm > best.rssiDbm) best = heard;
    return false;
  }, COMPARE_MS);
  return best;
};

/** One press, to its end. */
export const press = async (fob: Fob, central: Ear): Promise<Result<Pressed, PressError>> => {
  // What the hub has not told yet, the fob cannot look for.
  let other: PressError['code'] = 'no-lock';
  const first = await central.hear((heard) => {
    const found = whose(fob)(heard);
    if (found === 'site') other = fob.keys === null ? 'not-vouched' : 'no-door';
    return found === 'door';
  }, HEAR_MS);
  if (first === undefined) return err({ code: central.isDown() ? 'no-adapter' : other });
  const channel = await central.connect(await loudest(fob, central, first));
  return channel === undefined ? err({ code: central.isDown() ? 'no-adapter' : 'no-lock' }) : ask(fob, channel);
};

const ask = (fob: Fob, channel: NearChannel): Promise<Result<Pressed, PressError>> => {
  const { promise, resolve } = Promise.withResolvers<Result<Pressed, PressError>>();
  let state = meetLock('radio', channel.packetBytes);
  let door = '';
  const put = (input: NearInput): void => {
    const step = stepNear(nodeCrypto, state, input);
    state = step.state;
    step.effects.forEach(carryOut);
  };
  const end = (result: Result<Pressed, PressError>): void => {
    resolve(result);
    channel.close();
  };
  // Once: who says hello again might have another door's name shown.
  const met = (lockId: LockId): void => {
    if (door !== '') return;
    const shown = shownTo(fob, lockId);
    if (!shown.ok) return end(shown);
    ({ door } = shown.value);
    return put({ kind: 'operate', request: { site: shown.value.site, lock: { identityKey: shown.value.identityKey }, command: { verb: 'unlock' }, entropy: freshEntropy() } });
  };
  // The button was pressed before anything else: the ring is full.
  const carryOut = (effect: NearEffect): void => {
    if (effect.kind === 'send') channel.send(effect.packet);
    else if (effect.kind === 'met') met(effect.lockId);
    else if (effect.kind === 'progress' && effect.phase === 'ready') put({ kind: 'operation', input: { kind: 'ringFull' } });
    else if (effect.kind === 'sign') put({ kind: 'operation', input: { kind: 'signed', signature: nodeCrypto.p256.sign(fob.key.privateKey.reveal(), effect.message) } });
    else if (effect.kind === 'done') end(ok({ door, outcome: effect.outcome }));
    else if (effect.kind === 'close') end(err({ code: 'no-lock' }));
  };
  const timers = [setTimeout(() => put({ kind: 'operation', input: { kind: 'overdue' } }), PROOF_MS), setTimeout(() => put({ kind: 'lost' }), ANSWER_MS), setTimeout(() => end(err({ code: 'no-lock' })), ANSWER_MS + 500)];
  channel.hear({ packet: (bytes) => put({ kind: 'packet', bytes }), closed: () => put({ kind: 'lost' }) });
  void promise.then(() => timers.forEach(clearTimeout));
  return promise;
};

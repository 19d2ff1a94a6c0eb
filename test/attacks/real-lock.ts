// A lock as a process of its own, as it runs in life, and the site that owns it: the real wallet adopts it and opens it, through
// whatever hub stands between. A trick sees each frame and decides what goes on.

import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import type { Result } from '@mortise/base/result.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone, type OwnerKeyed } from '@mortise/documents/adoption.ts';
import { openRoster, type Policy, type Roster } from '@mortise/documents/roster.ts';
import { parseSetupCode, type SetupCode } from '@mortise/documents/setup-code.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { issueLinkCertificate } from '@mortise/node/certificates.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { prepareOffer, type PreparedOffer } from '@mortise/wallet/adopt.ts';
import { startOperation, stepOperation, type OperationEffect } from '@mortise/wallet/operation.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import { foundSite } from '@mortise/wallet/own.ts';
import { nextRoster, type RosterChange } from '@mortise/wallet/roster-change.ts';
import { argumentsFor, startProcess, type ControllerProcess } from '../../apps/controller/src/process.fixture.ts';
import { LATER, waitFor, type DishonestHub } from './dishonest-hub.ts';

const POLICY: Policy = { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 3000 };
const PATIENCE_MS = 8000;

export const valueOf = <T>(result: Result<T, { readonly code: string }>): T => {
  assert(result.ok, result.ok ? '' : result.error.code);
  return result.value;
};

export type View = { readonly position: string; readonly adopted: boolean; readonly setup: { readonly text: string } | null; readonly link: { readonly up: boolean } };
const isView = (value: unknown): value is View => typeof value === 'object' && value !== null && 'position' in value && 'setup' in value;

/** A controller on a directory of its own. */
export class RealLock {
  static readonly #running = new Set<RealLock>();
  readonly hub: DishonestHub;
  readonly lockId: LockId;
  readonly #data: string;
  #process: ControllerProcess;

  private constructor(hub: DishonestHub, lockId: LockId, data: string, process: ControllerProcess) {
    [this.hub, this.lockId, this.#data, this.#process] = [hub, lockId, data, process];
  }

  /** In factory state and on its link. */
  static async start(hub: DishonestHub): Promise<RealLock> {
    const data = join(mkdtempSync(join(tmpdir(), 'mortise-attack-')), 'lock');
    const process = startProcess(argumentsFor(data, hub.broker));
    const lock = new RealLock(hub, required(parseIdentifier<LockId>((await process.first).lockId), 'the lock starts'), data, process);
    RealLock.#running.add(lock);
    await waitFor('the link', () => hub.of(lock.lockId).statuses > 0);
    return lock;
  }

  /** Also those that a test which failed left behind. */
  static async endAll(): Promise<void> {
    await Promise.all([...RealLock.#running].map((lock) => lock.end()));
  }

  async view(): Promise<View> {
    const body = await this.#process.body();
    assert(isView(body), 'the Workbench shows a body');
    return body;
  }

  async act(action: Readonly<Record<string, unknown>>): Promise<void> {
    assert((await this.#process.act(action)).ok, 'the Workbench takes the action');
  }

  /** What it wrote to its log. */
  log(): string {
    return this.#process.output.join('\n');
  }

  async setupCode(): Promise<SetupCode> {
    return valueOf(parseSetupCode(crypto, required((await this.view()).setup ?? undefined, 'a factory lock shows its code').text));
  }

  /** Kills it and starts it anew on its directory. */
  async restart(): Promise<void> {
    this.#process.child.kill('SIGKILL');
    await this.#process.ended;
    const before = this.hub.of(this.lockId).statuses;
    this.#process = startProcess(argumentsFor(this.#data, this.hub.broker));
    await waitFor('the link', () => this.hub.of(this.lockId).statuses > before);
  }

  async end(): Promise<void> {
    RealLock.#running.delete(this);
    this.#process.child.kill('SIGKILL');
    await this.#process.ended;
    rmSync(join(this.#data, '..'), { recursive: true, force: true });
  }
}

/** Where a frame is on its way; `number` counts from 1 in its direction. `lock` and `phone`: whatever the hub says to either. */
export type Way = {
  readonly to: 'lock' | 'phone';
  readonly number: number;
  readonly lock: (frame: RelayFrame, session?: Bytes) => void;
  readonly phone: (frame: RelayFrame) => void;
};
/** Decides what goes on: call `pass` once, later, never, or more than once. */
export type Trick = (frame: RelayFrame, way: Way, pass: (frame: RelayFrame) => void) => void;

export type Asked = {
  readonly lock: RealLock;
  readonly verb: Verb;
  readonly phone?: KeyPair;
  readonly trick?: Trick;
  /** The lock that the hub leads the phone to instead. */
  readonly via?: RealLock;
  readonly patienceMs?: number;
};
export type Told = { readonly outcome: OperationOutcome; readonly said: readonly RelayFrame[]; readonly heard: readonly RelayFrame[]; readonly session: Bytes };

/** An authority with one owner's phone; its wallet behaves. */
export class RealSite {
  readonly hub: DishonestHub;
  readonly founded = foundSite(crypto, freshEntropy());
  readonly phone = deriveKeyPair(crypto, freshEntropy(), 'phone');
  readonly #locks = new Map<RealLock, { readonly keyed: OwnerKeyed; roster: Roster; readonly rosters: Bytes[] }>();

  constructor(hub: DishonestHub) {
    this.hub = hub;
  }

  async adopt(lock: RealLock, policy: Partial<Policy> = {}): Promise<void> {
    const session = this.hub.newSession();
    const greeted = ownerHello(crypto, freshEntropy());
    const keyed = valueOf(ownerReadAnswer(crypto, greeted.state, await lock.setupCode(), await this.hub.ask(lock.lockId, session, 1, greeted.message)));
    const offer = await this.offer(keyed, policy);
    valueOf(ownerReadDone(crypto, offer, await this.hub.ask(lock.lockId, session, 3, offer.message)));
    this.hub.identityKeys.set(lock.lockId, keyed.lock.identityKey);
    this.#locks.set(lock, { keyed, roster: valueOf(openRoster(crypto, offer.roster, this.#place(lock), undefined)), rosters: [offer.roster] });
    await waitFor('the lock on its own link', () => this.hub.of(lock.lockId).status?.adopted === true);
    await this.hub.settle(lock.lockId);
  }

  async offer(keyed: OwnerKeyed, policy: Partial<Policy> = {}): Promise<PreparedOffer> {
    const { ca } = this.hub.broker;
    return valueOf(prepareOffer(crypto, keyed, {
      ownerSets: [this.founded.document], owner: this.founded.owner, issuer: this.founded.issuer, phones: [{ credentialKey: this.phone.publicKey }],
      zone: 'Europe/Zurich', policy: { ...POLICY, ...policy }, journalKey: this.hub.journalKey.publicKey,
      timeKey: { key: this.hub.timeKey.publicKey, driftPpm: 100, until: LATER },
      linkCertificate: utf8(await issueLinkCertificate(ca, keyed.lockId, keyed.lock.linkKey)), brokerCa: utf8(ca.certificate),
    }, freshEntropy()));
  }

  identityKey(lock: RealLock): Bytes {
    return this.#of(lock).keyed.lock.identityKey;
  }

  readerKey(lock: RealLock): Bytes {
    return this.#of(lock).keyed.lock.readerKey;
  }

  /** Every roster that the owner signed for the lock. */
  rosters(lock: RealLock): readonly Bytes[] {
    return this.#of(lock).rosters;
  }

  /** The owner signs the next roster; sending it is the hub's business. */
  signRoster(lock: RealLock, change: RosterChange): Bytes {
    const known = this.#of(lock);
    const document = valueOf(nextRoster(crypto, known.roster, { owner: this.founded.owner, sealKey: known.keyed.lock.sealKey }, change, freshEntropy()));
    known.roster = valueOf(openRoster(crypto, document, this.#place(lock), known.roster));
    known.rosters.push(document);
    return document;
  }

  /** The same by whoever is no owner. */
  forgeRoster(lock: RealLock, change: RosterChange, signer: KeyPair): Bytes {
    const { roster, keyed } = this.#of(lock);
    return valueOf(nextRoster(crypto, roster, { owner: signer, sealKey: keyed.lock.sealKey }, change, freshEntropy()));
  }

  /** One operation of the wallet, its ring full at once, through the hub's trick. */
  operate({ lock, verb, phone = this.phone, trick = (frame, _way, pass) => { pass(frame); }, via = lock, patienceMs = PATIENCE_MS }: Asked): Promise<Told> {
    const { promise, resolve } = Promise.withResolvers<Told>();
    const session = this.hub.newSession();
    const [said, heard]: [RelayFrame[], RelayFrame[]] = [[], []];
    const key = { siteId: this.founded.ownerSet.siteId, readerIssuerKey: this.founded.issuer.publicKey, credentialKey: phone.publicKey };
    let { state, effects } = startOperation(crypto, { site: key, lock: { identityKey: this.identityKey(lock) }, command: { verb }, entropy: freshEntropy() });
    const put = (input: Parameters<typeof stepOperation>[2]): void => {
      ({ state, effects } = stepOperation(crypto, state, input));
      effects.forEach(carryOut);
    };
    const ways = {
      lock: (frame: RelayFrame, elsewhere = session): void => { this.hub.say(via.lockId, 'relay', encodeRelayFrame(frame), elsewhere); },
      phone: (frame: RelayFrame): void => { put({ kind: 'frame', bytes: encodeRelayFrame(frame) }); },
    };
    const toLock = (bytes: Bytes): void => {
      const frame = required(decodeRelayFrame(bytes), 'the wallet sends frames');
      said.push(frame);
      trick(frame, { to: 'lock', number: said.length, ...ways }, ways.lock);
    };
    const toPhone = (bytes: Bytes): void => {
      const frame = required(decodeRelayFrame(bytes), 'the lock sends frames');
      heard.push(frame);
      trick(frame, { to: 'phone', number: heard.length, ...ways }, ways.phone);
    };
    const late = setTimeout(() => { put({ kind: 'ended', code: 'timed-out' }); }, patienceMs);
    const carryOut = (effect: OperationEffect): void => {
      if (effect.kind === 'send') toLock(effect.bytes);
      if (effect.kind === 'sign') put({ kind: 'signed', signature: crypto.p256.sign(phone.privateKey.reveal(), effect.message) });
      if (effect.kind !== 'done') return;
      clearTimeout(late);
      resolve({ outcome: effect.outcome, said, heard, session });
    };
    this.hub.listen(session, ({ body }) => { toPhone(body); });
    effects.forEach(carryOut);
    put({ kind: 'ringFull' });
    return promise;
  }

  /** The control: the same wallet, hub and lock without a trick. Leaves the bolt where `verb` brings it. */
  async works(lock: RealLock, verb: 'unlock' | 'lock' = 'unlock'): Promise<Told> {
    const told = await this.operate({ lock, verb });
    assert(told.outcome.kind === 'sensed', `control: the door opens without the attack (${codeOf(told.outcome)})`);
    assert(told.outcome.receipt.record.sensed.bolt === (verb === 'unlock' ? 'unlocked' : 'locked'), 'control: and the lock says so');
    return told;
  }

  #of(lock: RealLock): { readonly keyed: OwnerKeyed; roster: Roster; readonly rosters: Bytes[] } {
    return required(this.#locks.get(lock), 'adopt first');
  }

  #place(lock: RealLock): Parameters<typeof openRoster>[2] {
    const { siteId, keys } = this.founded.ownerSet;
    return { siteId, lockId: lock.lockId, ownerKeys: keys };
  }
}

/** The kind, and why where it has one. */
export const codeOf = (outcome: OperationOutcome): string => ('why' in outcome ? `${outcome.kind} ${outcome.why.code}` : outcome.kind);

/** What the journal says beyond `from` records, in words. */
export const reasonsAfter = (records: readonly JournalRecord[], from: number): readonly string[] => records.slice(from).map(({ kind, reason }) => `${kind} ${reason}`);

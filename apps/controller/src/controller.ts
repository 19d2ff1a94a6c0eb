// The lock's body on one machine, put together: its life, its body, its link, its Workbench. It keeps the lock alive: a life that
// breaks ends in the safe state (motor cut, link down, said on the Workbench and in the log) and a new one begins from the
// store, after waits that double. The factory reset ends a life on purpose.

import { performance } from 'node:perf_hooks';
import { fromUtf8, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { decodeToLock, encodeFromLock } from '@mortise/courier/link-message.ts';
import type { NetworkSettings } from '@mortise/documents/network-settings.ts';
import type { Context, Reading } from '@mortise/lock/events.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { step } from '@mortise/lock/step.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { privateKeyPem } from '@mortise/node/p256-keys.ts';
import { longTermSigner } from '@mortise/node/p256.ts';
import { backoffMs, type BackoffLimits } from '@mortise/device/backoff.ts';
import type { Config } from './config.ts';
import { beginLife, eraseMemory, forgetSetupSecret, isDamage, lifeErrorMessage, lifePaths, ownIdentity, type Life, type LifeError, type LifePaths } from './life.ts';
import { Link, type LinkCredentials } from './link.ts';
import type { LockSecrets } from './keys.ts';
import { linkCertificateFault } from './link-credentials.ts';
import type { Log } from '@mortise/device/log.ts';
import { NearLinks } from './near-links.ts';
import { Shell } from './shell.ts';
import type { VirtualBody } from './virtual-body.ts';
import { keepDrawer, readDrawer, type CardDrawer, type CardName } from './card-drawer.ts';
import { keepFingers, readFingers } from './learnt-fingers.ts';
import { NO_WIFI, type WifiPort } from './wifi.ts';
import { VirtualPad } from './virtual-pad.ts';

/** A life that runs: `shell` and `link` end with it. */
type Running = Life & { readonly shell: Shell<LockState>; readonly link: Link };

/** `code` in kebab case; `message` says in a sentence what to do. `isDamage`: the store can no longer be believed, and nothing else is wrong. */
export type ControllerError = { readonly code: string; readonly message: string; readonly isDamage?: boolean };

/** Safe state: nothing moves; `fault` says why. */
export type Mode = { readonly kind: 'running' } | { readonly kind: 'safe'; readonly fault: ControllerError };

const NOT_WITHDRAWN: ControllerError = {
  code: 'bolt-not-withdrawn', message: 'Turn the thumb-turn until the bolt is withdrawn; the lock can be reset only then.',
};
/** How a life begins, and how long the lock waits in its safe state before the next; tests give others. */
export type Beginnings = { readonly begin: typeof beginLife; readonly restart: BackoffLimits };
const BEGINNINGS: Beginnings = { begin: beginLife, restart: { firstMs: 1000, longestMs: 60_000 } };
/** Longer than the lock waits for its hub; then it is erased in any case. */
const LAST_WORD_MS = 5000;
/** A life that lasted this long has earned a quick restart. */
const STEADY_MS = 60_000;

// To load what makes a certificate takes longer than all else of a start, and a lock whose hub gave it one needs none of its own.
const ownCertificate = async (identity: LockSecrets['identity']): Promise<string> => (await import('@mortise/node/certificates.ts')).factoryCertificate(identity);
const hasHubsCertificate = ({ membership }: LockState): boolean => membership.kind === 'adopted' && membership.papers.linkCertificate.length > 0;

export class Controller {
  readonly #config: Omit<Config, 'mechanism'>;
  readonly #body: VirtualBody;
  readonly #log: Log;
  readonly #wifi: WifiPort;
  readonly #paths: LifePaths;
  readonly #beginnings: Beginnings;
  readonly #context: Context = { crypto: nodeCrypto };
  readonly #watchers = new Set<() => void>();
  /** Phones at the door, while there is a lock that runs to speak to. */
  readonly near: NearLinks = new NearLinks({
    opened: (connection) => this.#metNear(connection),
    frame: (connection, bytes) => this.#running?.shell.input({ kind: 'nearFrame', connection, bytes }),
    closed: (connection) => this.#running?.shell.input({ kind: 'nearClosed', connection }),
  });
  /** What hands use at the door. */
  readonly pad: VirtualPad;
  #drawer: CardDrawer;
  #laid: CardName | undefined;
  #running: Running | undefined;
  #lastState: LockState | undefined;
  #inTurn: Promise<unknown> = Promise.resolve();
  #mode: Mode = { kind: 'running' };
  #linkWanted = true;
  #restarts = 0;
  #bornMs = 0;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;
  /** Who waits for the lock to have said its last word: after the act inside. Undefined: nobody, and the lock is erased because its owners ordered it. */
  #erase: (() => void) | undefined;

  constructor(config: Omit<Config, 'mechanism'>, body: VirtualBody, log: Log, wifi: WifiPort = NO_WIFI, beginnings: Beginnings = BEGINNINGS) {
    this.#wifi = wifi;
    this.#beginnings = beginnings;
    this.#config = config;
    this.#body = body;
    this.#log = log;
    this.#paths = lifePaths(config.data);
    const { fingers, cards } = this.#paths;
    this.#drawer = readDrawer(cards, freshEntropy);
    this.pad = new VirtualPad(freshEntropy, readFingers(fingers), (learnt) => keepFingers(fingers, learnt));
  }

  /** Which card of the drawer lies on the card pad. */
  laidCard(): CardName | undefined {
    return this.#laid;
  }

  /** In the place of one that lies there; undefined: lifted. What is written on a card is kept when it is lifted. */
  layCard(name: CardName | undefined): void {
    const [laid, lifted] = [this.#laid, this.pad.card()];
    this.pad.lift();
    if (laid !== undefined && lifted !== undefined) {
      this.#drawer = { ...this.#drawer, [laid]: lifted };
      keepDrawer(this.#paths.cards, this.#drawer);
    }
    this.#laid = name;
    if (name !== undefined) this.pad.lay(this.#drawer[name], 'unlock');
    this.#changed();
  }

  mode(): Mode {
    return this.#mode;
  }

  /** What the lock knows; in the safe state, what it knew last. Undefined before the first start. */
  lockState(): LockState | undefined {
    return this.#running?.shell.state() ?? this.#lastState;
  }

  /** `told`: a hub is known to it. */
  linkState(): { readonly wanted: boolean; readonly up: boolean; readonly told: boolean } {
    return { wanted: this.#linkWanted, up: this.#running?.link.state().up ?? false, told: this.#running?.link.isTold() ?? false };
  }

  /** Calls `watcher` after everything that may have changed what is shown. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Who the lock is and whether it has an owner, also while it does not live. */
  identity(): ReturnType<typeof ownIdentity> {
    return ownIdentity(this.#paths);
  }

  /**
   * Brings the lock to life from its directory. On an error nothing runs and nothing was changed. A damaged store is none: the lock is then in
   * its safe state, and lives as soon as a whole copy is put back.
   */
  start(): Promise<Result<undefined, ControllerError>> {
    return this.#serially(async () => {
      const begun = await this.#begin();
      if (begun.ok || !begun.error.isDamage) return begun;
      this.#log('store-damaged', { why: { code: begun.error.code } });
      this.#enterSafeState(begun.error);
      return ok(undefined);
    });
  }

  /** Plugs the link in or pulls it out. */
  wantLink(on: boolean): void {
    this.#linkWanted = on;
    this.#running?.link.want(on);
    this.#changed();
  }

  /**
   * The physical act inside: forgets everything, renews identity and setup secret, moves nothing. Refused with
   * `bolt-not-withdrawn` unless the bolt is sensed withdrawn (DESIGN §3.11).
   */
  reset(): Promise<Result<undefined, ControllerError>> {
    return this.#serially(async () => {
      if (this.#body.sense().position !== 'withdrawn') return err(NOT_WITHDRAWN);
      await this.#lastWord();
      return this.#bornAnew();
    });
  }

  // Forgets everything and lives on as another lock.
  async #bornAnew(): Promise<Result<undefined, ControllerError>> {
    await this.#endLife();
    const erased = eraseMemory(this.#paths);
    this.#log('factory-reset', { done: erased.ok });
    return this.#safeUnless(erased.ok ? await this.#begin() : err(this.#said(erased.error)));
  }

  // The lock has said its last word: by the act inside, which waits for it, or by the owners' order.
  #saidLast(): void {
    if (this.#erase === undefined) void this.#serially(() => this.#bornAnew());
    else this.#erase();
  }

  // A lock that lives writes down that it is reset, and gives its hub a moment to hear so. One that does not live has nothing to say.
  async #lastWord(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#running === undefined) return;
    this.#erase = resolve;
    this.#running.shell.input({ kind: 'reset' });
    const late = setTimeout(resolve, LAST_WORD_MS);
    await promise;
    clearTimeout(late);
    this.#erase = undefined;
  }

  /** Ends everything: no input is taken any more, what was to be sent has two seconds. */
  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    return this.#serially(async () => {
      await this.#endLife();
      this.#body.close();
    });
  }

  // Lives begin and end one after the other: never are two of them at the same store.
  #serially<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#inTurn.then(work);
    this.#inTurn = done.catch((error: unknown) => this.#log('controller-broken', { where: { code: placeOf(error) } }));
    return done;
  }

  async #begin(): Promise<Result<undefined, ControllerError>> {
    if (this.#closed || this.#running !== undefined) return ok(undefined);
    clearTimeout(this.#retry);
    const life = this.#beginnings.begin(this.#context, this.#paths, 'powered', this.#body.mechanism);
    if (!life.ok) return err(this.#said(life.error));
    await this.#run(life.value);
    return ok(undefined);
  }

  #said(error: LifeError): ControllerError {
    return { code: error.code, message: lifeErrorMessage(error, this.#paths), isDamage: isDamage(error) };
  }

  async #run(life: Life): Promise<void> {
    const factory = await this.#factoryCredentials(life);
    const link = new Link({
      broker: this.#config.broker, lockId: life.secrets.lockId, credentials: factory, log: this.#log, random: Math.random,
      events: {
        up: () => shell.input({ kind: 'linkUp' }),
        down: () => shell.input({ kind: 'linkDown' }),
        message: (payload) => this.#received(shell, payload),
      },
    });
    const shell = this.#shellOf(life, link, factory);
    this.#running = { ...life, shell, link };
    this.#mode = { kind: 'running' };
    this.#bornMs = performance.now();
    shell.start();
    link.want(this.#linkWanted);
    this.#changed();
  }

  #shellOf(life: Life, link: Link, factory: LinkCredentials): Shell<LockState> {
    const signers = { identity: longTermSigner(life.secrets.identity.privateKey.reveal()), reader: longTermSigner(life.secrets.reader.privateKey.reveal()) };
    return new Shell(life.state, {
      step: (state, input) => step(this.#context, state, input),
      body: this.#body,
      pad: this.pad,
      commit: (writes) => life.store.commit(writes),
      // On a turn of its own, as a secure element's answer would be.
      sign: (key, message) => Promise.resolve().then(() => signers[key](message)),
      send: (message) => link.send(encodeFromLock(message)),
      near: this.near,
      erase: () => this.#saidLast(),
      network: (settings) => this.#network(link, settings),
      linkCredentials: (certificate, ca) => this.#adopted(life, link, this.#givenCredentials(life.secrets, factory, certificate, ca)),
      now: reading, entropy: freshEntropy,
      changed: () => this.#changed(),
      failed: (code, error) => this.#failed(code, error),
    });
  }

  #metNear(connection: number): void {
    if (this.#running === undefined) this.near.close(connection);
    else this.#running.shell.input({ kind: 'nearOpened', connection });
  }

  #received(shell: Shell<LockState>, payload: Bytes): void {
    const message = decodeToLock(payload);
    if (message === undefined) return this.#log('message-malformed', { bytes: payload.length });
    shell.input({ kind: 'link', message });
  }

  // An adopted lock gives better ones when it starts, before the link is wanted.
  async #factoryCredentials({ secrets: { identity }, state }: Life): Promise<LinkCredentials> {
    return { certificate: hasHubsCertificate(state) ? '' : await ownCertificate(identity), privateKey: privateKeyPem(identity), ca: this.#config.brokerCa ?? '' };
  }

  // A lock that was adopted with no hub at hand has no certificate of the hub's; its own is as good to a hub that knows that (ADR 35).
  #givenCredentials(secrets: LockSecrets, factory: LinkCredentials, certificate: Bytes, givenCa: Bytes): LinkCredentials {
    const ca = givenCa.length === 0 ? factory.ca : fromUtf8(givenCa);
    if (certificate.length === 0) return { ...factory, ca };
    const fault = linkCertificateFault(certificate, secrets.lockId, secrets.link.publicKey);
    if (fault !== undefined) this.#log('link-certificate-bad', { why: { code: fault } });
    return { certificate: fromUtf8(certificate), privateKey: privateKeyPem(secrets.link), ca };
  }

  // The lock gives these once its adoption is durable, and again at each start.
  #adopted(life: Life, link: Link, credentials: LinkCredentials): void {
    const forgotten = forgetSetupSecret(this.#paths, life.secrets);
    if (!forgotten.ok) this.#log('setup-secret-kept', { why: { code: forgotten.error.code } });
    link.use(credentials).catch((error: unknown) => this.#failed('link-broken', error));
  }

  // The credentials follow, and with them the link goes there.
  #network(link: Link, { hub, wifi }: NetworkSettings): void {
    link.aim(hub);
    if (wifi === undefined) return;
    void this.#wifi.join(wifi).then((joined) => this.#log('wifi', { why: { code: joined.ok ? 'told' : joined.error.code } }));
  }

  #failed(code: string, error: unknown): void {
    this.#log('life-broken', { why: { code }, where: { code: placeOf(error) }, restarts: this.#restarts });
    if (performance.now() - this.#bornMs > STEADY_MS) this.#restarts = 0;
    this.#enterSafeState({ code, message: `Something in the lock is broken (${code}). It moves nothing and starts anew by itself.` });
    void this.#serially(() => this.#endLife());
  }

  #enterSafeState(fault: ControllerError): void {
    this.#body.halt();
    this.#mode = { kind: 'safe', fault };
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#restart(), backoffMs(this.#beginnings.restart, this.#restarts, Math.random()));
    this.#restarts += 1;
    this.#changed();
  }

  #restart(): Promise<Result<undefined, ControllerError>> {
    return this.#serially(async () => this.#safeUnless(await this.#begin()));
  }

  #safeUnless(begun: Result<undefined, ControllerError>): Result<undefined, ControllerError> {
    if (!begun.ok) this.#enterSafeState(begun.error);
    return begun;
  }

  async #endLife(): Promise<void> {
    const life = this.#running;
    this.#running = undefined;
    if (life === undefined) return;
    this.#lastState = life.shell.state();
    life.shell.halt();
    this.near.closeAll();
    life.store.close();
    await life.link.close();
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** The machine's clocks. */
export const reading = (): Reading => ({ monotonicMs: Math.floor(performance.now()), rtcMs: Date.now() });

// File and line, without the message: messages quote values.
const placeOf = (error: unknown): string => {
  const place = error instanceof Error ? /([\w-]+)\.ts:(\d+)/.exec(error.stack ?? '') : null;
  return place === null ? 'unknown' : `${place[1]}-ts-${place[2]}`;
};

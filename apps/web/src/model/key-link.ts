// One connection to an electronic key: wallet's machine of it (key-update.ts), over whatever wire, with the hub behind. It keeps the time, and ends
// the wire when it is over.

import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { Carried } from '@mortise/wallet/carried.ts';
import { meetKey, stepUpdate, type KeyUpdate, type MetKey, type UpdateCut, type UpdateEffect, type UpdateInput } from '@mortise/wallet/key-update.ts';
import type { OpenWire, Wire } from './key-wire.ts';

/** Hands over what the key said; answers what is to be said to it. */
export type HubOfKeys<F> = (messages: readonly Bytes[]) => Promise<Result<{ readonly messages: readonly Bytes[]; readonly more: boolean }, F>>;

/** `nobody`: no wire came about. `silent`: one did, and nobody said anything. `no-key`: what came is no word of a key. */
export type MeetFault = 'nobody' | 'silent' | 'no-key';

export type UpdateEnd<F> =
  | { readonly kind: 'done'; readonly more: boolean; readonly key: MetKey; readonly carried: Carried }
  /** `failure`: the hub's, where it gave no answer. */
  | { readonly kind: 'cut'; readonly by: UpdateCut; readonly failure: F | undefined; readonly key: MetKey; readonly carried: Carried };

export type KeyLink = {
  readonly key: MetKey;
  /** Once; passes on until neither has anything more to say, or one of them is gone. `isBrief`: until the hub has heard the key, without waiting for more. */
  readonly update: <F>(hub: HubOfKeys<F>, onCarried: (carried: Carried, key: MetKey) => void, isBrief?: boolean) => Promise<UpdateEnd<F>>;
  readonly close: () => void;
};

/** In ms: how long a key may take to say who it is; what comes within so long goes out together; when nothing came for so long, there is no more to come; how long a wire may take to end. */
export type Patience = { readonly meetMs: number; readonly gatherMs: number; readonly quietMs: number; readonly endMs: number };
export const PATIENCE: Patience = { meetMs: 3000, gatherMs: 25, quietMs: 900, endMs: 1500 };

/** Connects, and waits for the key's own word. */
export const meetAt = async (open: OpenWire, patience: Patience = PATIENCE): Promise<Result<KeyLink, MeetFault>> => {
  const talk = new Talk(patience);
  const wire = await open({ bytes: (bytes) => talk.put({ kind: 'bytes', bytes }), ended: () => talk.ended() });
  if (wire === undefined) return err('nobody');
  return talk.over(wire);
};

type Finished = Extract<UpdateEffect, { kind: 'done' | 'cut' }>;

class Talk {
  #state: KeyUpdate = meetKey();
  #wire: Wire | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isHeard = false;
  readonly #patience: Patience;
  readonly #met = Promise.withResolvers<MetKey | undefined>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<Finished>();
  #ask: (messages: readonly Bytes[]) => void = () => undefined;
  #tell: (carried: Carried) => void = () => undefined;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  readonly put = (input: UpdateInput): void => {
    if (input.kind === 'bytes') this.#isHeard = true;
    const { state, effects } = stepUpdate(nobleCrypto, this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state.phase === 'updating') this.#wait(this.#patience.quietMs);
  };

  ended(): void {
    this.#gone.resolve();
    this.put({ kind: 'lost' });
  }

  async over(wire: Wire): Promise<Result<KeyLink, MeetFault>> {
    this.#wire = wire;
    if (this.#state.phase === 'over') wire.close();
    if (this.#state.phase === 'meeting') this.#wait(this.#patience.meetMs);
    const key = await this.#met.promise;
    if (key === undefined) return err(this.#isHeard ? 'no-key' : 'silent');
    return ok({ key, update: (hub, onCarried, isBrief = false) => this.#update(hub, onCarried, isBrief), close: () => this.#end() });
  }

  async #update<F>(hub: HubOfKeys<F>, onCarried: (carried: Carried, key: MetKey) => void, isBrief: boolean): Promise<UpdateEnd<F>> {
    let failure: F | undefined;
    this.#tell = (carried) => onCarried(carried, this.#key());
    this.#ask = (messages) => void hub(messages).then((answer) => {
      if (!answer.ok) failure = answer.error;
      this.put(answer.ok ? { kind: 'answered', ...answer.value } : { kind: 'unanswered' });
      if (isBrief) this.put({ kind: 'quiet' });
    });
    this.put({ kind: 'go' });
    const finished = await this.#finished.promise;
    // A wire is begun anew once it has ended.
    await Promise.race([this.#gone.promise, new Promise((resolve) => { setTimeout(resolve, this.#patience.endMs); })]);
    const { carried } = this.#state;
    return finished.kind === 'done' ? { kind: 'done', more: finished.more, key: this.#key(), carried } : { kind: 'cut', by: finished.by, failure, key: this.#key(), carried };
  }

  #key(): MetKey {
    return required(this.#state.last, 'a key that is updated was met');
  }

  #carryOut(effect: UpdateEffect): void {
    switch (effect.kind) {
      case 'write':
        this.#wire?.write(effect.bytes);
        return;
      case 'met':
        clearTimeout(this.#timer);
        this.#met.resolve(effect.key);
        return;
      case 'gather':
        setTimeout(() => this.put({ kind: 'gathered' }), this.#patience.gatherMs);
        return;
      case 'post':
        this.#ask(effect.messages);
        return;
      case 'carried':
        this.#tell(effect.carried);
        return;
      default:
        this.#finish(effect);
    }
  }

  #finish(effect: Finished): void {
    this.#met.resolve(undefined);
    this.#finished.resolve(effect);
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#wire?.close();
    this.put({ kind: 'lost' });
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.put({ kind: 'quiet' }), ms);
  }
}

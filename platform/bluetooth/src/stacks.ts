// noble and bleno, each put on an adapter of its own choice, sheltered, and without the habits of theirs that a process of ours cannot have:
// ending it on a signal, writing on its standard output, looking at a stopped adapter for ever.

import { createRequire } from 'node:module';
import type { Bleno } from '@stoprocent/bleno';
import type { Noble } from '@stoprocent/noble';
import type { Adapter } from './adapter.ts';
import { shelve, takeOverDrivers, unshelve } from './load-driver.ts';
import { sheltered, type Fault } from './shelter.ts';

type Stack = { on(event: 'stateChange', listener: (state: string) => void): unknown; stop(): void };
type WithBindings<S> = { withBindings(kind: 'hci', options: { readonly hciDriver: string; readonly deviceId: number }): S };

export type Peripheral = Bleno & { disconnect(handle: number): void };

/** A stack on an adapter. `isIdle`: nothing waits or is under way to this connection. `stop` may be called twice. */
export type Stacked<S> = { readonly stack: S; readonly waitingBytes: (handle: number) => number; readonly isIdle: (handle: number) => boolean; readonly stop: () => void };

export type Hearing = {
  /** As the stack has it: poweredOn, poweredOff, unauthorized, unsupported. */
  readonly state: (state: string) => void;
  readonly fault: (fault: Fault, handle: number) => void;
};

let count = 0;

/** Throws what the stack throws: the adapter is not there, or not for this user; or the stack is not installed. */
export const putBleno = (adapter: Adapter, hearing: Hearing): Stacked<Peripheral> => {
  takeOverDrivers();
  const bleno: WithBindings<Peripheral> = createRequire(import.meta.url)('@stoprocent/bleno');
  return put(bleno, adapter, hearing);
};

/** As `putBleno`. */
export const putNoble = (adapter: Adapter, hearing: Hearing): Stacked<Noble> => {
  takeOverDrivers();
  const noble: WithBindings<Noble> = createRequire(import.meta.url)('@stoprocent/noble');
  return put(noble, adapter, hearing);
};

const put = <S extends Stack>(module: WithBindings<S>, adapter: Adapter, hearing: Hearing): Stacked<S> => {
  count += 1;
  const name = `adapter ${count}`;
  const { driver, waitingBytes, isIdle } = sheltered(adapter.driver, hearing.fault);
  shelve(name, driver);
  const stack = module.withBindings('hci', { hciDriver: name, deviceId: adapter.device });
  beQuiet(stack);
  let isStopped = false;
  const listeners = process.listeners('SIGINT');
  // Asked for its state noble begins at once, and throws here what it would throw where nobody hears it.
  const begun: unknown = Reflect.get(stack, 'state');
  stack.on('stateChange', (state) => { if (!isStopped) hearing.state(state); });
  if (typeof begun === 'string' && PRINTED.has(begun)) queueMicrotask(() => hearing.state(begun));
  leaveSignals(listeners);
  return {
    stack, waitingBytes, isIdle,
    stop: () => {
      if (isStopped) return;
      isStopped = true;
      lookNoMore(stack);
      stack.stop();
      unshelve(name);
      adapter.close();
    },
  };
};

// The bindings print what they think of an adapter's state; a lock's standard output is no place for it.
const beQuiet = (stack: object): void => {
  const bindings: unknown = Reflect.get(stack, '_bindings');
  if (typeof bindings !== 'object' || bindings === null) return;
  const [print, tell]: readonly unknown[] = [Reflect.get(bindings, 'onStateChange'), Reflect.get(bindings, 'emit')];
  if (typeof print !== 'function' || typeof tell !== 'function') return;
  Reflect.set(bindings, 'onStateChange', (state: string) => {
    Reflect.apply(PRINTED.has(state) ? tell : print, bindings, PRINTED.has(state) ? ['stateChange', state] : [state]);
  });
};

type SignalListener = ReturnType<typeof process.listeners<'SIGINT'>>[number];

const PRINTED: ReadonlySet<string> = new Set(['unauthorized', 'unsupported']);

// What ends the process is for the process to say.
const leaveSignals = (before: readonly SignalListener[]): void => {
  for (const listener of process.listeners('SIGINT')) if (!before.includes(listener)) process.removeListener('SIGINT', listener);
};

// bleno looks each second whether its adapter is up, even when stopped.
const lookNoMore = (stack: object): void => {
  const hci: unknown = Reflect.get(Object(Reflect.get(stack, '_bindings')), '_hci');
  if (typeof hci === 'object' && hci !== null) Reflect.set(hci, 'pollIsDevUp', () => undefined);
};

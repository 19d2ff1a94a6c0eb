// Passive locks and electronic keys as processes of their own, as in life: started, spoken to by their Workbenches, killed without notice.

import { ekeyWorkbench, type EkeyAction, type EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { passiveBody, type PassiveAction, type PassiveBody } from '@mortise/api/passive-workbench.ts';
import { startNode, type Running } from './processes.ts';
import { programOf, type Program } from './programs.ts';

/** `look`: its body now; `act`: answers `done`, or the refusal's code. `said`: its first word. */
export type DeviceProcess<View, Action> = {
  readonly running: Running;
  readonly said: ReadonlyMap<string, string>;
  readonly look: () => Promise<View>;
  readonly act: (action: Action) => Promise<string>;
  /** Looks again until it is so; rejects with what it saw last. */
  readonly until: (what: string, isSo: (view: View) => boolean) => Promise<View>;
};

export type LockProcess = DeviceProcess<PassiveBody, PassiveAction>;
export type KeyProcess = DeviceProcess<EkeyWorkbench, EkeyAction>;

const PATIENCE_MS = 15_000;
const LOOK_MS = 20;

export const startPassiveLock = (data: string, workbenchPort = 0): Promise<LockProcess> =>
  start(['--passive', '--data', data, '--workbench-port', String(workbenchPort), '--name', 'Test cabinet'], 'controller', (json) => passiveBody.parse(json));

export const startKey = (data: string, more: readonly string[] = [], workbenchPort = 0): Promise<KeyProcess> =>
  start(['--data', data, '--workbench-port', String(workbenchPort), '--name', 'Test key', ...more], 'electronic-key', (json) => ekeyWorkbench.parse(json));

const start = async <View, Action>(argv: readonly string[], program: Program, read: (json: unknown) => View): Promise<DeviceProcess<View, Action>> => {
  const running = startNode([programOf(program), ...argv]);
  const [line] = await running.line(/^\{"ready":.*$/);
  const said = new Map(Object.entries(wordsOf(line)));
  const address = new URL('/api/body', said.get('workbench'));
  const look = async (): Promise<View> => read(await (await fetch(address)).json());
  const act = async (action: Action): Promise<string> => codeOf(await (await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(action) })).json());
  return { running, said, look, act, until: (what, isSo) => lookUntil(look, what, isSo) };
};

const lookUntil = async <View>(look: () => Promise<View>, what: string, isSo: (view: View) => boolean): Promise<View> => {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const view = await look();
    if (isSo(view)) return view;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}: ${JSON.stringify(view)}`);
    await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
  }
};

const wordsOf = (line: string): Readonly<Record<string, string>> => {
  const said: unknown = JSON.parse(line);
  return typeof said === 'object' && said !== null ? Object.fromEntries(Object.entries(said).map(([name, value]) => [name, String(value)])) : {};
};

const codeOf = (json: unknown): string => {
  const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'done';
};

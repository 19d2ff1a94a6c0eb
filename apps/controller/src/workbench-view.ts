// The controller as the Workbench sees it: its state in one value, and its actions.

import type { WorkbenchAction, WorkbenchBody } from '@mortise/api/workbench.ts';
import { unreachable } from '@mortise/base/assert.ts';
import { err, ok } from '@mortise/base/result.ts';
import { throwsBy, type Calibration } from '@mortise/lock/calibration.ts';
import { view } from '@mortise/lock/view.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Bluetooth } from './bluetooth.ts';
import type { Controller } from './controller.ts';
import { deskReader } from './desk-reader.ts';
import type { VirtualBody } from './virtual-body.ts';
import type { WorkbenchPorts } from './workbench.ts';

type Radio = Pick<Bluetooth, 'standing' | 'watch'>;

/** The ports of the Workbench over a controller and its body; `pageRoot` is where the built page lies. */
export const workbenchPorts = (controller: Controller, body: VirtualBody, name: string, pageRoot: string, radio?: Radio): WorkbenchPorts => ({
  pageRoot,
  near: controller.near,
  sockets: [deskReader(controller.pad)],
  read: () => ({ ...viewOf(controller, body, name), radio: radio?.standing() ?? null }),
  watch: (watcher) => {
    const stops = [controller.watch(watcher), body.watch(watcher), ...(radio === undefined ? [] : [radio.watch(watcher)])];
    return () => stops.forEach((stop) => stop());
  },
  act: (action) => act(controller, body, action),
});

const viewOf = (controller: Controller, body: VirtualBody, name: string): Omit<WorkbenchBody, 'radio'> => {
  const { doorOpen, calibration, ...now } = body.state();
  const mode = controller.mode();
  return {
    ...lockView(controller), ...now, name, door: doorOpen ? 'open' : 'closed', travel: travelOf(calibration),
    pad: { enrolling: controller.pad.enrolling() ?? null, fingers: controller.pad.fingerSlots().length, card: controller.laidCard() ?? null }, link: controller.linkState(), mode: mode.kind, canReset: now.position === 'withdrawn',
    fault: mode.kind === 'safe' ? mode.fault.message : null,
  };
};

const travelOf = (calibration: Calibration | null): WorkbenchBody['travel'] =>
  calibration && { degrees: Math.abs(calibration.thrownAt - calibration.withdrawnAt) / 10, throws: throwsBy(calibration) };

const lockView = (controller: Controller): Pick<WorkbenchBody, 'lockId' | 'bolt' | 'doorIs' | 'held' | 'adopted' | 'setup'> => {
  const state = controller.lockState();
  if (state === undefined) return lifeless(controller);
  const { lockId, bolt, doorIs, held, adopted, setup = null } = view(nodeCrypto, state);
  // In the safe state nothing is sensed, and nobody can adopt.
  return controller.mode().kind === 'running' ? { lockId, bolt, doorIs, held, adopted, setup } : { lockId, bolt: 'unknown', doorIs: 'none', held: false, adopted, setup: null };
};

// Only of a lock that never lived is it read from its files.
const lifeless = (controller: Controller): ReturnType<typeof lockView> => {
  const identity = controller.identity();
  return { lockId: identity?.lockId ?? '', bolt: 'unknown', doorIs: 'none', held: false, adopted: identity?.isOwned ?? false, setup: null };
};

const PART_OF = { 'battery': undefined, 'keypad-battery': 'keypad', 'door-sensor-battery': 'doorSensor' } as const;

const markAt = (body: VirtualBody, end: 'thrown' | 'withdrawn'): Awaited<ReturnType<WorkbenchPorts['act']>> => {
  const marked = body.mark(end);
  return marked.ok ? ok(undefined) : err({ code: marked.error.code, message: 'The two ends are no travel of a deadbolt. Turn the thumb-turn to each end, and mark each there.' });
};

const act = async (controller: Controller, body: VirtualBody, action: WorkbenchAction): ReturnType<WorkbenchPorts['act']> => {
  switch (action.action) {
    case 'thumb-turn':
      body.turnThumb(action.to ?? (body.sense().position === 'thrown' ? 'withdrawn' : 'thrown'));
      return ok(undefined);
    case 'door':
      body.moveDoor(action.open);
      return ok(undefined);
    case 'battery':
    case 'keypad-battery':
    case 'door-sensor-battery':
      body.setBattery(action.mv, PART_OF[action.action]);
      return ok(undefined);
    case 'handle':
      body.pressHandle();
      return ok(undefined);
    case 'exit':
    case 'fire':
    case 'tamper':
      body.set({ [action.action]: action.on });
      return ok(undefined);
    case 'power':
      body.set({ hasPower: action.on });
      return ok(undefined);
    case 'temperature':
      body.set({ celsius: action.celsius });
      return ok(undefined);
    case 'mark':
      return markAt(body, action.end);
    case 'jam':
      body.setJam(action.on);
      return ok(undefined);
    case 'link':
      controller.wantLink(action.on);
      return ok(undefined);
    case 'type':
      controller.pad.type(action.digits, 'unlock');
      return ok(undefined);
    case 'type-to-lock':
      controller.pad.type(action.digits, 'lock');
      return ok(undefined);
    case 'finger':
      controller.pad.touch(action.finger, 'unlock');
      return ok(undefined);
    case 'card':
      controller.layCard(action.card ?? undefined);
      return ok(undefined);
    case 'reset':
      return controller.reset();
    default:
      return unreachable(action);
  }
};

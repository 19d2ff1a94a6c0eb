// The controller as the Workbench sees it: its state in one value, and its actions.

import type { WorkbenchAction, WorkbenchBody } from '@mortise/api/workbench.ts';
import { unreachable } from '@mortise/base/assert.ts';
import { ok } from '@mortise/base/result.ts';
import { view } from '@mortise/lock/view.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Controller } from './controller.ts';
import { deskReader } from './desk-reader.ts';
import type { VirtualBody } from './virtual-body.ts';
import type { WorkbenchPorts } from './workbench.ts';

/** The ports of the Workbench over a controller and its body; `pageRoot` is where the built page lies. */
export const workbenchPorts = (controller: Controller, body: VirtualBody, name: string, pageRoot: string): WorkbenchPorts => ({
  pageRoot,
  near: controller.near,
  sockets: [deskReader(controller.pad)],
  read: () => viewOf(controller, body, name),
  watch: (watcher) => {
    const stops = [controller.watch(watcher), body.watch(watcher)];
    return () => stops.forEach((stop) => stop());
  },
  act: (action) => act(controller, body, action),
});

const viewOf = (controller: Controller, body: VirtualBody, name: string): WorkbenchBody => {
  const { position, doorOpen, batteryMv, motor, jammed, signal } = body.state();
  const mode = controller.mode();
  return {
    ...lockView(controller), name, position, motor, door: doorOpen ? 'open' : 'closed', batteryMv, jammed, signal,
    pad: { enrolling: controller.pad.enrolling() ?? null, fingers: controller.pad.fingerSlots().length, card: controller.laidCard() ?? null }, link: controller.linkState(), mode: mode.kind, canReset: position === 'withdrawn',
    fault: mode.kind === 'safe' ? mode.fault.message : null,
  };
};

const lockView = (controller: Controller): Pick<WorkbenchBody, 'lockId' | 'bolt' | 'adopted' | 'setup'> => {
  const state = controller.lockState();
  if (state === undefined) return { lockId: '', bolt: 'unknown', adopted: false, setup: null };
  const { lockId, bolt, adopted, setup = null } = view(nodeCrypto, state);
  // In the safe state nothing is sensed, and nobody can adopt.
  return controller.mode().kind === 'running' ? { lockId, bolt, adopted, setup } : { lockId, bolt: 'unknown', adopted, setup: null };
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
      body.setBattery(action.mv);
      return ok(undefined);
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

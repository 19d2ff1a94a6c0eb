// The controller as the Workbench sees it: its state in one value, and its actions.

import { unreachable } from '@mortise/base/assert.ts';
import { ok } from '@mortise/base/result.ts';
import { encodeSetupCode, encodeSetupQr } from '@mortise/documents/setup-code.ts';
import { SAID } from '@mortise/lock/bolt.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Controller } from './controller.ts';
import type { VirtualBody } from './virtual-body.ts';
import type { WorkbenchAction, WorkbenchBody } from './workbench-body.ts';
import type { WorkbenchPorts } from './workbench.ts';

/** The ports of the Workbench over a controller and its body; `pageRoot` is where the built page lies. */
export const workbenchPorts = (controller: Controller, body: VirtualBody, name: string, pageRoot: string): WorkbenchPorts => ({
  pageRoot,
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
    link: controller.linkState(), mode: mode.kind, canReset: position === 'withdrawn',
    fault: mode.kind === 'safe' ? mode.fault.message : null,
  };
};

const lockView = (controller: Controller): Pick<WorkbenchBody, 'lockId' | 'bolt' | 'adopted' | 'setup'> => {
  const state = controller.lockState();
  if (state === undefined) return { lockId: '', bolt: 'unknown', adopted: false, setup: null };
  const { lockId, membership } = state;
  const isRunning = controller.mode().kind === 'running';
  const bolt = isRunning ? SAID[state.sensors.bolt.phase] : 'unknown';
  if (membership.kind === 'adopted' || !isRunning) return { lockId, bolt, adopted: membership.kind === 'adopted', setup: null };
  const label = { lockId, secret: membership.setupSecret };
  return { lockId, bolt, adopted: false, setup: { text: encodeSetupCode(nodeCrypto, label), qr: encodeSetupQr(nodeCrypto, label) } };
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
    case 'reset':
      return controller.reset();
    default:
      return unreachable(action);
  }
};

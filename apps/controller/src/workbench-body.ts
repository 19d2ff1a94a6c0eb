// What the Workbench shows and what a person may do there: the JSON of its API. Actions are what hands can do to a lock's body;
// none of them asks the lock for anything.

import type { Position } from '@mortise/lock/events.ts';
import type { Sensed } from '@mortise/journal/record.ts';
import { isBattery } from './physical.ts';
import type { Motor, VirtualBodyState } from './virtual-body.ts';

export type WorkbenchBody = {
  readonly lockId: string;
  readonly name: string;
  readonly position: Position;
  readonly motor: Motor;
  /** What the lock says that it sensed. */
  readonly bolt: Sensed['bolt'];
  readonly door: 'open' | 'closed';
  readonly batteryMv: number;
  readonly jammed: boolean;
  readonly link: { readonly wanted: boolean; readonly up: boolean };
  readonly adopted: boolean;
  /** The setup code, only in factory state. */
  readonly setup: { readonly text: string; readonly qr: string } | null;
  readonly mode: 'running' | 'safe';
  /** Why the lock is in its safe state, as a sentence. */
  readonly fault: string | null;
  readonly signal: VirtualBodyState['signal'];
  /** Whether the reset button would do anything: it needs the bolt withdrawn. */
  readonly canReset: boolean;
};

export type WorkbenchAction =
  | { readonly action: 'thumb-turn'; readonly to: 'thrown' | 'withdrawn' | undefined }
  | { readonly action: 'door'; readonly open: boolean }
  | { readonly action: 'battery'; readonly mv: number }
  | { readonly action: 'jam'; readonly on: boolean }
  | { readonly action: 'link'; readonly on: boolean }
  | { readonly action: 'reset' };

/** What is taken, in words for a refusal. */
export const ACTION_FORMS =
  '{"action":"thumb-turn","to":"thrown"|"withdrawn"} ("to" may be absent), {"action":"door","open":true|false}, {"action":"battery","mv":0…9000}, ' +
  '{"action":"jam","on":true|false}, {"action":"link","on":true|false} or {"action":"reset"}';

/** Takes any JSON value; undefined when it is not exactly one of the forms above. */
export const parseAction = (value: unknown): WorkbenchAction | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const action = fields.get('action');
  const [key = 'none', more] = [...fields.keys()].filter((name) => name !== 'action');
  return more === undefined ? actionOf(action, key, fields.get(key)) : undefined;
};

const actionOf = (action: unknown, key: string, value: unknown): WorkbenchAction | undefined => {
  switch (`${String(action)} ${key}`) {
    case 'thumb-turn none':
      return { action: 'thumb-turn', to: undefined };
    case 'thumb-turn to':
      return value === 'thrown' || value === 'withdrawn' ? { action: 'thumb-turn', to: value } : undefined;
    case 'door open':
      return typeof value === 'boolean' ? { action: 'door', open: value } : undefined;
    case 'battery mv':
      return isBattery(value) ? { action: 'battery', mv: value } : undefined;
    case 'jam on':
      return typeof value === 'boolean' ? { action: 'jam', on: value } : undefined;
    case 'link on':
      return typeof value === 'boolean' ? { action: 'link', on: value } : undefined;
    case 'reset none':
      return { action: 'reset' };
    default:
      return undefined;
  }
};

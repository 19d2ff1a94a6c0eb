// What a person may do at the Workbench, as the controller takes it: any JSON, until it is exactly one of the forms. By hand, so that a
// lock's process needs no schemas at run time.

import type { WorkbenchAction } from '@mortise/api/workbench.ts';
import { isCardName } from './card-drawer.ts';
import { isBattery } from './physical.ts';

/** What is taken, in words for a refusal. */
export const ACTION_FORMS =
  '{"action":"thumb-turn","to":"thrown"|"withdrawn"} ("to" may be absent), {"action":"door","open":true|false}, {"action":"battery","mv":0…9000}, ' +
  '{"action":"jam","on":true|false}, {"action":"link","on":true|false}, {"action":"type"|"type-to-lock","digits":…}, {"action":"finger","finger":…}, {"action":"card","card":"blue"|"white"|null} or {"action":"reset"}';

/** Takes any JSON value; undefined when it is not exactly one of the forms above. */
export const parseAction = (value: unknown): WorkbenchAction | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const action = fields.get('action');
  const [key = 'none', more] = [...fields.keys()].filter((name) => name !== 'action');
  return more === undefined ? actionOf(action, key, fields.get(key)) : undefined;
};

/** More than any keypad takes, and any finger's name. */
const MAX_TEXT = 64;
const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT;

const actionOf = (action: unknown, key: string, value: unknown): WorkbenchAction | undefined => {
  switch (`${String(action)} ${key}`) {
    case 'thumb-turn none':
      return { action: 'thumb-turn' };
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
    case 'type digits':
      return isShort(value) ? { action: 'type', digits: value } : undefined;
    case 'type-to-lock digits':
      return isShort(value) ? { action: 'type-to-lock', digits: value } : undefined;
    case 'finger finger':
      return isShort(value) ? { action: 'finger', finger: value } : undefined;
    case 'card card':
      return value === null || isCardName(value) ? { action: 'card', card: value } : undefined;
    case 'reset none':
      return { action: 'reset' };
    default:
      return undefined;
  }
};

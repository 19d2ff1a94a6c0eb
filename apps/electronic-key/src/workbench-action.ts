// What a person may do at a key's Workbench: any JSON, until it is exactly one of the forms.

import { MAX_CLOCK_MOVE_MS, MAX_LIFT_AFTER_BYTES, type EkeyAction } from '@mortise/api/ekey-workbench.ts';
import { isBattery } from './key-body.ts';

/** What is taken, in words for a refusal. */
export const ACTION_FORMS =
  '{"action":"lock","address":"http://localhost:PORT/"}, {"action":"touch"} ("liftAfter":bytes may be there), {"action":"lift"}, {"action":"turn","to":"thrown"|"withdrawn"}, ' +
  '{"action":"pin","digits":"…"}, {"action":"choose-pin","digits":"…"}, {"action":"battery","mv":0…5000}, {"action":"clock","moveMs":milliseconds}, {"action":"clock-lost"}, {"action":"update"} or {"action":"reset"}';

/** Takes any JSON value; undefined when it is not exactly one of the forms above. */
export const parseAction = (value: unknown): EkeyAction | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [key = 'none', more] = [...fields.keys()].filter((name) => name !== 'action');
  return more === undefined ? actionOf(`${String(fields.get('action'))} ${key}`, fields.get(key)) : undefined;
};

const actionOf = (form: string, value: unknown): EkeyAction | undefined => {
  switch (form) {
    case 'lock address':
      return typeof value === 'string' ? { action: 'lock', address: value } : undefined;
    case 'touch none':
      return { action: 'touch' };
    case 'touch liftAfter':
      return isWhole(value, 0, MAX_LIFT_AFTER_BYTES) ? { action: 'touch', liftAfter: value } : undefined;
    case 'turn to':
      return value === 'thrown' || value === 'withdrawn' ? { action: 'turn', to: value } : undefined;
    case 'pin digits':
      return isDigits(value) ? { action: 'pin', digits: value } : undefined;
    case 'choose-pin digits':
      return isDigits(value) ? { action: 'choose-pin', digits: value } : undefined;
    case 'battery mv':
      return isBattery(value) ? { action: 'battery', mv: value } : undefined;
    case 'clock moveMs':
      return isWhole(value, -MAX_CLOCK_MOVE_MS, MAX_CLOCK_MOVE_MS) ? { action: 'clock', moveMs: value } : undefined;
    default:
      return plainAction(form);
  }
};

const PLAIN = ['lift', 'clock-lost', 'update', 'reset'] as const;

const plainAction = (form: string): EkeyAction | undefined => {
  const action = PLAIN.find((each) => form === `${each} none`);
  return action && { action };
};

const isWhole = (value: unknown, min: number, max: number): value is number => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

const isDigits = (value: unknown): value is string => typeof value === 'string' && /^\d{1,12}$/.test(value);

// What a person may do at the Workbench, as the controller takes it: any JSON, until it is exactly one of the forms. By hand, so that a
// lock's process needs no schemas at run time.

import type { WorkbenchAction } from '@mortise/api/workbench.ts';
import { isCardName } from './card-drawer.ts';
import { isBattery, isCelsius } from './physical.ts';

/** What is taken, in words for a refusal. */
export const ACTION_FORMS =
  '{"action":"thumb-turn","to":"thrown"|"withdrawn"} ("to" may be absent), {"action":"handle"}, {"action":"door","open":true|false}, ' +
  '{"action":"battery"|"keypad-battery"|"door-sensor-battery","mv":0…9000}, {"action":"temperature","celsius":-60…120}, ' +
  '{"action":"jam"|"link"|"exit"|"fire"|"tamper"|"power","on":true|false}, {"action":"mark","end":"thrown"|"withdrawn"}, ' +
  '{"action":"type"|"type-to-lock","digits":…}, {"action":"finger","finger":…}, {"action":"card","card":"blue"|"white"|null} or {"action":"reset"}';

/** Takes any JSON value; undefined when it is not exactly one of the forms above. */
export const parseAction = (value: unknown): WorkbenchAction | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const action = fields.get('action');
  const [key = 'none', more] = [...fields.keys()].filter((name) => name !== 'action');
  if (typeof action !== 'string' || more !== undefined) return undefined;
  return Object.hasOwn(FORMS, `${action} ${key}`) ? FORMS[`${action} ${key}`]?.(fields.get(key)) : undefined;
};

type Read = (value: unknown) => WorkbenchAction | undefined;

const switched = (action: 'jam' | 'link' | 'exit' | 'fire' | 'tamper' | 'power'): Read => (on) => (typeof on === 'boolean' ? { action, on } : undefined);
const charged = (action: 'battery' | 'keypad-battery' | 'door-sensor-battery'): Read => (mv) => (isBattery(mv) ? { action, mv } : undefined);
const isEnd = (value: unknown): value is 'thrown' | 'withdrawn' => value === 'thrown' || value === 'withdrawn';

/** More than any keypad takes, and any finger's name. */
const MAX_TEXT = 64;
const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT;

/** By the action and the one key beside it. */
const FORMS: { readonly [form: string]: Read } = {
  'thumb-turn none': () => ({ action: 'thumb-turn' }),
  'thumb-turn to': (to) => (isEnd(to) ? { action: 'thumb-turn', to } : undefined),
  'handle none': () => ({ action: 'handle' }),
  'door open': (open) => (typeof open === 'boolean' ? { action: 'door', open } : undefined),
  'battery mv': charged('battery'),
  'keypad-battery mv': charged('keypad-battery'),
  'door-sensor-battery mv': charged('door-sensor-battery'),
  'temperature celsius': (celsius) => (isCelsius(celsius) ? { action: 'temperature', celsius } : undefined),
  'jam on': switched('jam'),
  'link on': switched('link'),
  'exit on': switched('exit'),
  'fire on': switched('fire'),
  'tamper on': switched('tamper'),
  'power on': switched('power'),
  'mark end': (end) => (isEnd(end) ? { action: 'mark', end } : undefined),
  'type digits': (digits) => (isShort(digits) ? { action: 'type', digits } : undefined),
  'type-to-lock digits': (digits) => (isShort(digits) ? { action: 'type-to-lock', digits } : undefined),
  'finger finger': (finger) => (isShort(finger) ? { action: 'finger', finger } : undefined),
  'card card': (card) => (card === null || isCardName(card) ? { action: 'card', card } : undefined),
  'reset none': () => ({ action: 'reset' }),
};

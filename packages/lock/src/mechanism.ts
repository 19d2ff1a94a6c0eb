// What a lock is built into: the kind of mechanism, and how it is wired. It stands in the board's configuration, not in the roster and not in the lock's
// store: the shell says it at each start, as it says the profile. This table is all that differs between kinds; the rest of the lock asks it.

import type { Verb } from '@mortise/aliro/vendor.ts';
import type { MechanismName, Opening } from '@mortise/courier/built.ts';
import type { Ask, BoltKind } from './bolt.ts';
import { DEADBOLT_KIND } from './deadbolt.ts';
import { HAND_KIND } from './hand-bolt.ts';
import { MORTISE_KIND } from './mortise-bolt.ts';
import { PULSED_KIND, STANDING_KIND } from './release.ts';

/**
 * `opening`: whether one opening releases for a moment (`pulse`) or until it is locked again (`stand`); a bolt always stands. `withoutPower`: a bolt `stays`; a coil that is
 * `fail-safe` releases, one that is `fail-secure` secures. `hasExit`: whether request-to-exit is wired to the lock; without it a
 * door that opens beside a secured strike may have been opened by the handle inside, and is not called forced.
 */
export type Mechanism = {
  readonly name: MechanismName;
  readonly opening: Opening;
  readonly withoutPower: 'stays' | 'fail-safe' | 'fail-secure';
  readonly hasExit: boolean;
};

/** Each kind as it is built most often; a board's configuration may differ where isMechanism lets it. */
export const MECHANISMS: { readonly [N in MechanismName]: Mechanism } = {
  deadbolt: { name: 'deadbolt', opening: 'stand', withoutPower: 'stays', hasExit: false },
  mortise: { name: 'mortise', opening: 'stand', withoutPower: 'stays', hasExit: false },
  strike: { name: 'strike', opening: 'pulse', withoutPower: 'fail-secure', hasExit: true },
  magnet: { name: 'magnet', opening: 'pulse', withoutPower: 'fail-safe', hasExit: true },
  gate: { name: 'gate', opening: 'pulse', withoutPower: 'fail-secure', hasExit: true },
  hand: { name: 'hand', opening: 'stand', withoutPower: 'stays', hasExit: false },
};

/** What may be built: a bolt stays where it is, a coil does not; a magnet holds by its current alone. */
const WITHOUT_POWER: { readonly [N in MechanismName]: readonly Mechanism['withoutPower'][] } = {
  deadbolt: ['stays'], mortise: ['stays'], hand: ['stays'], strike: ['fail-safe', 'fail-secure'], magnet: ['fail-safe'], gate: ['fail-safe', 'fail-secure'],
};

/** Whether such a mechanism can be. */
export const isMechanism = ({ name, opening, withoutPower }: Mechanism): boolean =>
  WITHOUT_POWER[name].includes(withoutPower) && (opening === 'stand' || withoutPower !== 'stays');

const BOLTS: { readonly [N in MechanismName]?: BoltKind } = { deadbolt: DEADBOLT_KIND, mortise: MORTISE_KIND, hand: HAND_KIND };

export const kindOf = ({ name, opening }: Mechanism): BoltKind => BOLTS[name] ?? (opening === 'pulse' ? PULSED_KIND : STANDING_KIND);

/** Whether the coil carries current to keep the door so. */
export const isEnergised = ({ withoutPower }: Mechanism, wanted: 'secured' | 'released'): boolean =>
  withoutPower === 'fail-safe' ? wanted === 'secured' : withoutPower === 'fail-secure' && wanted === 'released';

/** What is asked of the mechanism by a verb; a verb that is not here moves nothing. */
export const ASK_OF: { readonly [V in Verb]?: Ask } = { unlock: 'withdraw', lock: 'throw', unlatch: 'unlatch', holdUnlocked: 'hold' };

/** Whether the mechanism can do what the verb asks. */
export const canDo = (mechanism: Mechanism, verb: Verb): boolean => {
  const ask = verb === 'endHold' ? 'hold' : ASK_OF[verb];
  return ask === undefined ? verb === 'syncOnly' : kindOf(mechanism).asked[ask] !== undefined;
};

// What a lock sensed, in the words of what it is built into: a bolt is out or back, a strike or a gate is secured or released, a magnet holds its door or lets it go.

import type { Built } from '@mortise/courier/built.ts';
import type { Sensed } from '@mortise/journal/record.ts';

type Words = Readonly<Record<Sensed['bolt'], string>>;

const BOLT: Words = { locked: 'bolt out', unlocked: 'bolt back', unlatched: 'latch drawn', moving: 'bolt moving', unknown: 'bolt not at either end' };
const DOOR = { open: ', door open', closed: ', door closed', none: '' } as const;

const switched = (what: string): Words => ({ locked: `${what} secured`, unlocked: `${what} released`, unlatched: `${what} released`, moving: `${what} moving`, unknown: `${what} neither secured nor released` });

const OF: { readonly [M in Built['mechanism']]?: Words } = {
  strike: switched('strike'), gate: switched('gate'),
  magnet: { ...switched('magnet'), locked: 'magnet holds the door', unlocked: 'magnet lets go' },
};

/** "bolt out, door closed"; `built`: undefined: nobody has said how it is built. */
export const sensedWords = ({ bolt, door }: Pick<Sensed, 'bolt' | 'door'>, built: Built | undefined): string => (OF[built?.mechanism ?? 'deadbolt'] ?? BOLT)[bolt] + DOOR[door];

// What a lock is built as, as it says itself: powered, with a link of its own, or passive, without power, clock or link (ADR 28). Left out
// of a map it is `powered`, so that one meaning has one form.

import type { Cbor } from '@mortise/base/cbor.ts';
import type { Fields } from './fields.ts';

export type LockProfile = 'powered' | 'passive';

/** The field of a map that says it; none for a powered lock. */
export const profileFields = (profile: LockProfile): readonly (readonly [string, Cbor])[] => (profile === 'powered' ? [] : [['profile', profile]]);

/** Undefined: neither left out nor `passive`. */
export const readProfile = (read: Fields): LockProfile | undefined => {
  const said = read('profile');
  if (said === undefined) return 'powered';
  return said === 'passive' ? 'passive' : undefined;
};

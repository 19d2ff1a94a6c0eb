// A person whose phone is lost has owner keys that it can open: all that are wrapped for a passkey or a browser, and any of theirs that
// nobody can account for. They go. What stays is the recovery kit, a key that is wrapped nowhere; where it does not, a new kit takes its place.
// So that afterwards the person has two owner keys: one that a new passkey opens, and one on paper.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { MAX_OWNER_KEYS, type OwnerSet } from '@mortise/documents/owner-set.ts';

export type OwnKeys = {
  /** The person's owner keys, as the hub tells whose they are; 65 bytes each. */
  readonly own: readonly Bytes[];
  /** Every owner key that is wrapped in the hub's vault, whoever's it is. */
  readonly wrapped: readonly Bytes[];
  readonly inHand: Bytes;
  /** How the key in hand was opened: from the paper, or by a passkey. */
  readonly byKit: boolean;
  /** The paper is lost as well, or somebody may have read it. */
  readonly kitLost: boolean;
  /** Of a kit that was printed for this and may be in the set already, where the step was broken off. */
  readonly newKit: Bytes | undefined;
};

/** `gone`: of the present set. `kit`: the key on paper that stays; undefined: a new kit must be made. */
export type LostKeys = { readonly gone: readonly Bytes[]; readonly kit: Bytes | undefined };

export type LostKeysError = {
  readonly code:
    /** The key in hand is not among the person's. */
    | 'not-theirs'
    /** The set has no room for the new keys beside the old ones. */
    | 'too-many-owners';
};

const isIn = (keys: readonly Bytes[], key: Bytes): boolean => keys.some((each) => equalBytes(each, key));

// By the paper it is known which key is the kit's. By a passkey it is the one that nothing opens; of two such keys nobody knows which.
const kitOf = ({ own, wrapped, inHand, byKit, kitLost, newKit }: OwnKeys): Bytes | undefined => {
  if (newKit !== undefined && isIn(own, newKit)) return newKit;
  const papers = (byKit ? [inHand] : own).filter((key) => !isIn(wrapped, key));
  return kitLost || papers.length !== 1 ? undefined : papers[0];
};

/** Which keys of `ownerSet` go with the lost phone. */
export const lostKeys = (ownerSet: Pick<OwnerSet, 'keys'>, known: OwnKeys): Result<LostKeys, LostKeysError> => {
  const own = known.own.filter((key) => isIn(ownerSet.keys, key));
  if (!isIn(own, known.inHand)) return err({ code: 'not-theirs' });
  const kit = kitOf({ ...known, own });
  const coming = kit === undefined ? 2 : 1;
  if (ownerSet.keys.length + coming > MAX_OWNER_KEYS) return err({ code: 'too-many-owners' });
  return ok({ gone: own.filter((key) => kit === undefined || !equalBytes(key, kit)), kit });
};

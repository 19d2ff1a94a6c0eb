// May this credential do this here now, and why. Deny by default: a key without an entry, an entry without the right, a verb
// that the lock is not built for, an interface that is not known to be near: each is refused under its own reason.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { ClockQuality } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { RIGHTS, type TrustedEntry } from '@mortise/documents/trusted-entry.ts';

/** What can be asked of a lock (CONTRACTS: B2). */
export type AccessVerb =
  | 'unlock'
  | 'lock'
  | 'unlatch'
  | 'holdUnlocked'
  | 'endHold'
  | 'privacyOn'
  | 'privacyOff'
  | 'lockdownOn'
  | 'lockdownOff'
  | 'syncOnly';

export type AccessRequest = {
  readonly trusted: readonly TrustedEntry[];
  /** Of the roster that `trusted` comes from; the decision names it. */
  readonly rosterVersion: number;
  /** The proven key: 65 bytes. */
  readonly credentialKey: Bytes;
  /** Undefined when the request did not say what to do and the interface has no default. */
  readonly verb: AccessVerb | undefined;
  /** Aliro's interface byte: 5E NFC, C3 Bluetooth, F0 contact, F1 relay. */
  readonly interface: number;
  /** Trusted entries have no times, so that they open on a lost clock too; the record says which clock it was. */
  readonly clock: ClockQuality;
  /** The verbs that this lock can carry out. */
  readonly capabilities: readonly AccessVerb[];
};

export type Decision = {
  readonly allowed: boolean;
  readonly reason: Reason;
  /** `trusted:<roster version>` when an entry decided, `default:<roster version>` when there was none. */
  readonly rule: string;
  /** The entry's pseudonym, when there was an entry. */
  readonly pseudonym?: Bytes;
};

export const NEAR_INTERFACES: readonly number[] = [0x5e, 0xc3, 0xf0];

// A verb that is not named here asks for a right that no trusted entry has yet.
const RIGHT_OF: { readonly [verb in AccessVerb]?: number } = {
  unlock: RIGHTS.unlock, lock: RIGHTS.lock, unlatch: RIGHTS.unlatch, holdUnlocked: RIGHTS.hold, endHold: RIGHTS.hold,
};

/** Decides by the roster's trusted entries. The first rule that refuses is the reason. */
export const decide = (request: AccessRequest): Decision => {
  const entry = request.trusted.find(({ credentialKey }) => equalBytes(credentialKey, request.credentialKey));
  if (entry === undefined) return { allowed: false, reason: 'credential-unknown', rule: `default:${request.rosterVersion}` };
  const refusal = refusalOf(request, entry.rights);
  return {
    allowed: refusal === undefined,
    reason: refusal ?? (request.verb === 'lock' ? 'bolt-secured' : 'granted-trusted'),
    rule: `trusted:${request.rosterVersion}`,
    pseudonym: entry.pseudonym,
  };
};

const refusalOf = (request: AccessRequest, rights: number): Reason | undefined =>
  rightsRefusal(request, rights, NEAR_INTERFACES.includes(request.interface));

/** What rights leave open of what is asked, near or from afar: `verb-missing`, `verb-not-supported`, `right-missing`, `remote-not-allowed`. */
export const rightsRefusal = ({ verb, capabilities }: Pick<AccessRequest, 'verb' | 'capabilities'>, rights: number, near: boolean): Reason | undefined => {
  if (verb === undefined) return 'verb-missing';
  if (!capabilities.includes(verb)) return 'verb-not-supported';
  if (!mayDo(rights, verb)) return 'right-missing';
  return near || has(rights, RIGHTS.remote) ? undefined : 'remote-not-allowed';
};

// Who may move the bolt either way may carry: that moves nothing.
const mayDo = (rights: number, verb: AccessVerb): boolean =>
  verb === 'syncOnly' ? has(rights, RIGHTS.unlock) || has(rights, RIGHTS.lock) : has(rights, RIGHT_OF[verb]);

const has = (rights: number, right: number | undefined): boolean => right !== undefined && (rights & right) === right;

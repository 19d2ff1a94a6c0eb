// The lock as its own body may show it: the Workbench today, a display or a lamp tomorrow. No names; the setup code only while
// nobody owns the lock, as on its label.

import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Sensed } from '@mortise/journal/record.ts';
import { encodeSetupCode, encodeSetupQr } from '@mortise/documents/setup-code.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { DoorPhase } from './door.ts';
import { isHeld } from './hold.ts';
import { sensedOf } from './sensing.ts';
import type { LockState } from './state.ts';

export type LockView = Sensed & {
  readonly lockId: LockId;
  readonly adopted: boolean;
  /** What it makes of the door, and whether it is held unlocked. */
  readonly doorIs: DoorPhase;
  readonly held: boolean;
  /** 0: none. */
  readonly rosterVersion: number;
  /** The journal's last entry, and the last one that the hub holds. */
  readonly seq: number;
  readonly acknowledged: number;
  /** Transactions under way. */
  readonly sessions: number;
  readonly setup?: { readonly text: string; readonly qr: string };
  /** What an adopted lock's link authenticates with (PEM). */
  readonly linkCredentials?: { readonly certificate: Bytes; readonly ca: Bytes };
};

export const view = (crypto: Crypto, state: LockState): LockView => {
  const { lockId, membership, journal, sessions } = state;
  const common = { ...sensedOf(state), doorIs: state.sensors.door.phase, held: isHeld(state), lockId, seq: journal.last.seq, acknowledged: journal.acknowledged, sessions: sessions.length };
  if (membership.kind === 'adopted') {
    const { linkCertificate, brokerCa } = membership.papers;
    return { ...common, adopted: true, rosterVersion: membership.roster.version, linkCredentials: { certificate: linkCertificate, ca: brokerCa } };
  }
  const code = { lockId, secret: membership.setupSecret };
  return { ...common, adopted: false, rosterVersion: 0, setup: { text: encodeSetupCode(crypto, code), qr: encodeSetupQr(crypto, code) } };
};

// What a user device says of itself once it can be sealed, in AUTH1 and in the fast phase's cryptogram: the signalling bitmap (SPEC
// §3.4, tag 5E), and when its documents were signed (tags 91 and 92), so that a reader asks for what is newer than it has.

import { fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { DOCUMENT_TIME_BYTES, encodeDocumentTime, readDocumentTime } from './document-time.ts';
import { refuse, type AliroError } from './errors.ts';
import { valueOf, type Field, type Fields, type TlvParts } from './tlv.ts';

/** `signaling`: 0 to FFFF. Times: of the newest Access Document and Revocation Document. */
export type DeviceSignals = {
  readonly signaling: number;
  readonly accessSigned?: Instant;
  readonly revocationSigned?: Instant;
};

/** What is said, of something that says more. */
export const signalsIn = ({ signaling, accessSigned, revocationSigned }: DeviceSignals): DeviceSignals =>
  ({ signaling, ...(accessSigned !== undefined && { accessSigned }), ...(revocationSigned !== undefined && { revocationSigned }) });

export const SIGNALS = {
  accessDocument: 0,
  revocationDocument: 1,
  /** SELECT of the step-up application is required before ENVELOPE. */
  stepUpSelect: 2,
  mailboxNotEmpty: 3,
  mailboxReadable: 4,
  mailboxWritable: 5,
  issuerNotification: 6,
  appNotification: 7,
  updateInExpedited: 9,
  mailboxInStepUp: 10,
  notificationInStepUp: 11,
  updateInStepUp: 12,
} as const;

export type Signal = keyof typeof SIGNALS;

export const signals = (bitmap: number, signal: Signal): boolean => ((bitmap >> SIGNALS[signal]) & 1) === 1;

/** The bitmap with these bits set as well. */
export const withSignals = (bitmap: number, ...set: readonly Signal[]): number => set.reduce((bits, signal) => bits | (1 << SIGNALS[signal]), bitmap);

const BITMAP = 0x5e;
const ACCESS_SIGNED = 0x91;
const REVOCATION_SIGNED = 0x92;
const BITMAP_BYTES = 2;
const NO_TIME = new Uint8Array(DOCUMENT_TIME_BYTES);

/** As AUTH1 has them: a time that is not there may be left out. */
export const SIGNAL_FIELDS: readonly Field[] = [
  { tag: BITMAP, min: BITMAP_BYTES, max: BITMAP_BYTES },
  { tag: ACCESS_SIGNED, min: DOCUMENT_TIME_BYTES, max: DOCUMENT_TIME_BYTES, optional: true },
  { tag: REVOCATION_SIGNED, min: DOCUMENT_TIME_BYTES, max: DOCUMENT_TIME_BYTES, optional: true },
];

/** `absent`: what stands for a time that is not there. AUTH1 leaves it out, the cryptogram has 20 zeros (SPEC §4.6). */
const signalParts = (said: DeviceSignals, absent: Bytes | undefined): readonly TlvParts[] => {
  const time = (at: Instant | undefined): Bytes | undefined => (at === undefined ? absent : encodeDocumentTime(at));
  return [[BITMAP, uint(said.signaling, BITMAP_BYTES)], [ACCESS_SIGNED, time(said.accessSigned)], [REVOCATION_SIGNED, time(said.revocationSigned)]];
};

export const signalsForAuth1 = (said: DeviceSignals): readonly TlvParts[] => signalParts(said, undefined);
export const signalsForCryptogram = (said: DeviceSignals): readonly TlvParts[] => signalParts(said, NO_TIME);

const isNone = (value: Bytes | undefined): boolean => value === undefined || value.every((byte) => byte === 0);

/** `field-value`: a time that is none. `fields` were read by `SIGNAL_FIELDS`. */
export const readSignals = (fields: Fields): Result<DeviceSignals, AliroError> => {
  const said: { signaling: number; accessSigned?: Instant; revocationSigned?: Instant } = { signaling: fromUint(valueOf(fields, BITMAP)) };
  for (const [tag, name] of [[ACCESS_SIGNED, 'accessSigned'], [REVOCATION_SIGNED, 'revocationSigned']] as const) {
    if (isNone(fields.get(tag))) continue;
    const at = readDocumentTime(valueOf(fields, tag));
    if (at === undefined) return refuse('field-value');
    said[name] = at;
  }
  return ok(said);
};

// What a session with a card consists of, one after the other. Opening and enrolling are lists of these.

import { EMPTY, concat, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { CardFault } from './card-fault.ts';
import { INS, STATUS } from './native-command.ts';
import type { Product } from './product.ts';
import type { CommMode } from './secure-messaging.ts';

/** `bare`: status 9100 without a MAC, after which the session is over (ChangeKey of the key that opened it). */
export type Expectation =
  | { readonly kind: 'equals'; readonly bytes: Bytes; readonly otherwise: CardFault }
  | { readonly kind: 'uid' }
  | { readonly kind: 'bare' };

export type Step =
  /** The plan is none: it ends here. */
  | { readonly kind: 'barred'; readonly fault: CardFault }
  /** Outside of any session: answered by `done` and no data, else `faults[status]`. */
  | { readonly kind: 'plain'; readonly apdu: Bytes; readonly done: number; readonly faults: ReadonlyMap<number, CardFault> }
  | { readonly kind: 'authenticate'; readonly keyNumber: number; readonly key: Secret; readonly rndA: Secret }
  | { readonly kind: 'secured'; readonly mode: CommMode; readonly ins: number; readonly header: Bytes; readonly data: Secret; readonly expects: Expectation };

const MISSING: ReadonlyMap<number, CardFault> = new Map([[STATUS.applicationMissing, 'application-missing'], [STATUS.isoMissing, 'application-missing']]);
const NO_DATA = new Secret(EMPTY);
const NOTHING: Expectation = { kind: 'equals', bytes: EMPTY, otherwise: 'answer-malformed' };

export const selectStep = ({ select, selected }: Product): Step => ({ kind: 'plain', apdu: select, done: selected, faults: MISSING });

const byte = (value: number): Bytes => Uint8Array.of(value);

/** File, offset 0, length: each of three bytes, low byte first. */
const extent = ({ file }: Product, length: number): Bytes => Uint8Array.of(file, 0, 0, 0, length, 0, 0);

/** The card's id, from its file. */
export const readIdStep = (product: Product, cardId: Bytes): Step => ({
  kind: 'secured', mode: 'full', ins: INS.readData, header: extent(product, cardId.length), data: NO_DATA,
  expects: { kind: 'equals', bytes: cardId, otherwise: 'card-id-other' },
});

export const writeIdStep = (product: Product, cardId: Bytes): Step => ({
  kind: 'secured', mode: 'full', ins: INS.writeData, header: extent(product, cardId.length), data: new Secret(cardId), expects: NOTHING,
});

export const settingsStep = ({ file, settings }: Product): Step => ({
  kind: 'secured', mode: 'mac', ins: INS.getFileSettings, header: byte(file), data: NO_DATA,
  expects: { kind: 'equals', bytes: settings, otherwise: 'settings-other' },
});

/** The card's own word for its UID: what it says when it is found may be a random one. */
export const UID_STEP: Extract<Step, { readonly kind: 'secured' }> = { kind: 'secured', mode: 'full', ins: INS.getCardUid, header: EMPTY, data: NO_DATA, expects: { kind: 'uid' } };

export const createFileStep = ({ file, settings }: Product): Step => ({
  kind: 'secured', mode: 'mac', ins: INS.createStandardFile, header: concat(byte(file), settings.subarray(1)), data: NO_DATA, expects: NOTHING,
});

/** `own`: the key that the session was opened with. */
export const changeKeyStep = (keyNumber: number, data: Secret, own: boolean): Step => ({
  kind: 'secured', mode: 'full', ins: INS.changeKey, header: byte(keyNumber), data, expects: own ? { kind: 'bare' } : NOTHING,
});

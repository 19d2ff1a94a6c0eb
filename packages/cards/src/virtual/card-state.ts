// A virtual card's state and its replies.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Channel } from '../authentication.ts';
import type { ProductName } from '../product.ts';
import type { CardApplication } from './card-memory.ts';

export type Authority =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'challenged'; readonly keyNumber: number; readonly key: Secret; readonly rndB: Secret }
  | { readonly kind: 'authenticated'; readonly keyNumber: number; readonly channel: Channel };

export type VirtualCard = {
  readonly product: ProductName;
  readonly uid: Bytes;
  /** Under the name by which each is selected, in hexadecimal. */
  readonly applications: ReadonlyMap<string, CardApplication>;
  readonly selected?: string | undefined;
  readonly authority: Authority;
};

export type CardReply = { readonly card: VirtualCard; readonly status: number; readonly data?: Bytes };

export const NOBODY: Authority = { kind: 'nobody' };

/** An error ends whatever session there was. */
export const failed = (card: VirtualCard, status: number): CardReply => ({ card: { ...card, authority: NOBODY }, status });

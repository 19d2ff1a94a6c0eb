import type { Grant } from '@mortise/api/grants.ts';
import { err, type Result } from '@mortise/base/result.ts';
import type { LendDraft, LendWay } from '../model/lend-draft.ts';
export type LendProgress = { readonly kind: 'owner' | 'signing' | 'hub' } | { readonly kind: 'access'; readonly door: string };
export type Lent = { readonly grant: Grant; readonly way: LendWay; readonly link: string | undefined; readonly waiting: readonly string[] };
export const lendKey = (_draft: LendDraft, _zone: string, _onStep: (at: LendProgress) => void): Promise<Result<Lent, string>> => Promise.resolve(err('not yet'));

import type { Grant, GrantPatch } from '@mortise/api/grants.ts';
import { err, type Result } from '@mortise/base/result.ts';
const no = (): Promise<Result<void, string>> => Promise.resolve(err('not yet'));
export const confirmKey = (_grant: Grant) => no();
export const setEnabled = (_grant: Grant, _on: boolean) => no();
export const takeBack = (_grant: Grant) => no();
export const changeKey = (_grant: Grant, _changes: GrantPatch['changes']) => no();

// One thing that an inspection looked at: whether it holds, and why not, by the code that our own sides would end with.

import type { Result } from '@mortise/base/result.ts';

/** `open`: nothing to look at, or nothing to look with; `says` tells which. `step`: of SPEC §9, where it is one. */
export type Check = {
  readonly name: string;
  readonly step?: string;
  readonly result: 'pass' | 'fail' | 'open';
  readonly code?: string;
  readonly says?: string;
};

const saying = (says: string | undefined): { readonly says?: string } => (says === undefined ? {} : { says });

export const pass = (name: string, says?: string): Check => ({ name, result: 'pass', ...saying(says) });
export const failing = (name: string, code: string, says?: string): Check => ({ name, result: 'fail', code, ...saying(says) });
export const open = (name: string, says: string): Check => ({ name, result: 'open', says });

/** What a decoder thinks of it. */
export const formOf = (name: string, result: Result<unknown, { readonly code: string }>): Check => (result.ok ? pass(name) : failing(name, result.error.code));

export const someFail = (checks: readonly Check[]): boolean => checks.some(({ result }) => result === 'fail');

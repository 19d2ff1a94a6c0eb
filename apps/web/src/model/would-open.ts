import type { GrantTermsJson } from '@mortise/api/grants.ts';
import type { Opening } from '../words/opening.ts';
export const wouldOpen = (_terms: GrantTermsJson, _at: number, _zone: string): Opening | undefined => undefined;

import type { Invitation } from '@mortise/api/keys.ts';
import type { LinkFault } from '../words/link.ts';
export type LinkOpened = { readonly invitation: Invitation; readonly zone: string };
export type LinkLook = { readonly kind: 'open'; readonly opened: LinkOpened } | { readonly kind: 'fault'; readonly fault: LinkFault } | { readonly kind: 'hub'; readonly says: string };
export const lookAtLink = (_text: string): Promise<LinkLook | { readonly kind: 'mine' }> => Promise.resolve({ kind: 'fault', fault: { kind: 'missing' } });
export const takeKey = (_opened: LinkOpened, _name: string): Promise<{ readonly kind: 'taken' } | { readonly kind: 'fault'; readonly fault: LinkFault } | { readonly kind: 'failed'; readonly says: string }> => Promise.resolve({ kind: 'failed', says: '' });

import { err, type Result } from '@mortise/base/result.ts';
export type JoinLook = { readonly state: 'open' | 'asking' | 'done' | 'lapsed'; readonly siteName: string; readonly siteId: string };
export type JoinLink = { readonly text: string };
export const readJoinLink = (_text: string): Result<JoinLink, 'missing' | 'mistyped'> => err('missing');
export const lookAtJoin = (_link: JoinLink): Promise<Result<JoinLook, { readonly kind: 'other-site' | 'unknown' } | { readonly kind: 'hub'; readonly says: string }>> => Promise.resolve(err({ kind: 'unknown' }));
export const askToJoin = (_link: JoinLink, _name: string): Promise<Result<{ readonly ownerKey: string; readonly prf: boolean }, string>> => Promise.resolve(err('not yet'));
export const enterAsOwner = (): Promise<Result<void, string>> => Promise.resolve(err('not yet'));

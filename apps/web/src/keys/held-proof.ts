import type { HeldKeys } from '@mortise/api/keys.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId, SiteId } from '@mortise/base/identifiers.ts';
import { err, type Result } from '@mortise/base/result.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import type { HeldSite } from '../model/held.ts';
export type ProvenSite = { readonly held: HeldSite; readonly siteKey: SiteKey; readonly proven: readonly { readonly lockId: LockId }[] };
export const provenSite = (_siteId: SiteId, _credentialKey: Bytes, _keys: HeldKeys, _at: number): Promise<Result<ProvenSite, 'not-vouched'>> => Promise.resolve(err('not-vouched'));

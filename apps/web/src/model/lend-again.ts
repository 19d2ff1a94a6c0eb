// Sending a key anew whose link nobody has used: to another address perhaps. It is another grant with another link, lent as any other, and the
// former one is taken back. A resend of the same link would be less: its secret is erased with the message, it stands in what the owner
// signed, and the address that was wrong may have it. So there are always a signature, a new link and an end of the old one.

import type { Grant } from '@mortise/api/grants.ts';
import { canSendAnew, isAskedFor } from '../words/grant-state.ts';
import { draftOf } from './grant-change.ts';
import type { LendDraft } from './lend-draft.ts';

const addressOf = (to: string | null): Pick<LendDraft, 'way' | 'address' | 'number'> => {
  if (to === null) return { way: 'mail', address: '', number: '' };
  return to.includes('@') ? { way: 'mail', address: to, number: '' } : { way: 'sms', address: '', number: to };
};

/** The fields of the former key, for the same person; undefined: its link has been used, or it is over. */
export const againDraft = (grant: Grant, now: number, zone: string): LendDraft | undefined => {
  const { id, invitation, person } = grant;
  if (!canSendAnew(grant)) return undefined;
  const sent = invitation?.sending === 'handed' ? { way: 'share', address: '', number: '' } as const : addressOf(invitation?.to ?? null);
  return { ...draftOf(grant, now, zone), who: { kind: 'new', ...person }, ...sent, confirm: isAskedFor(grant), replaces: id };
};

/** What is to be done with the former link before the new one is made: `end` it; nothing, for it is `over`; or nothing at all, for somebody `used` it. */
export const formerLink = ({ state, credentialKey }: Pick<Grant, 'state' | 'credentialKey'>): 'end' | 'over' | 'used' => {
  if (credentialKey !== null) return 'used';
  return state === 'invited' ? 'end' : 'over';
};

// What the hub says, by type. A lock without an owner hears of adoption and status only. A message past its expiry, by a
// clock that can tell, counts for nothing; a body that is none is dropped: there is nobody whom an answer would help.

import { hasExpired, type ToLockMessage } from '@mortise/courier/link-message.ts';
import { decodeAdoptBody } from '@mortise/courier/link-body.ts';
import { decodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { onAdoptionMessage } from './adoption-desk.ts';
import { changed, type Change, type Moment } from './change.ts';
import { onNetwork } from './network-desk.ts';
import { onAcknowledged } from './outbox.ts';
import { onOwnerSet } from './owner-desk.ts';
import { HUB } from './peer.ts';
import { onResetOrder } from './reset-desk.ts';
import { onRevocation } from './revocation-desk.ts';
import { onRoster } from './roster-desk.ts';
import { sendFrame } from './sending.ts';
import { stampOf } from './sensing.ts';
import { wantStatus } from './status-desk.ts';
import { onTimeAnswer, onTimeBound } from './time-desk.ts';
import { onTransactionFrame } from './transactions.ts';
import type { Adopted, LockState } from './state.ts';

export const onLinkMessage = (moment: Moment, state: LockState, message: ToLockMessage): Change => {
  const { instant, clock } = stampOf(state, moment.now);
  if (clock !== 'lost' && hasExpired(message, instant)) return changed(state);
  switch (message.type) {
    case 'adopt':
      return onAdopt(moment, state, message);
    case 'status-ask':
      return changed(wantStatus(state));
    default:
      return state.membership.kind === 'adopted' ? onOwned(moment, state, state.membership, message) : onUnowned(state, message);
  }
};

const onAdopt = (moment: Moment, state: LockState, { session, body }: ToLockMessage): Change => {
  const adoption = decodeAdoptBody(body);
  return adoption === undefined ? changed(state) : onAdoptionMessage(moment, state, { kind: 'relay', session }, adoption);
};

const onOwned = (moment: Moment, state: LockState, adopted: Adopted, { type, session, body }: ToLockMessage): Change => {
  switch (type) {
    case 'relay': {
      const frame = decodeRelayFrame(body);
      return frame === undefined ? changed(state) : onTransactionFrame(moment, state, adopted, { kind: 'relay', session }, frame);
    }
    case 'roster':
      return onRoster(moment, state, adopted, HUB, body);
    case 'journal-ack':
      return onAcknowledged(moment, state, adopted, body);
    case 'time-answer':
      return onTimeAnswer(moment, state, adopted, HUB, body);
    case 'time-bound':
      return onTimeBound(moment, state, adopted, body);
    case 'revocation':
      return onRevocation(moment, state, adopted, body);
    case 'owner-set':
      return onOwnerSet(moment, state, adopted, HUB, body);
    case 'network':
      return onNetwork(moment, state, adopted, HUB, body);
    case 'reset':
      return onResetOrder(moment, state, adopted, body);
    case 'adopt':
    case 'certified-time':
    case 'status-ask':
      return changed(state);
  }
};

const onUnowned = (state: LockState, { type, session }: ToLockMessage): Change =>
  type === 'relay' ? sendFrame(state, { kind: 'relay', session }, { kind: 'closed', code: 'not-adopted' }) : changed(state);

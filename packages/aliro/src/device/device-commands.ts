// Which command of the user device goes to which handler (SPEC §3).

import { AUTH0 } from '../protocol/auth0.ts';
import { AUTH1, LOAD_CERT } from '../protocol/auth1.ts';
import { CONTROL_FLOW } from '../protocol/control-flow.ts';
import { onAuth0, onAuth1, onControlFlow, onLoadCert, onSelect } from './device-expedited.ts';
import type { Handler } from './device-handler.ts';
import { onEnvelope, onExchange } from './device-secured.ts';
import type { DeviceSession } from './device-session.ts';
import { ENVELOPE } from '../protocol/envelope.ts';
import { refuse } from '../protocol/errors.ts';
import { EXCHANGE } from '../protocol/exchange.ts';
import type { Header } from '../protocol/apdu.ts';
import { SELECT } from '../protocol/select.ts';

type Row = { readonly header: Header; readonly handle: Handler };

const COMMANDS: readonly Row[] = [
  { header: SELECT, handle: onSelect },
  { header: AUTH0, handle: onAuth0 },
  { header: LOAD_CERT, handle: onLoadCert },
  { header: AUTH1, handle: onAuth1 },
  { header: EXCHANGE, handle: onExchange },
  { header: ENVELOPE, handle: onEnvelope },
  { header: CONTROL_FLOW, handle: onControlFlow },
];

const CLASSES: readonly number[] = [0x00, 0x80];

const inAtomicSession = ({ phase }: DeviceSession): boolean => phase.kind === 'secured' && phase.mailbox?.pending !== undefined;

/**
 * SPEC §3.8: 6800 for another class, 6D00 for an instruction that is none of ours or out of place, 6A86 for P1 and P2, 6900 for anything but
 * EXCHANGE in an atomic mailbox session.
 */
export const handleCommand: Handler = (crypto, session, command) => {
  const [cla, ins, p1, p2] = command.header;
  const row = COMMANDS.find(({ header }) => header[1] === ins);
  if (row === undefined) return refuse(CLASSES.includes(cla) ? 'instruction-unexpected' : 'class-unsupported');
  if (row.header[0] !== cla) return refuse('class-unsupported');
  if (row.header[2] !== p1 || row.header[3] !== p2) return refuse('parameters-unsupported');
  if (inAtomicSession(session) && row.header !== EXCHANGE) return refuse('atomic-session-broken');
  return row.handle(crypto, session, command);
};

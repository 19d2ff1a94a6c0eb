// What a command handler of the user device is: it answers a step, or the error that refuses the command.

import type { Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { CommandApdu } from '../protocol/apdu.ts';
import type { DeviceSession, DeviceStep } from './device-session.ts';
import type { AliroError } from '../protocol/errors.ts';

export type Handled = Result<DeviceStep, AliroError>;
export type Handler = (crypto: Crypto, session: DeviceSession, command: CommandApdu) => Handled;

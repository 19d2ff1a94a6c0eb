// A user device's transaction over a link: the session machine with a link for its wire. What it would remember for another transaction (the
// persistent key, the mailbox) goes with the process.

import { EXCHANGE } from '@mortise/aliro/exchange.ts';
import { scenarioDevice, type Setting } from '@mortise/aliro/scenario.ts';
import { stepUserDevice, type DeviceEffect, type DeviceInput, type DeviceOutcome, type DevicePhase, type DeviceSession } from '@mortise/aliro/user-device.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import type { ApduLink, BrokenCode } from './apdu-link.ts';
import type { EndPhase, Ending } from './ending.ts';
import { MAX_APDUS } from './play-reader.ts';

type Secured = Extract<DevicePhase, { kind: 'secured' }>;
type Run = { session: DeviceSession; phase: EndPhase; outcome?: DeviceOutcome };

/** The command that began each phase; what is not here (CONTROL FLOW, GET RESPONSE) begins none. */
const PHASES: ReadonlyMap<number, EndPhase> = new Map([[0xa4, 'select'], [0x80, 'auth0'], [0xd1, 'auth1'], [0x81, 'auth1']]);
/** The same once the reader has proved itself: SELECT of the other application, ENVELOPE, EXCHANGE. */
const SECURED_PHASES: ReadonlyMap<number, EndPhase> = new Map([[0xa4, 'stepUp'], [0xc3, 'stepUp'], [EXCHANGE[1], 'standard']]);
const STEP_UP_PHASES: { readonly [Kind in Secured['stepUp']['kind']]?: EndPhase } = { none: 'fast', begun: 'stepUp' };

/** `before`: the session's phase when `instruction` came; `at`: where the transaction was. */
const phaseOf = (instruction: number, before: DevicePhase, at: EndPhase): EndPhase => {
  if (before.kind === 'secured') return STEP_UP_PHASES[before.stepUp.kind] ?? SECURED_PHASES.get(instruction) ?? at;
  return before.kind === 'begun' && instruction === EXCHANGE[1] ? 'fast' : PHASES.get(instruction) ?? at;
};

const carryOut = (run: Run, setting: Setting, link: ApduLink, effect: DeviceEffect): readonly DeviceInput[] => {
  switch (effect.kind) {
    case 'respond':
      link.send(effect.apdu);
      return [];
    case 'sign':
      return [{ kind: 'signed', signature: crypto.p256.sign(setting.accessCredentialKey.privateKey.reveal(), effect.message) }];
    case 'finished':
      run.outcome ??= effect.outcome;
      return [];
    default: // remember, storeMailbox: for another transaction.
      return [];
  }
};

const step = (run: Run, setting: Setting, link: ApduLink, input: DeviceInput): readonly DeviceInput[] => {
  if (input.kind === 'command' && run.outcome === undefined) run.phase = phaseOf(input.apdu[1] ?? 0, run.session.phase, run.phase);
  const { session, effects } = stepUserDevice(crypto, run.session, input);
  run.session = session;
  return effects.flatMap((effect) => carryOut(run, setting, link, effect));
};

const brokenOff = ({ phase }: Run, code: BrokenCode | 'too-many-apdus'): Ending => ({ access: 'denied', reason: code, phase, broken: true });

const concluded = ({ phase }: Run, outcome: DeviceOutcome): Ending => {
  if (outcome.kind === 'failed') return { access: 'denied', reason: outcome.error.code, phase, broken: false };
  const granted = outcome.readerStatus >> 8 === 1;
  return { access: granted ? 'granted' : 'denied', readerStatus: outcome.readerStatus, reason: granted ? 'granted' : 'reader-denied', phase, broken: false };
};

/** Over, unless a part of the last answer is still to be fetched. */
const isOver = ({ outcome, session }: Run): boolean => outcome !== undefined && session.held === undefined;

/** Plays one transaction; the caller closes the link. */
export const playDevice = async (setting: Setting, link: ApduLink): Promise<Ending> => {
  const run: Run = { session: scenarioDevice(setting), phase: 'select' };
  for (let apdus = 0; apdus < MAX_APDUS; apdus += 1) {
    const received = await link.receive();
    if (received.kind === 'broken') return run.outcome === undefined ? brokenOff(run, received.code) : concluded(run, run.outcome);
    let inputs: readonly DeviceInput[] = [{ kind: 'command', apdu: received.apdu }];
    while (inputs.length > 0) inputs = inputs.flatMap((input) => step(run, setting, link, input));
    if (run.outcome !== undefined && isOver(run)) return concluded(run, run.outcome);
  }
  return brokenOff(run, 'too-many-apdus');
};

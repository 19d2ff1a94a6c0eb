// A reader's transaction over a link: the session machine and the host of scenario.ts, with a link for its wire.

import type { Bytes } from '@mortise/base/bytes.ts';
import { EXCHANGE } from '@mortise/aliro/exchange.ts';
import { stepReader, type ReaderEffect, type ReaderInput, type ReaderOutcome, type ReaderPhase, type ReaderSession } from '@mortise/aliro/reader.ts';
import { scenarioHost, scenarioReader, stepHost, type Host, type Setting } from '@mortise/aliro/scenario.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import type { ApduLink, BrokenCode } from './apdu-link.ts';
import type { EndPhase, Ending } from './ending.ts';

/** No transaction of ours comes near; a peer that answers for ever is left. */
export const MAX_APDUS = 2048;

type Run = {
  session: ReaderSession;
  host: Host;
  phase: EndPhase;
  /** Tag 97 that went out. */
  status?: number;
  outcome?: ReaderOutcome;
};

const phaseOf = (phase: ReaderPhase, before: EndPhase): EndPhase => {
  switch (phase.kind) {
    case 'ready':
    case 'selecting':
      return 'select';
    case 'auth0':
      return 'auth0';
    case 'signing':
    case 'loading':
    case 'auth1':
      return 'auth1';
    case 'selectingStepUp':
      return 'stepUp';
    case 'deciding':
    case 'exchanging':
    case 'enveloping':
      return phase.stage.kind;
    default: // closing, ended: where it was.
      return before;
  }
};

/** A failure that is told by EXCHANGE tells its reader status; by CONTROL FLOW, none. */
const closesByExchange = (effects: readonly ReaderEffect[]): boolean =>
  effects.some((effect) => effect.kind === 'transmit' && effect.apdu[1] === EXCHANGE[1]);

const carryOut = (run: Run, link: ApduLink, effect: ReaderEffect): readonly ReaderInput[] => {
  switch (effect.kind) {
    case 'transmit':
      link.send(effect.apdu);
      return [];
    case 'sign':
      return [{ kind: 'signed', signature: crypto.p256.sign(run.host.setting.readerKey.privateKey.reveal(), effect.message) }];
    case 'finished':
      run.outcome = effect.outcome;
      return [];
    default: {
      const { host, input } = stepHost(crypto, run.host, effect);
      run.host = host;
      return [input];
    }
  }
};

const step = (run: Run, link: ApduLink, input: ReaderInput): readonly ReaderInput[] => {
  const { session, effects } = stepReader(crypto, run.session, input);
  run.session = session;
  run.phase = phaseOf(session.phase, run.phase);
  if (session.phase.kind === 'closing') run.status = session.phase.status;
  const inputs = effects.flatMap((effect) => carryOut(run, link, effect));
  if (run.outcome?.kind === 'failed' && closesByExchange(effects)) run.status = run.outcome.error.readerStatus;
  return inputs;
};

const ending = (run: Run, said: Pick<Ending, 'access' | 'reason' | 'broken'>): Ending => ({
  ...said, phase: run.phase, ...(run.status !== undefined && { readerStatus: run.status }),
});

const brokenOff = (run: Run, code: BrokenCode | 'too-many-apdus'): Ending => ending(run, { access: 'denied', reason: code, broken: true });

const concluded = (run: Run, outcome: ReaderOutcome): Ending => {
  const { verdict } = run.host;
  if (outcome.kind === 'failed' || verdict === undefined) {
    return ending(run, { access: 'denied', reason: outcome.kind === 'failed' ? outcome.error.code : 'undecided', broken: false });
  }
  return ending(run, { access: verdict.access, reason: verdict.code, broken: false });
};

/** Plays one transaction; the caller closes the link. `plan`: other EXCHANGE commands than the scenario's own. */
export const playReader = async (setting: Setting, plan: readonly Bytes[] | undefined, link: ApduLink): Promise<Ending> => {
  const run: Run = { session: scenarioReader(crypto, setting), host: scenarioHost(setting, plan), phase: 'select' };
  let inputs: readonly ReaderInput[] = [{ kind: 'start' }];
  for (let apdus = 0; apdus < MAX_APDUS; apdus += 1) {
    while (inputs.length > 0) inputs = inputs.flatMap((input) => step(run, link, input));
    if (run.outcome !== undefined) return concluded(run, run.outcome);
    const received = await link.receive();
    if (received.kind === 'broken') return brokenOff(run, received.code);
    inputs = [{ kind: 'response', apdu: received.apdu }];
  }
  return brokenOff(run, 'too-many-apdus');
};

// The owner's side of an adoption over the hub's socket, as the app does it (documents: adoption.ts; wallet: adopt.ts). A test
// may put a hand between: every message, either way, goes through `pass`.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Door } from '@mortise/api/locks.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { decodeAdoptBody, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone, type OwnerKeyed } from '@mortise/documents/adoption.ts';
import { ADOPTION_STEP } from '@mortise/documents/adoption-message.ts';
import type { Policy } from '@mortise/documents/roster.ts';
import { parseSetupCode, type SetupCode } from '@mortise/documents/setup-code.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { HOUSEHOLD_POLICY, prepareOffer } from '@mortise/wallet/adopt.ts';
import type { Session } from './session.ts';

/** Who adopts. */
export type Authority = { readonly ownerSets: readonly Bytes[]; readonly owner: KeyPair; readonly issuer: KeyPair; readonly phone: KeyPair };

export type AdoptionFailure = {
  readonly by: 'setup-code' | 'socket' | 'lock' | 'hub';
  /** Of documents' adoption errors, the setup code, the API, or the reason by which the socket closed. */
  readonly code: string;
};

export type AdoptionOptions = {
  readonly doorName?: string;
  readonly policy?: Partial<Policy>;
  /** Sees and may change each message; undefined drops it. */
  readonly pass?: (message: { readonly direction: 'toLock' | 'toOwner'; readonly step: number; readonly bytes: Bytes }) => Bytes | undefined;
};

const ANSWER_MS = 5000;
const TIME_KEY_MS = 5 * 365 * 86_400_000;
const HUB_DRIFT_PPM = 200;

type Step = { readonly step: number; readonly bytes: Bytes };
type Channel = { readonly ask: (message: Step) => Promise<Result<Bytes, AdoptionFailure>>; readonly close: () => void };

const failed = (by: AdoptionFailure['by'], code: string): Result<never, AdoptionFailure> => err({ by, code });

/** Adopts the lock `lockId` by the setup code as typed; answers the door that the hub made of it. */
export const adoptLock = async (session: Session, authority: Authority, lockId: string, code: string, options: AdoptionOptions = {}): Promise<Result<Door, AdoptionFailure>> => {
  const parsed = parseSetupCode(nodeCrypto, code);
  if (!parsed.ok) return failed('setup-code', parsed.error.code);
  const channel = await openChannel(session, lockId, options);
  if (!channel.ok) return channel;
  try {
    return await handshake(session, authority, parsed.value, channel.value, options);
  } finally {
    channel.value.close();
  }
};

const handshake = async (session: Session, authority: Authority, code: SetupCode, channel: Channel, options: AdoptionOptions): Promise<Result<Door, AdoptionFailure>> => {
  const greeted = ownerHello(nodeCrypto, freshEntropy());
  const answer = await channel.ask({ step: ADOPTION_STEP.hello, bytes: greeted.message });
  if (!answer.ok) return answer;
  const keyed = ownerReadAnswer(nodeCrypto, greeted.state, code, answer.value);
  if (!keyed.ok) return failed('lock', keyed.error.code);
  const offered = prepareOffer(nodeCrypto, keyed.value, await termsOf(session, authority, keyed.value, options), freshEntropy());
  if (!offered.ok) return failed('lock', offered.error.code);
  const { lockId, lock: { identityKey, model, firmware } } = keyed.value;
  // With the draft and the lock's own word the hub makes the door even when nobody is here to hear of it.
  const draft = { identityKey: base64url(identityKey), roster: base64url(offered.value.roster), doorName: options.doorName ?? 'Front door', model, firmware };
  const kept = await session.ask(ROUTES.putDraft, { parameters: { lockId }, body: draft });
  if (!kept.ok) return failed('hub', kept.error.code);
  const done = await channel.ask({ step: ADOPTION_STEP.offer, bytes: offered.value.message });
  if (!done.ok) return done;
  const adopted = ownerReadDone(nodeCrypto, offered.value, done.value);
  if (!adopted.ok) return failed('lock', adopted.error.code);
  const added = await session.ask(ROUTES.addLock, { body: { ...draft, lockId, statement: base64url(adopted.value.signed) } });
  return added.ok ? ok(added.value.door) : failed('hub', added.error.code);
};

const termsOf = async (session: Session, { ownerSets, owner, issuer, phone }: Authority, keyed: OwnerKeyed, { policy }: AdoptionOptions): Promise<Parameters<typeof prepareOffer>[2]> => {
  const keys = await session.call(ROUTES.hubKeys);
  const link = await session.call(ROUTES.linkCertificate, { parameters: { lockId: keyed.lockId }, body: { linkKey: base64url(keyed.lock.linkKey) } });
  return {
    ownerSets, owner, issuer, phones: [{ credentialKey: phone.publicKey }], zone: 'Europe/Zurich', policy: { ...HOUSEHOLD_POLICY, ...policy },
    journalKey: bytesOf(keys.journalKey),
    timeKey: { key: bytesOf(keys.timeKey), driftPpm: HUB_DRIFT_PPM, until: instant(Date.now() + TIME_KEY_MS) },
    linkCertificate: utf8(link.certificate), brokerCa: utf8(link.brokerCa),
  };
};

const bytesOf = (text: string): Bytes => required(fromBase64url(text), 'keys are base64url');

const openChannel = (session: Session, lockId: string, { pass = ({ bytes }) => bytes }: AdoptionOptions): Promise<Result<Channel, AdoptionFailure>> => {
  const socket = session.socket('adopt', lockId);
  let settle: (answer: Result<Bytes, AdoptionFailure>) => void = () => undefined;
  const opened = Promise.withResolvers<Result<Channel, AdoptionFailure>>();
  socket.on('error', (error) => { opened.resolve(failed('socket', error.message)); });
  socket.on('close', (_code, reason) => {
    const end = failed('socket', reason.toString() || 'closed');
    settle(end);
    opened.resolve(end);
  });
  socket.on('message', (data) => {
    const body = Buffer.isBuffer(data) ? decodeAdoptBody(new Uint8Array(data)) : undefined;
    const bytes = body === undefined ? undefined : pass({ direction: 'toOwner', ...body });
    if (bytes !== undefined) settle(ok(bytes));
  });
  const ask = ({ step, bytes }: Step): Promise<Result<Bytes, AdoptionFailure>> => {
    const answer = Promise.withResolvers<Result<Bytes, AdoptionFailure>>();
    const timer = setTimeout(() => { answer.resolve(failed('socket', 'no-answer')); }, ANSWER_MS);
    settle = (result) => {
      clearTimeout(timer);
      answer.resolve(result);
    };
    const passed = pass({ direction: 'toLock', step, bytes });
    if (passed !== undefined) socket.send(encodeAdoptBody({ step, bytes: passed }));
    return answer.promise;
  };
  // The hub refuses by closing right after the upgrade; a lock that is there lets the socket stand.
  socket.on('open', () => { setTimeout(() => { opened.resolve(ok({ ask, close: () => { socket.close(); } })); }, SETTLE_MS); });
  return opened.promise;
};

const SETTLE_MS = 30;

// Everything that reads bytes from outside, fed with noise and with altered messages: it answers or refuses, in bounded time, and
// what it answers has one written form.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { verifyCertificate } from '@mortise/aliro/reader-certificate.ts';
import { decodeCodeMemory, decodeLockouts, encodeCodeMemory, encodeLockouts } from '@mortise/access/entry-memory-cbor.ts';
import { NO_LOCKOUT } from '@mortise/access/lockout.ts';
import { decodeCommand, encodeCommand } from '@mortise/aliro/vendor.ts';
import { journalAckToSign, openJournalAck, unprovenJournalAck } from '@mortise/courier/journal-ack.ts';
import {
  decodeAdoptBody, decodeOwnerSetAnswer, decodeResetAnswer, decodeRosterAnswer, decodeTimeAsk, encodeAdoptBody, encodeOwnerSetAnswer, encodeResetAnswer, encodeRosterAnswer, encodeTimeAsk,
} from '@mortise/courier/link-body.ts';
import { decodeNearFrame, encodeNearFrame } from '@mortise/courier/near-frame.ts';
import { NO_PACKETS, packetsOf, takePacket } from '@mortise/courier/near-packet.ts';
import { openTimeBound, timeBoundToSign } from '@mortise/courier/time-bound.ts';
import { decodeStatus, encodeStatus, unprovenStatus } from '@mortise/courier/status.ts';
import { decodeFromLock, decodeToLock, encodeFromLock, encodeToLock } from '@mortise/courier/link-message.ts';
import { decodeRelayFrame, encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { decodeAnswer, decodeHello } from '@mortise/documents/adoption-message.ts';
import { decodeOffer } from '@mortise/documents/adoption-offer.ts';
import { openSigned } from '@mortise/documents/cose.ts';
import { exampleKey, exampleSite, exampleTimeKey, exampleLock as exampleOwned, rosterFields, signRoster, signWith } from '@mortise/documents/example-site.ts';
import { openOwnerSet } from '@mortise/documents/owner-set.ts';
import { openRoster, ROSTER_TYPE } from '@mortise/documents/roster.ts';
import { encodeBatch, openBatch } from '@mortise/journal/batch.ts';
import { decodeLeaf, encodeLeaf, GENESIS, type Entry } from '@mortise/journal/chain.ts';
import { exampleEntries, exampleLock, exampleStatement } from '@mortise/journal/example-journal.ts';
import { encodeReceipt, verifyReceipt } from '@mortise/journal/receipt.ts';
import { decodeRecord, encodeRecord } from '@mortise/journal/record.ts';
import { zoneTableOf } from '@mortise/node/zone-table.ts';
import { decodeZoneTable, encodeZoneTable } from '@mortise/schedule/zone-table.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { mutated, randomOf, type Part } from './part.ts';

const INPUTS = 3000;
const MAX_NOISE = 120;

// ---- what is altered -------------------------------------------------------------------------------------------------------

const lock = exampleLock(crypto, 'front door');
const entries: readonly Entry[] = [...exampleEntries(crypto, lock, 4)].flatMap(({ seq, leaf, salt, record, head }) => (salt === undefined || record === undefined ? [] : [{ seq, leaf, salt, record, head }]));
const [first, last] = [entries[0], entries.at(-1)];
assert(first !== undefined && last !== undefined, 'there are entries');
const statement = exampleStatement(crypto, lock, last);
const batch = encodeBatch(crypto, { lockId: lock.lockId, from: GENESIS, entries, journalKey: lock.journal.publicKey, statement }, lock.seed);
const receipt = encodeReceipt(first, GENESIS.head, exampleStatement(crypto, lock, first));
const [site, owned] = [exampleSite(), exampleOwned()];
const roster = signRoster(site.owner, rosterFields(site, owned));
const place = { siteId: site.ownerSet.siteId, lockId: owned.lockId, ownerKeys: site.ownerSet.keys };
const timeKey = exampleKey('time');
const authority = { ownerKeys: site.ownerSet.keys, certificates: [exampleTimeKey(site)] };
const ack = signWith(timeKey, journalAckToSign(crypto, timeKey.publicKey, { lockId: owned.lockId, seq: 7, instant: instant(9) }));
const bound = signWith(timeKey, timeBoundToSign(crypto, timeKey.publicKey, instant(9)));
const ids = { requestId: lock.seed.slice(0, 16), transactionId: lock.seed.slice(0, 16), credential: lock.seed };
const session = lock.seed.slice(0, 8);
const status = encodeStatus({ lockId: lock.lockId, bolt: 'locked', door: 'closed', adopted: true, rosterVersion: 1, ownerSequence: 1, since: instant(1), seq: 4, batteryMv: 6000, instant: instant(2), clock: 'synced', count: 1 });

const zone = zoneTableOf('Europe/Zurich', 2026, 2046);
assert(zone.ok, 'there is a zone table');

const CORPUS: readonly Bytes[] = [
  batch, receipt, roster, site.document, statement, first.record, first.leaf, status, encodeZoneTable(zone.value),
  encodeRosterAnswer({ version: 2, code: 'accepted' }), encodeOwnerSetAnswer({ sequence: 2, code: 'roster-void' }), ack, bound, encodeTimeAsk(lock.seed.slice(0, 16)), encodeAdoptBody({ step: 1, bytes: lock.seed }),
  encodeToLock({ type: 'relay', session, seq: 1, expires: 0, body: encodeRelayFrame({ kind: 'apdu', apdu: lock.seed }) }),
  encodeToLock({ type: 'roster', session, seq: 2, expires: instant(9), body: roster }),
  encodeFromLock({ type: 'journal', session, seq: 3, expires: 0, body: batch }),
  encodeFromLock({ type: 'status', session, seq: 4, expires: 0, body: status }),
  encodeNearFrame({ kind: 'hello', lockId: owned.lockId, sitePrefix: undefined }), encodeNearFrame({ kind: 'took', seq: 300 }), encodeNearFrame({ kind: 'carry', message: ack }),
  ...packetsOf(roster, 0).packets.slice(0, 2), encodeRelayFrame({ kind: 'closed', code: 'too-late' }), encodeRelayFrame({ kind: 'receipt', receipt }), encodeRelayFrame({ kind: 'open' }),
  encodeCommand({ verb: 'unlock', requestId: lock.seed.slice(0, 16), until: 0 }),
  encodeLockouts({ keypad: { debtMs: 9, waitMs: 300, forgivenMs: 1 }, finger: NO_LOCKOUT, card: NO_LOCKOUT, near: NO_LOCKOUT, relay: NO_LOCKOUT }),
  encodeCodeMemory({ used: new Map([[`${lock.seed.toHex().slice(0, 32)}:70000`, instant(9)]]), forgotten: instant(3) }),
];

// ---- who reads -----------------------------------------------------------------------------------------------------------------

/** Answers whether the bytes were taken; throws when what was taken has another written form. */
type Reader = (bytes: Bytes) => boolean;

const oneForm = <T>(decode: (bytes: Bytes) => T | undefined, encode: (value: T) => Bytes): Reader => (bytes) => {
  const value = decode(bytes);
  assert(value === undefined || equalBytes(encode(value), bytes), 'what is read has one written form');
  return value !== undefined;
};

const READERS: Readonly<Record<string, Reader>> = {
  'cbor': oneForm((bytes) => decodeCbor(bytes), encodeCbor),
  'link to lock': oneForm(decodeToLock, encodeToLock),
  'link from lock': oneForm(decodeFromLock, encodeFromLock),
  'relay frame': oneForm(decodeRelayFrame, encodeRelayFrame),
  'adoption body': oneForm(decodeAdoptBody, encodeAdoptBody),
  'roster answer': oneForm(decodeRosterAnswer, encodeRosterAnswer),
  'reset answer': oneForm(decodeResetAnswer, encodeResetAnswer),
  'owner set answer': oneForm(decodeOwnerSetAnswer, encodeOwnerSetAnswer),
  'journal ack': (bytes) => unprovenJournalAck(bytes) !== undefined,
  'near frame': oneForm(decodeNearFrame, encodeNearFrame),
  'near packet': (bytes) => takePacket(NO_PACKETS, bytes).kind !== 'broken',
  'time question': oneForm(decodeTimeAsk, encodeTimeAsk),
  'status': oneForm(decodeStatus, encodeStatus),
  'signed status': (bytes) => unprovenStatus(bytes) !== undefined,
  'record': oneForm(decodeRecord, encodeRecord),
  'leaf': oneForm(decodeLeaf, encodeLeaf),
  'zone table': oneForm(decodeZoneTable, encodeZoneTable),
  'command': oneForm(decodeCommand, encodeCommand),
  'lockouts': oneForm(decodeLockouts, encodeLockouts),
  'used codes': oneForm(decodeCodeMemory, encodeCodeMemory),
  'hello': (bytes) => decodeHello(crypto, bytes) !== undefined,
  'answer': (bytes) => decodeAnswer(bytes).ok,
  'offer': (bytes) => decodeOffer(crypto, bytes) !== undefined,
  'certificate': (bytes) => verifyCertificate(crypto, bytes, lock.identity.publicKey).ok,
  'signed object': (bytes) => openSigned(crypto, bytes, ROSTER_TYPE, site.ownerSet.keys).ok,
};

/** Signed things: an altered one must not open. */
const SIGNED: readonly { readonly name: string; readonly truth: Bytes; readonly opens: Reader }[] = [
  { name: 'batch', truth: batch, opens: (bytes) => openBatch(crypto, lock.journal.privateKey.reveal(), lock.identity.publicKey, bytes).ok },
  { name: 'roster', truth: roster, opens: (bytes) => openRoster(crypto, bytes, place, undefined).ok },
  { name: 'owner set', truth: site.document, opens: (bytes) => openOwnerSet(crypto, bytes).ok },
  { name: 'acknowledgement', truth: ack, opens: (bytes) => openJournalAck(crypto, bytes, owned.lockId, authority).ok },
  { name: 'time bound', truth: bound, opens: (bytes) => openTimeBound(crypto, bytes, authority).ok },
  { name: 'receipt', truth: receipt, opens: (bytes) => { const read = verifyReceipt(crypto, lock.identity.publicKey, lock.lockId, bytes, ids); return read.ok || read.error.code === 'other-request'; } },
];

export const decoderFuzz: Part = {
  name: 'decoders: CBOR, link messages, documents',
  share: 2,
  maxChunks: 400,
  chunk: (seed) => {
    const random = randomOf(seed);
    for (const { name, truth, opens } of SIGNED) assert(opens(truth), `control: the ${name} opens unaltered`);
    let [taken, refused, opened] = [0, 0, 0];
    for (let input = 0; input < INPUTS; input += 1) {
      const bytes = random.below(4) === 0 ? random.bytes(random.below(MAX_NOISE)) : mutated(random, random.pick(CORPUS), CORPUS);
      for (const read of Object.values(READERS)) {
        if (read(bytes)) taken += 1;
        else refused += 1;
      }
      const { name, truth, opens } = random.pick(SIGNED);
      const altered = mutated(random, truth, CORPUS);
      assert(!opens(altered) || equalBytes(altered, truth), `input ${input}: an altered ${name} opened`);
      opened += 1;
    }
    return { inputs: INPUTS, readings: taken + refused, taken, refused, 'altered signed things refused': opened };
  },
};

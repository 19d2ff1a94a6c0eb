// How a lock reaches its hub, told at its adoption or later by whoever carries an owner's word: what is newer holds once it is durable, and
// nothing that does not prove itself changes anything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUtf8, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { decodeNetworkAnswer } from '@mortise/courier/link-body.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { networkToSign, type NetworkSettings } from '@mortise/documents/network-settings.ts';
import { assembleOwnerSet, ownerSetPayload, ownerSetToSign } from '@mortise/documents/owner-set.ts';
import type { NearLink } from './near-link.conformance.ts';
import { Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const PASSPHRASE = 'a long passphrase';

const signed = (site: Site, version: number, by: KeyPair = site.owner): Bytes => {
  const { lockId, keys } = site.world.state;
  const settings: NetworkSettings = {
    version, hub: { host: `hub${version}.example`, port: 8883 }, brokerCa: `authority ${version}`, wifi: { ssid: 'Upstairs', passphrase: new Secret(utf8(PASSPHRASE)) },
  };
  return site.sign(by, networkToSign(site.crypto, by.publicKey, { lockId, sealKey: keys.seal.publicKey }, settings, site.entropy()));
};

const adopted = (network: (site: Site) => Bytes | undefined = () => undefined): { readonly world: World; readonly site: Site } => {
  const world = new World('a new lock');
  const site = new Site(world);
  world.wake();
  const bytes = network(site);
  const word = site.adopt({ via: site.connect(), change: bytes === undefined ? {} : { network: bytes } });
  assert.ok(word.ok, word.ok ? '' : word.error.code);
  return { world, site };
};

/** Somebody whose key the roster knows is there, and carries. */
const carrier = (site: Site): NearLink => {
  const via = site.connect();
  site.askAndWait({ verb: 'syncOnly', via });
  return via;
};

const bring = (via: NearLink, world: World, bytes: Bytes): string | undefined => {
  const before = via.bodies('network-answer').length;
  via.bring('network', bytes);
  world.run(100);
  const [answer] = via.bodies('network-answer').slice(before);
  return answer && decodeNetworkAnswer(answer)?.code;
};

const hostsOf = ({ networks }: World): readonly string[] => networks.map(({ hub }) => hub.host);

test('in the offer: it holds with the adoption, and again at each start', () => {
  const { world } = adopted((site) => signed(site, 3));
  assert.deepEqual([hostsOf(world), world.networks[0]?.wifi?.ssid], [['hub3.example'], 'Upstairs']);
  assert.equal(fromUtf8(world.credentials.at(-1)?.ca ?? utf8('')), 'authority 3', 'the broker is trusted by its authority');
  world.revive();
  world.wake();
  assert.deepEqual(hostsOf(world), ['hub3.example', 'hub3.example']);
});

test('in the offer: for another lock, or by another than its owners, nothing is adopted', () => {
  const elsewhere = new Site(new World('another lock'));
  for (const network of [() => signed(elsewhere, 3), (site: Site) => signed(site, 3, site.phone), () => utf8('nonsense')]) {
    const world = new World('a new lock');
    const site = new Site(world);
    world.wake();
    const word = site.adopt({ via: site.connect(), change: { network: network(site) } });
    assert.equal(word.ok ? 'accepted' : word.error.code, 'document-refused');
    assert.equal(world.state.membership.kind, 'factory');
    assert.equal(site.adopt({ via: site.connect() }).ok, true, 'control');
  }
});

test('later: a newer word holds, the same again changes nothing, an older one is refused', () => {
  const { world, site } = adopted((before) => signed(before, 3));
  const via = carrier(site);
  const newer = signed(site, 5);
  assert.equal(bring(via, world, newer), 'accepted');
  assert.deepEqual(hostsOf(world), ['hub3.example', 'hub5.example']);
  assert.equal(bring(via, world, newer), 'accepted');
  assert.equal(bring(via, world, signed(site, 5)), 'stale');
  assert.equal(bring(via, world, signed(site, 4)), 'stale');
  assert.equal(bring(via, world, signed(site, 9, site.phone)), 'signer-unknown');
  assert.equal(bring(via, world, utf8('nonsense')), 'malformed');
  assert.deepEqual(hostsOf(world), ['hub3.example', 'hub5.example']);
  const events = world.records().filter(({ reason }) => reason.startsWith('network-')).map(({ reason, rule }) => `${reason} ${rule}`);
  assert.deepEqual(events, ['network-accepted network:5', ...['stale', 'stale', 'signer-unknown', 'malformed'].map((code) => `network-refused document:${code}`)]);
  world.revive();
  world.wake();
  assert.equal(hostsOf(world).at(-1), 'hub5.example');
});

test('nothing is gone over to, and nothing said, before it is durable', () => {
  const { world, site } = adopted();
  const via = carrier(site);
  world.faults.storeDelayMs = undefined;
  assert.equal(bring(via, world, signed(site, 5)), undefined);
  assert.deepEqual(hostsOf(world), []);
});

test('a stranger brings none, and a passive lock takes none', () => {
  const { world, site } = adopted();
  const stranger = site.connect();
  assert.equal(bring(stranger, world, signed(site, 5)), undefined);
  assert.equal(stranger.isOpen, false);
  assert.equal(bring(carrier(site), world, signed(site, 5)), 'accepted', 'control');
  const passive = new World('a passive lock', 'passive');
  const owner = new Site(passive);
  passive.wake();
  assert.ok(owner.adopt({ via: owner.connect() }).ok);
  const via = carrier(owner);
  bring(via, passive, signed(owner, 5));
  assert.deepEqual([via.isOpen, hostsOf(passive)], [false, []]);
});

test('an owner who has left keeps nobody from saying where the hub is, and the lock starts with what they said', () => {
  const { world, site } = adopted();
  const next = site.issuer;
  const grown = ownerSetPayload(site.crypto, { keys: [site.owner.publicKey, next.publicKey], threshold: 1, sequence: 2, previous: site.ownerSet.hash, salt: new Uint8Array(16) });
  const second = assembleOwnerSet([site.sign(site.owner, ownerSetToSign(site.crypto, site.owner.publicKey, grown))]);
  const via = carrier(site);
  via.bring('owner-set', second);
  world.run(100);
  assert.equal(bring(via, world, signed(site, Number.MAX_SAFE_INTEGER, next)), 'accepted');
  assert.equal(bring(via, world, signed(site, 6)), 'stale', 'control: both are owners');
  const previous = site.crypto.sha256(grown);
  const shrunk = ownerSetPayload(site.crypto, { keys: [site.owner.publicKey], threshold: 1, sequence: 3, previous, salt: new Uint8Array(16) });
  via.bring('owner-set', assembleOwnerSet([site.sign(site.owner, ownerSetToSign(site.crypto, site.owner.publicKey, shrunk))]));
  world.run(100);
  assert.ok(world.state.membership.kind === 'adopted' && world.state.membership.ownerSet.sequence === 3);
  world.revive();
  world.wake();
  assert.equal(hostsOf(world).at(-1), `hub${Number.MAX_SAFE_INTEGER}.example`);
  assert.equal(bring(carrier(site), world, signed(site, 6)), 'accepted');
});

test('the passphrase is in nothing that is stored or said', () => {
  const { world, site } = adopted((before) => signed(before, 3));
  const via = carrier(site);
  bring(via, world, signed(site, 5));
  const kept = [world.stored.configuration, ...world.stored.entries.map(({ record }) => record), ...via.carried.map(({ body }) => body)];
  for (const bytes of kept) assert.equal(hex(bytes ?? utf8('')).includes(hex(utf8(PASSPHRASE))), false);
  assert.equal(JSON.stringify(world.networks).includes(PASSPHRASE), false);
});

import { nodeCrypto } from '@mortise/node/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { decodeCbor } from '@mortise/base/cbor.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import { openSealed } from '@mortise/crypto/seal.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { concat, uint, utf8 } from '@mortise/base/bytes.ts';
import { Archive } from './src/archive.ts';
import { simulate } from './src/simulate.ts';
import { Checks } from './src/checks.ts';
import { EstateSite } from './src/site.ts';
let bad = false;
const check = Checks.prototype.check;
Checks.prototype.check = function (i, h, w) { if (!h) { console.log(i, w()); bad = true; } check.call(this, i, h, w); };
const take = Archive.prototype.take;
let keys: any;
const expect = Archive.prototype.expect;
const idk = new Map<string, any>();
import { lockIdOf } from '@mortise/journal/chain.ts';
Archive.prototype.expect = function (n, k) { idk.set(lockIdOf(nodeCrypto, k), k); return expect.call(this, n, k); };
let hubKeys: any;
const cert = EstateSite.prototype.certify;
EstateSite.prototype.certify = function (...a: any[]) { hubKeys = this.hub; return (cert as any).apply(this, a); };
Archive.prototype.take = function (id, batch) {
  bad = false;
  const r = take.call(this, id, batch);
  if (bad) {
    const wire = decodeCbor(batch) as any;
    const sealed = wire[2][0][1];
    const priv = hubKeys.journal.privateKey.reveal(), pub = hubKeys.journal.publicKey;
    for (const c of [nodeCrypto, nobleCrypto]) {
      for (let s = 0; s < 20; s++) { const ctx = concat(utf8('mortise-journal-entry'), identifierBytes(id), uint(s, 6)); if (openSealed(c, priv, pub, ctx, sealed)) console.log('opens at', s); }
      console.log(Buffer.from(c.p256.sharedX(priv, sealed.subarray(0, 65)) ?? []).toString('hex'), c.p256.isPublicKey(sealed.subarray(0,65)), Buffer.from(sealed).toString('hex'));
    }
    console.log('open again', openBatch(nodeCrypto, priv, idk.get(id), batch).ok, openBatch(nobleCrypto, priv, idk.get(id), batch).ok);
    process.exit();
  }
  return r;
};
simulate(nodeCrypto, { seed: 1, days: 5 });

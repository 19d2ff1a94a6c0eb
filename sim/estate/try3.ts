import { nodeCrypto as c } from '@mortise/node/crypto.ts';
import { nobleCrypto as nb } from '@mortise/crypto/noble.ts';
import { sealTo, openSealed } from '@mortise/crypto/seal.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { utf8 } from '@mortise/base/bytes.ts';
const r = deriveKeyPair(c, c.sha256(utf8('x')), 'r');
let bad = 0;
const t = performance.now();
for (let i = 0; i < 60000 && performance.now() - t < 60000; i++) {
  const e = c.sha256(utf8('e' + i));
  const s = sealTo(c, r.publicKey, utf8('ctx'), utf8('hello'), e);
  if (openSealed(c, r.privateKey.reveal(), r.publicKey, utf8('ctx'), s) === undefined) {
    bad++; 
    const eph = s.subarray(0, 65);
    const a = c.p256.sharedX(r.privateKey.reveal(), eph), b = nb.p256.sharedX(r.privateKey.reveal(), eph);
    console.log(i, Buffer.from(a!).toString('hex'), Buffer.from(b!).toString('hex'), Buffer.from(eph).toString('hex'));
    console.log('noble opens', nb && openSealed(nb, r.privateKey.reveal(), r.publicKey, utf8('ctx'), s) !== undefined);
  }
  if (i % 10000 === 0) console.log(i, bad);
}
console.log(bad);

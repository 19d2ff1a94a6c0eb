import { nodeCrypto } from '@mortise/node/crypto.ts';
import { encodeBatch, openBatch } from '@mortise/journal/batch.ts';
import { decodeCbor } from '@mortise/base/cbor.ts';
import { decodeNearFrame } from '@mortise/courier/near-frame.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { PassiveLock } from './src/passive-lock.ts';
import { simulate } from './src/simulate.ts';
import { EstateSite } from './src/site.ts';
let hubKeys: any;
const cert = EstateSite.prototype.certify;
EstateSite.prototype.certify = function (...a: any[]) { hubKeys = this.hub; return (cert as any).apply(this, a); };
const touch = PassiveLock.prototype.touch;
PassiveLock.prototype.touch = function (c, o) {
  const lock = this;
  return touch.call(this, c, { ...o, frame: (b) => {
    const f = decodeNearFrame(b);
    const m = f?.kind === 'carry' ? decodeFromLock(f.message) : undefined;
    if (m?.type === 'journal') {
      const opened = openBatch(nodeCrypto, hubKeys.journal.privateKey.reveal(), lock.keys.identityKey, m.body);
      if (!opened.ok) { console.log('BAD AT LOCK', lock.name, opened.error, (decodeCbor(m.body) as any)[1][0]); }
    }
    o.frame(b);
  } });
};
simulate(nodeCrypto, { seed: 1, days: 5 });

import { cryptoConformance } from './crypto.conformance.ts';
import { nobleCrypto } from './noble.ts';

cryptoConformance('noble', nobleCrypto);

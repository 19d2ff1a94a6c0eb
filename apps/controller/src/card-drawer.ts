// The cards that lie beside a virtual lock, as they would in a drawer: two fresh from the factory, each of a kind, which keep what is written on them. A file beside the body's holds them, keys
// and all, as plastic and silicon would; the lock reads none of it.

import { fromHex, fromUtf8, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import { CARD_UID_BYTES } from '@mortise/cards/card-keys.ts';
import type { ProductName } from '@mortise/cards/product.ts';
import { virtualCard, type VirtualCard } from '@mortise/cards/virtual-card.ts';
import { readBounded, writeDurably } from '@mortise/node/durable-file.ts';

export const CARD_NAMES = ['blue', 'white'] as const;
export type CardName = (typeof CARD_NAMES)[number];
export type CardDrawer = { readonly [N in CardName]: VirtualCard };

const PRODUCT: { readonly [N in CardName]: ProductName } = { blue: 'ntag424', white: 'desfire' };
/** NXP's, by which UIDs of seven bytes begin. */
const MAKER = 0x04;

export const isCardName = (text: unknown): text is CardName => CARD_NAMES.some((name) => name === text);

/** What stands in the file; fresh cards when there is none, or none of ours. `entropy`: 32 fresh bytes. */
export const readDrawer = (path: string, entropy: () => Bytes): CardDrawer => {
  const file = readBounded(path);
  const kept = file.ok ? drawerIn(file.value) : undefined;
  const fresh = (name: CardName): VirtualCard => virtualCard(PRODUCT[name], entropy().slice(0, CARD_UID_BYTES).with(0, MAKER));
  return kept ?? { blue: fresh('blue'), white: fresh('white') };
};

export const keepDrawer = (path: string, drawer: CardDrawer): void => void writeDurably(path, utf8(`${JSON.stringify(CARD_NAMES.map((name) => plainOf(drawer[name])))}\n`));

type PlainCard = { readonly uid: string; readonly applications: readonly (readonly [string, readonly string[], readonly (readonly [number, string, string])[]])[] };

const plainOf = ({ uid, applications }: VirtualCard): PlainCard => ({
  uid: hex(uid),
  applications: [...applications].map(([name, { keys, files }]) =>
    [name, keys.map((key) => hex(key.reveal())), [...files].map(([number, { settings, content }]) => [number, hex(settings), hex(content)] as const)] as const),
});

const bytes = (text: string): Bytes => required(fromHex(text), 'a drawer holds hexadecimal');

const cardOf = (name: CardName, { uid, applications }: PlainCard): VirtualCard => ({
  ...virtualCard(PRODUCT[name], bytes(uid)),
  applications: new Map(applications.map(([each, keys, files]) => [each, {
    keys: keys.map((key) => new Secret(bytes(key))), files: new Map(files.map(([number, settings, content]) => [number, { settings: bytes(settings), content: bytes(content) }])),
  }])),
});

const drawerIn = (file: Bytes): CardDrawer | undefined => {
  try {
    const [blue, white]: readonly PlainCard[] = JSON.parse(fromUtf8(file));
    return blue === undefined || white === undefined ? undefined : { blue: cardOf('blue', blue), white: cardOf('white', white) };
  } catch {
    return undefined; // not ours, or torn: two other cards lie there then
  }
};

// Orders that were made for each electronic key, from the version that it holds on, and what it said of itself last.

import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { z } from '@mortise/api/schema.ts';
import { decodeKeyOrders, encodeKeyOrders, type KeyOrders } from '@mortise/courier/key-orders.ts';
import type { Database } from './open-store.ts';
import type { Tables } from './tables.ts';

/** `accessIds`: of the documents among its items. */
export type StoredOrders = { readonly orders: KeyOrders; readonly accessIds: readonly string[]; readonly leftOut: number };

const accessIds = z.array(z.string());

const ordersOf = (row: Tables['ekey_orders']): StoredOrders =>
  ({ orders: required(decodeKeyOrders(row.orders), 'stored orders read'), accessIds: accessIds.parse(JSON.parse(row.access_ids)), leftOut: row.left_out });

/** Every version that is kept, newest first. */
export const ordersOfKey = async (database: Database, ekeyId: string): Promise<readonly StoredOrders[]> =>
  (await database.selectFrom('ekey_orders').selectAll().where('ekey_id', '=', ekeyId).orderBy('version', 'desc').execute()).map(ordersOf);

export const newestOrders = async (database: Database, ekeyId: string): Promise<StoredOrders | undefined> => {
  const row = await database.selectFrom('ekey_orders').selectAll().where('ekey_id', '=', ekeyId).orderBy('version', 'desc').limit(1).executeTakeFirst();
  return row && ordersOf(row);
};

/** Within a transaction of the caller’s. Versions before `held`, which the key holds, serve nobody any more. */
export const keepOrders = async (database: Database, { orders, accessIds: ids, leftOut }: StoredOrders, held: number): Promise<void> => {
  await database.deleteFrom('ekey_orders').where('ekey_id', '=', orders.keyId).where('version', '<', held).execute();
  await database.insertInto('ekey_orders').values({ ekey_id: orders.keyId, version: orders.version, orders: encodeKeyOrders(orders), access_ids: JSON.stringify(ids), left_out: leftOut }).execute();
  const between = await database.selectFrom('ekey_orders').select('version').where('ekey_id', '=', orders.keyId).where('version', '!=', held).orderBy('version', 'desc').limit(1000).offset(MAX_KEPT_ORDERS).execute();
  const versions = between.map(({ version }) => version);
  if (versions.length > 0) await database.deleteFrom('ekey_orders').where('ekey_id', '=', orders.keyId).where('version', 'in', versions).execute();
};

/** Beside the one that the key holds: a key that is being updated may take any of the last few. */
export const MAX_KEPT_ORDERS = 16;

export type EkeyWord = { readonly heardAt: number; readonly status: Bytes };

export const ekeyWord = async (database: Database, ekeyId: string): Promise<EkeyWord | undefined> => {
  const row = await database.selectFrom('ekey_word').selectAll().where('ekey_id', '=', ekeyId).executeTakeFirst();
  return row && { heardAt: row.heard_at, status: row.status };
};

export const keepWord = async (database: Database, ekeyId: string, { heardAt, status }: EkeyWord): Promise<void> => {
  const kept = { heard_at: heardAt, status };
  await database.insertInto('ekey_word').values({ ekey_id: ekeyId, ...kept }).onConflict((conflict) => conflict.column('ekey_id').doUpdateSet(kept)).execute();
};

export const ekeyWords = async (database: Database): Promise<ReadonlyMap<string, EkeyWord>> =>
  new Map((await database.selectFrom('ekey_word').selectAll().execute()).map((row) => [row.ekey_id, { heardAt: row.heard_at, status: row.status }]));

/** Of these keys, newest first. */
export const ordersOfKeys = async (database: Database, ids: readonly string[]): Promise<ReadonlyMap<string, readonly StoredOrders[]>> => {
  if (ids.length === 0) return new Map();
  const rows = await database.selectFrom('ekey_orders').selectAll().where('ekey_id', 'in', ids).orderBy('version', 'desc').execute();
  return new Map([...Map.groupBy(rows, (row) => row.ekey_id)].map(([id, some]) => [id, some.map(ordersOf)]));
};

import type { Calendar } from '@mortise/api/grants.ts';
import { err, type Result } from '@mortise/base/result.ts';
export type RosterWord = { readonly doorId: string; readonly doorName: string; readonly result: Result<'delivered' | 'waiting', string> };
export const putGroup = (_group: { readonly id: string | undefined; readonly name: string; readonly doors: readonly string[] }, _onDoor: (name: string) => void): Promise<Result<readonly RosterWord[], string>> => Promise.resolve(err('not yet'));
export const putCalendars = (_calendars: readonly Calendar[], _onDoor: (name: string) => void): Promise<Result<readonly RosterWord[], string>> => Promise.resolve(err('not yet'));

// "Would this key open at …?", by the judgement that the locks go by, made here: no hub is asked. The question is made once for the same
// terms, since it costs a signature.

import type { GrantTermsJson } from '@mortise/api/grants.ts';
import { identifierOf, type GrantId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { zoneTableOf } from '@mortise/browser/zone-table.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { Calendar } from '@mortise/documents/calendar.ts';
import { grantTermsOf } from '@mortise/management/plain-terms.ts';
import type { ZoneTable } from '@mortise/schedule/zone-table.ts';
import { questionOf, wouldOpen as ask, type Question } from '@mortise/wallet/would-open.ts';
import type { Opening } from '@mortise/words/opening.ts';
import { calendars } from './grants.ts';

const NOBODY = identifierOf<GrantId>(new Uint8Array(16));
const YEARS = 12;

let last: { readonly name: string; readonly question: Question } | undefined;
const tables = new Map<string, ZoneTable>();

const tableOf = (zone: string): ZoneTable | undefined => {
  const known = tables.get(zone);
  if (known !== undefined) return known;
  const year = new Date().getUTCFullYear();
  const made = zoneTableOf(zone, year - 1, year + YEARS);
  if (made.ok) tables.set(zone, made.value);
  return made.ok ? made.value : undefined;
};

const question = (plain: GrantTermsJson, zone: string, days: readonly Calendar[]): Question | undefined => {
  const name = JSON.stringify([plain, zone, days]);
  if (last?.name === name) return last.question;
  const [terms, zoneTable] = [grantTermsOf({ accessId: NOBODY, grantId: NOBODY }, plain), tableOf(zone)];
  if (!terms.ok || zoneTable === undefined) return undefined;
  last = { name, question: questionOf(nobleCrypto, terms.value, { zone, zoneTable, calendars: days }) };
  return last.question;
};

/** Undefined: this browser knows no zone of that name. `days`: of the door's roster; the site's, where an owner asks. */
export const wouldOpen = (plain: GrantTermsJson, at: number, zone: string, days: readonly Calendar[] = calendars.value): Opening | undefined => {
  const asked = question(plain, zone, days);
  if (asked === undefined) return undefined;
  const opening = ask(nobleCrypto, asked, instant(Math.trunc(at)));
  return opening.opens ? opening : { opens: false, code: opening.reason, next: opening.next };
};

// Terms of the API and terms of documents, for the hub's checks: the ones that were sent must be the ones that were signed.

import type { GrantTermsJson } from '@mortise/api/grants.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { parseIdentifier, type GrantId } from '@mortise/base/identifiers.ts';
import { required } from '@mortise/base/assert.ts';
import type { Err, Result } from '@mortise/base/result.ts';
import { grantTermsOf, isSamePlain, plainTermsOf, type TermsError } from '@mortise/management/plain-terms.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { isCalendarKnown } from '../store/place-store.ts';

const SAYS: Readonly<Record<TermsError['code'], string>> = {
  places: 'name 1 to 32 places, each once', verbs: 'name at least one verb, each once', dates: 'write whole seconds, from before until',
  hours: 'name days from Monday to Sunday, each once, and times like 09:00', uses: 'write 1 to 65535', minutesAfterFirstUse: 'write 1 to 525600',
  freshForS: 'write 60 to 31622400', holidays: 'write 1 to 255',
};

/** Why a grant may not be lent with these days off; `before`: what it had. A calendar that has gone since keeps no other change from being made. */
export const holidaysFault = async ({ database }: Hub, holidays: number | null, before: number | null = null): Promise<Err<Refusal> | undefined> =>
  holidays === null || holidays === before || await isCalendarKnown(database, holidays) ? undefined
    : refuse('input-invalid', 'terms.holidays: this site has no such calendar, so that the key would open on no day. Look at the list of calendars.');

/** The terms that this document of the grant says. */
export const documentTerms = ({ id, accessId }: { readonly id: string; readonly accessId: string }, terms: GrantTermsJson): Result<GrantTerms, Refusal> => {
  const made = grantTermsOf({ accessId: parsed(accessId), grantId: parsed(id) }, terms);
  return made.ok ? made : refuse('input-invalid', `terms.${made.error.code}: ${SAYS[made.error.code]}.`);
};

const parsed = (text: string): GrantId => required(parseIdentifier<GrantId>(text), 'the schema lets identifiers through');

export const isSameTerms = (one: GrantTerms, other: GrantTerms): boolean => {
  const [a, b] = [plainTermsOf(one), plainTermsOf(other)];
  return one.grantId === other.grantId && one.countsAs === other.countsAs && a !== undefined && b !== undefined && isSamePlain(a, b);
};

/** Whether `inner` says the same for no longer. */
export const isWithinDates = (inner: GrantTerms, outer: GrantTerms): boolean =>
  inner.from >= outer.from && inner.until <= outer.until && isSameTerms({ ...inner, from: outer.from, until: outer.until }, outer);

// What can be wrong with a link that somebody opens, each with its own sentence, and what to do then.

import { endedWhen, when, zoneName } from '@mortise/words/time.ts';

export type LinkFault =
  /** There is nothing after the # sign. */
  | { readonly kind: 'missing' }
  /** A character is missing or wrong. */
  | { readonly kind: 'mistyped' }
  /** It is whole, and of another site than this hub's. */
  | { readonly kind: 'other-site' }
  /** It is whole, and this hub knows nothing of it. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'used'; readonly from: string; readonly at: number | null; readonly zone: string }
  /** Of a link for a new owner: another browser has asked by it. */
  | { readonly kind: 'asked-by-another' }
  | { readonly kind: 'lapsed'; readonly from: string; readonly at: number; readonly zone: string }
  | { readonly kind: 'taken-back'; readonly from: string }
  /** The hub answered with what no owner of the link's site signed. */
  | { readonly kind: 'not-vouched' };

export type LinkWords = { readonly title: string; readonly says: string };

const askAnew = (from: string): string => `Ask ${from} for a new link.`;

export const linkFaultWords = (fault: LinkFault, now: number): LinkWords => {
  switch (fault.kind) {
    case 'missing':
      return { title: 'There is no key in this address', says: 'Open the link from the message that you got: what makes the key stands after the # sign, and it is gone from here once it was read.' };
    case 'mistyped':
      return { title: 'The link is not whole', says: 'A character is missing or wrong. Open it from the message itself, or copy all of it.' };
    case 'other-site':
      return { title: 'This link is for another place', says: 'It was made by another site than the one that answers here. Open it exactly as it stands in the message.' };
    case 'unknown':
      return { title: 'This place does not know the link', says: 'It may be of another place, or it was made too long ago. Ask whoever sent it to you for a new one.' };
    case 'used':
      return {
        title: 'Somebody else has used this link',
        says: `It works once, and another phone was first${fault.at === null ? '' : `, ${when(fault.at, now, fault.zone)}, ${zoneName(fault.zone)}`}. ${fault.from} sees that it was tried again. If the other phone is not yours, tell ${fault.from}. ${askAnew(fault.from)}`,
      };
    case 'asked-by-another':
      return { title: 'Somebody else has asked by this link', says: 'It works once, and another browser was first. If that was not you, tell whoever sent you the link, before they sign; and ask for a new one.' };
    case 'lapsed':
      return { title: 'The link was not opened in time', says: `It worked until ${endedWhen(fault.at, now, fault.zone).replace(/^(?:at|on) /, '')}, ${zoneName(fault.zone)}. ${askAnew(fault.from)}` };
    case 'taken-back':
      return { title: `${fault.from} has taken this key back`, says: `The link opens nothing any more. ${askAnew(fault.from)}` };
    case 'not-vouched':
      return { title: 'This hub cannot show whose doors these are', says: 'What it says was not signed by an owner of the place that the link names. It is broken, or it lies. No key was made.' };
  }
};

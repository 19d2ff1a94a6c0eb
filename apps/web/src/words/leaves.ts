// What leaves the house by the hub itself: the messages that carry invitations, and alarms to owners who asked for them, where a server is set for them. What people fetch with
// their own phones is not sent by it.

export type Senders = { readonly mail: boolean; readonly sms: boolean };

const CARRIED = 'names, doors, dates and the link that becomes a key';
const ALARMS = 'Alarms to owners who set an address for them: the door, what and when.';

/** Undefined: the hub has not said what it sends. */
export const leavesWords = (senders: Senders | undefined): string => {
  if (senders === undefined) return `Messages to people whom you invite, if a mail server or SMS gateway is set: address or number, ${CARRIED}. ${ALARMS}`;
  const by = [...(senders.mail ? ['the mail server'] : []), ...(senders.sms ? ['the SMS gateway'] : [])];
  if (by.length === 0) return 'Nothing by itself: no mail server and no SMS gateway is set. Links leave by your own hand.';
  const to = [...(senders.mail ? ['address'] : []), ...(senders.sms ? ['number'] : [])];
  return `Messages to people whom you invite, by ${by.join(' and ')}: ${to.join(' or ')}, ${CARRIED}. ${ALARMS} Nothing else by itself.`;
};

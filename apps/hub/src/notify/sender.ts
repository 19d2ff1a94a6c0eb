// What the queue asks of a way to send: take one message to one person, within a bounded time, and say what the far side said.

export type MessageKind = 'mail' | 'sms';

/** `to`: an address or a number. `id` is the same at each try, so that a message that was sent twice can be told as one. */
export type Outbound = { readonly id: string; readonly to: string; readonly subject: string; readonly text: string };

/**
 * `sent`: the server or gateway has taken it. `refused`: it never will. `later`: try again. `code`: of the system or the protocol, for the
 * log; `answer`: what the far side said, which may name the recipient, for the owner.
 */
export type SendOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused' | 'later'; readonly code: string; readonly answer: string };

/** Ends when `signal` does, at the latest. Does not throw for what the world does. */
export type Sender = (message: Outbound, signal: AbortSignal) => Promise<SendOutcome>;

export type Senders = { readonly [K in MessageKind]?: Sender };

/** One try takes no longer, whatever the far side does. */
export const MAX_SEND_MS = 60_000;
export const MAX_ANSWER_CHARACTERS = 300;

/** What was said, as one line that can be shown. */
export const answerOf = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, ' ').trim().slice(0, MAX_ANSWER_CHARACTERS);

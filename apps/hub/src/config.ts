// What a hub is started with. The command line reads it from flags and MORTISE_* variables; tests write it by hand.

import type { Secret } from '@mortise/base/secret.ts';

/** A mail server that takes messages to anybody from `from`. */
export type MailServer = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS where the server offers it, which a login to another machine insists on. */
  readonly secure: boolean;
  /** `password`: UTF-8. */
  readonly login?: { readonly user: string; readonly password: Secret };
  readonly from: { readonly name: string; readonly address: string };
};

/** An HTTP gateway for SMS, of Twilio's shape: it takes a form of To, From and Body. */
export type SmsGateway = {
  /** Without user and password. */
  readonly url: string;
  /** `user:password`, UTF-8, for HTTP basic authentication. */
  readonly login?: Secret;
  /** A number like +41791234567, or a sender's name where the gateway knows such. */
  readonly from: string;
};

/** The addresses that agree with `address` in their first `prefix` bits. */
export type AddressRange = { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' };

export type HubConfig = {
  /** The directory of everything durable. */
  readonly data: string;
  /** Of HTTP; 0: any free one. */
  readonly port: number;
  /** Of MQTT; 0: any free one. */
  readonly brokerPort: number;
  /** Where browsers may come from, such as https://lock.example.org; empty: localhost at `port`. */
  readonly origins: readonly string[];
  /** PEM files; with them the hub speaks HTTPS. */
  readonly tls?: { readonly certPath: string; readonly keyPath: string };
  /** The operator's own reverse proxies: only of them X-Forwarded-For is believed. Absent: of nobody. */
  readonly trustedProxies?: readonly AddressRange[];
  /** Absent: what would be mailed, or sent by SMS, stands in the outbox. */
  readonly mail?: MailServer;
  readonly sms?: SmsGateway;
  /** Where near links of virtual locks may be found: WebSocket addresses on this machine, at most 32. Asked for each time that somebody wants to know. */
  readonly near?: () => readonly string[];
  /** The built app; absent: apps/web/dist of this checkout. */
  readonly appDirectory?: string;
  /** Milliseconds since 1970; absent: the system's clock. */
  readonly now?: () => number;
  /** Takes one line of JSON at a time; absent: standard error. */
  readonly log?: (line: string) => void;
};

export type StartErrorCode =
  | 'data-unwritable' | 'database-busy' | 'database-unreadable' | 'database-corrupt' | 'schema-newer' | 'schema-refused'
  | 'port-taken' | 'port-refused' | 'tls-unreadable' | 'tls-refused';

/** Why a hub did not start: the world's fault, not ours. The message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: StartErrorCode;
  constructor(code: StartErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

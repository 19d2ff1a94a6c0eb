// The lock's link to its hub: MQTT over TLS 1.3 with the lock's certificate, the broker's authority pinned. It is up once the
// lock's own topic is subscribed. A lost link comes back by itself, after waits that double; what was on its way is forgotten,
// for nothing here counts as delivered before the hub says so in a message of its own.

import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { MqttClient } from 'mqtt';
import { fromUtf8, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { MAX_LINK_MESSAGE_BYTES } from '@mortise/courier/link-message.ts';
import { linkTopic } from '@mortise/courier/link-topic.ts';
import { backoffMs, type BackoffLimits } from '@mortise/device/backoff.ts';
import type { Log } from '@mortise/device/log.ts';

/** PEM texts: the lock's certificate, the key to it, and the authority that the broker must come from. */
export type LinkCredentials = { readonly certificate: string; readonly privateKey: Secret; readonly ca: string };

export type LinkState = {
  /** The switch: whether the link shall be up. */
  readonly wanted: boolean;
  readonly up: boolean;
};

export type LinkEvents = {
  readonly up: () => void;
  readonly down: () => void;
  /** At most MAX_LINK_MESSAGE_BYTES. */
  readonly message: (payload: Bytes) => void;
};

export type BrokerAddress = { readonly host: string; readonly port: number };

export type LinkOptions = {
  /** Undefined: nobody has said yet where the hub is; the link waits for `aim` and `use`. */
  readonly broker: BrokerAddress | undefined;
  readonly lockId: LockId;
  readonly credentials: LinkCredentials;
  readonly events: LinkEvents;
  readonly log: Log;
  /** A number from 0 to 1 for the spread of waits. */
  readonly random: () => number;
  readonly backoff?: BackoffLimits;
};

const BACKOFF: BackoffLimits = { firstMs: 200, longestMs: 15_000 };
const KEEPALIVE_S = 20;
const CONNECT_TIMEOUT_MS = 10_000;
/** Messages sent and not yet taken by the broker; a link that holds more is cut and starts afresh. */
const MAX_UNSENT = 512;
/** How long old credentials may finish what was sent before new ones take over. */
const FINISH_MS = 2000;

export class Link {
  readonly #options: LinkOptions;
  readonly #topics: { readonly in: string; readonly out: string; readonly link: string };
  #credentials: LinkCredentials;
  #broker: BrokerAddress | undefined;
  #client: MqttClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #state: LinkState = { wanted: false, up: false };
  #tries = 0;
  #unsent = 0;
  /** What the socket said last, as a code. */
  #why = 'closed';

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#credentials = options.credentials;
    this.#broker = options.broker;
    const { lockId } = options;
    this.#topics = { in: linkTopic(lockId, 'in'), out: linkTopic(lockId, 'out'), link: linkTopic(lockId, 'link') };
  }

  state(): LinkState {
    return this.#state;
  }

  /** Whether it knows of a hub to reach. */
  isTold(): boolean {
    return this.#broker !== undefined;
  }

  /** Switches the link on or off. Off says goodbye to the broker and stays off. */
  want(on: boolean): void {
    if (this.#state.wanted === on) return;
    this.#state = { ...this.#state, wanted: on };
    if (on) this.#connect();
    else void this.#leave();
  }

  /** Sends to the hub, QoS 1; while the link is down, to nobody. */
  send(payload: Bytes): void {
    const client = this.#client;
    if (client === undefined || !this.#state.up) return;
    if (this.#unsent >= MAX_UNSENT) return this.#cut(client, 'too-much-unsent');
    this.#publish(client, this.#topics.out, payload);
  }

  /** Where the hub is from now on; `use` goes there. */
  aim(broker: BrokerAddress): void {
    this.#broker = broker;
  }

  /** Reconnects with other credentials once what was sent has gone out, or after two seconds. */
  async use(credentials: LinkCredentials): Promise<void> {
    this.#credentials = credentials;
    if (!this.#state.wanted) return;
    await this.#leave();
    if (this.#state.wanted && this.#client === undefined) this.#connect();
  }

  /** Lets what was sent go out, for two seconds at most, and says goodbye; for good. */
  async close(): Promise<void> {
    this.#state = { ...this.#state, wanted: false };
    await this.#leave();
  }

  #connect(): void {
    this.#calm();
    const broker = this.#broker;
    if (broker === undefined) return;
    this.#unsent = 0;
    this.#why = 'closed';
    try {
      this.#client = this.#open(broker);
    } catch (error) {
      // Credentials that OpenSSL cannot read are refused here, at the first use.
      this.#again(errorCode(error));
    }
  }

  #open(broker: BrokerAddress): MqttClient {
    const client = new MqttClient(() => this.#dial(broker), {
      clientId: this.#options.lockId, clean: true, protocolVersion: 4, keepalive: KEEPALIVE_S, connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0, resubscribe: false, queueQoSZero: false,
      will: { topic: this.#topics.link, payload: Buffer.from('down'), qos: 1, retain: false },
    });
    client.on('connect', () => client.subscribe(this.#topics.in, { qos: 1 }, (error, granted) => {
      if (error !== null || granted?.[0]?.qos !== 1) return this.#cut(client, 'subscription-refused');
      this.#arrived(client);
    }));
    client.on('message', (topic, payload) => this.#took(client, topic, payload));
    client.on('error', (error) => this.#cut(client, errorCode(error)));
    client.on('close', () => this.#lost(client));
    return client;
  }

  #dial({ host, port }: BrokerAddress): TLSSocket {
    const { certificate, privateKey, ca } = this.#credentials;
    const key = fromUtf8(privateKey.reveal());
    // A name is checked against the certificate in both cases; only a DNS name may also be said aloud (RFC 6066 §3).
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connectTls({ host, port, ...name, ca, cert: certificate, key, minVersion: 'TLSv1.3', rejectUnauthorized: true });
    socket.setNoDelay(true);
    return socket.on('error', (error) => (this.#why = errorCode(error)));
  }

  #arrived(client: MqttClient): void {
    if (this.#client !== client) return;
    this.#tries = 0;
    this.#state = { ...this.#state, up: true };
    this.#options.log('link-up');
    this.#publish(client, this.#topics.link, Buffer.from('up'));
    this.#options.events.up();
  }

  #took(client: MqttClient, topic: string, payload: Uint8Array): void {
    if (this.#client !== client || topic !== this.#topics.in) return;
    if (payload.length > MAX_LINK_MESSAGE_BYTES) return this.#options.log('message-too-long', { bytes: payload.length });
    this.#options.events.message(new Uint8Array(payload));
  }

  #publish(client: MqttClient, topic: string, payload: Bytes): void {
    this.#unsent += 1;
    client.publish(topic, Buffer.from(payload), { qos: 1, retain: false }, () => {
      if (this.#client === client) this.#unsent -= 1;
    });
  }

  #cut(client: MqttClient, why: string): void {
    if (this.#client !== client) return;
    this.#why = why;
    client.end(true);
    this.#lost(client);
  }

  #lost(client: MqttClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#wentDown();
    this.#again(this.#why);
  }

  #again(why: string): void {
    if (!this.#state.wanted) return;
    const { backoff = BACKOFF, random, log } = this.#options;
    const waitMs = backoffMs(backoff, this.#tries, random());
    log('link-failed', { why: { code: why }, waitMs });
    this.#retry = setTimeout(() => this.#connect(), waitMs);
    this.#tries += 1;
  }

  // No try is to come.
  #calm(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  // A clean goodbye cancels the last will, so it is said by hand. Ending waits for the broker to take what was sent.
  #leave(): Promise<void> {
    this.#calm();
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return Promise.resolve();
    const wasUp = this.#state.up;
    this.#wentDown();
    if (wasUp) client.publish(this.#topics.link, Buffer.from('down'), { qos: 1, retain: false });
    return new Promise((resolve) => {
      const force = setTimeout(() => client.end(true, () => resolve()), FINISH_MS);
      client.end(!wasUp, () => {
        clearTimeout(force);
        resolve();
      });
    });
  }

  #wentDown(): void {
    if (!this.#state.up) return;
    this.#state = { ...this.#state, up: false };
    this.#options.log('link-down');
    this.#options.events.down();
  }
}

// Node and OpenSSL name what went wrong in capitals (ECONNREFUSED, CERT_HAS_EXPIRED); the log knows kebab-case.
const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? String(error.code).toLowerCase().replaceAll('_', '-') : 'broker-error';

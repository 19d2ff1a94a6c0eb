// What a hub is started with. The command line reads it from flags and MORTISE_* variables; tests write it by hand.

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

// The numbers of HCI: errors, events. Core specification Vol 1 Part F §1.3, Vol 4 Part E §7.7.

export const STATUS = {
  success: 0x00,
  unknownCommand: 0x01,
  unknownConnection: 0x02,
  keyMissing: 0x06,
  connectionTimeout: 0x08,
  connectionLimit: 0x09,
  connectionExists: 0x0b,
  commandDisallowed: 0x0c,
  unsupported: 0x11,
  invalidParameters: 0x12,
  endedByRemoteUser: 0x13,
  endedByLocalHost: 0x16,
  responseTimeout: 0x22,
  micFailure: 0x3d,
  notEstablished: 0x3e,
} as const;

export type Status = (typeof STATUS)[keyof typeof STATUS];

/** The reasons that a host may give when it ends a connection. Vol 4 Part E §7.1.6. */
export const END_REASONS: ReadonlySet<number> = new Set([0x05, 0x13, 0x14, 0x15, 0x1a, 0x29, 0x3b]);

export const EVENT = {
  disconnectionComplete: 0x05,
  encryptionChange: 0x08,
  commandComplete: 0x0e,
  commandStatus: 0x0f,
  completedPackets: 0x13,
  dataBufferOverflow: 0x1a,
  leMeta: 0x3e,
} as const;

export const LE_EVENT = {
  connectionComplete: 0x01,
  advertisingReport: 0x02,
  connectionUpdateComplete: 0x03,
  longTermKeyRequest: 0x05,
  dataLengthChange: 0x07,
  enhancedConnectionComplete: 0x0a,
  extendedAdvertisingReport: 0x0d,
} as const;

// What a host asks of a connection: how often the two meet and how long they may miss each other. Core specification Vol 4 Part E §7.8.12.

export type LinkTiming = {
  readonly intervalMs: number;
  readonly latency: number;
  readonly supervisionTimeoutMs: number;
};

const INTERVAL_MS = 1.25;
const TIMEOUT_MS = 10;
const INTERVALS = [6, 3200] as const;
const TIMEOUTS = [10, 3200] as const;
const MAX_LATENCY = 499;

/** Eight bytes of a command from `at`: least and most interval, latency, timeout. Undefined when a controller must refuse them. */
export const decodeTiming = (view: DataView, at: number): LinkTiming | undefined => {
  const [least, most, latency, timeout] = [0, 2, 4, 6].map((offset) => view.getUint16(at + offset, true));
  if (least === undefined || most === undefined || latency === undefined || timeout === undefined) return undefined;
  if (least < INTERVALS[0] || most > INTERVALS[1] || least > most || latency > MAX_LATENCY) return undefined;
  if (timeout < TIMEOUTS[0] || timeout > TIMEOUTS[1] || timeout * TIMEOUT_MS <= (1 + latency) * most * INTERVAL_MS * 2) return undefined;
  return { intervalMs: most * INTERVAL_MS, latency, supervisionTimeoutMs: timeout * TIMEOUT_MS };
};

/** The six bytes of it that events carry: interval, latency, timeout. */
export const encodeTiming = ({ intervalMs, latency, supervisionTimeoutMs }: LinkTiming): Uint8Array => {
  const view = new DataView(new ArrayBuffer(6));
  view.setUint16(0, intervalMs / INTERVAL_MS, true);
  view.setUint16(2, latency, true);
  view.setUint16(4, supervisionTimeoutMs / TIMEOUT_MS, true);
  return new Uint8Array(view.buffer);
};

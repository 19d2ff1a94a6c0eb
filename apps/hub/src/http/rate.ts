// A token bucket per key (such as route and address), bounded in number; who is forgotten starts with a full bucket.

export type RateBound = (key: string, now: number) => boolean;

type Bucket = { readonly tokens: number; readonly at: number };

/** True: go on. `burst` at once, `perMinute` after that; at most `maxKeys` are remembered. */
export const createRateBound = (bounds: { readonly burst: number; readonly perMinute: number; readonly maxKeys: number }): RateBound => {
  const buckets = new Map<string, Bucket>();
  return (key, now) => {
    const known = buckets.get(key) ?? { tokens: bounds.burst, at: now };
    const tokens = Math.min(bounds.burst, known.tokens + ((now - known.at) * bounds.perMinute) / 60_000);
    buckets.delete(key);
    buckets.set(key, { tokens: Math.max(0, tokens - 1), at: now });
    const oldest = buckets.size > bounds.maxKeys ? buckets.keys().next().value : undefined;
    if (oldest !== undefined) buckets.delete(oldest);
    return tokens >= 1;
  };
};

// The temperature inside the lock, in bands: in the cold a motor and its grease are slow, in the heat of a fire or of the sun somebody should know.

export type TemperatureBand = 'cold' | 'usual' | 'hot';

/** Degrees Celsius. */
export const COLD_BELOW_C = -10;
export const HOT_ABOVE_C = 65;
/** A band is left only so far inside the next one. */
const HYSTERESIS_C = 3;

/** How much longer a motor may take; in each band. */
export const SLOWNESS: { readonly [B in TemperatureBand]: number } = { cold: 2, usual: 1, hot: 1 };

/** The band at `celsius`; `before`: the one it was in. */
export const bandOf = (celsius: number, before: TemperatureBand = 'usual'): TemperatureBand => {
  if (celsius < COLD_BELOW_C + (before === 'cold' ? HYSTERESIS_C : 0)) return 'cold';
  return celsius > HOT_ABOVE_C - (before === 'hot' ? HYSTERESIS_C : 0) ? 'hot' : 'usual';
};

// The Wi-Fi that the lock's machine joins, as a port: what an owner said at the door goes to it, and it says whether its machine took that. How
// it then goes with the radio shows in the link.

import { err, type Result } from '@mortise/base/result.ts';
import type { Wifi } from '@mortise/documents/network-settings.ts';

/** `wifi-none`: this machine has no Wi-Fi that is the lock's to set. The others are a driver's own, in kebab case. */
export type WifiError = { readonly code: string };

export type WifiPort = { readonly join: (wifi: Wifi) => Promise<Result<undefined, WifiError>> };

/** A virtual lock, or one on a wire: its machine keeps its network itself. */
export const NO_WIFI: WifiPort = { join: () => Promise.resolve(err({ code: 'wifi-none' })) };

// The near link as a GATT service: the phone writes packets (near-packet.ts) to one characteristic, the lock notifies them by the other. Whoever
// subscribes is there, and hears the lock's hello. Both names are ours.

/** In the form of browsers. */
export const NEAR_SERVICE = 'c9fa0001-197b-48ac-ba9d-92744453c936';
/** Phone to lock: write, with or without response. */
export const NEAR_TO_LOCK = 'c9fa0002-197b-48ac-ba9d-92744453c936';
/** Lock to phone: notify; reading it says nothing. */
export const NEAR_FROM_LOCK = 'c9fa0003-197b-48ac-ba9d-92744453c936';

/** Of each value that is written or notified, what the attribute protocol takes of the MTU. */
export const ATTRIBUTE_BYTES = 3;

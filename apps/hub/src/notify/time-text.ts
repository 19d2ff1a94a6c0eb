// Instants in messages, on the wall clock of the door.

const TIME = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;

/** Such as `Sat, 4 Jul 2026, 17:00`. */
export const timeInZone = (at: number, zone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...TIME }).format(at);

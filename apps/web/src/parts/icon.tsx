// The drawn signs of controls. Square ends and one weight, as the drawing of the door; never the only bearer of a meaning.

const PATHS = {
  doors: 'M5 21V3h14v18M2.5 21h19M15 12v1.5',
  activity: 'M4 5h3v3H4zM4 16h3v3H4zM11 6.5h9M11 17.5h9M5.5 10v4',
  trust: 'M4 4h16v9c0 4-4 6.500-8 8-4-1.500-8-4-8-8zM8.500 11.500l2.700 2.700 4.600-5',
  key: 'M3.500 12a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M11.500 12H21v4M17 12v3',
  ekey: 'M3 8h9v8H3zM12 10h3v4h-3M15 12h6v3M18.500 12v2',
  mail: 'M3 5.500h18v13H3zM3 6l9 7 9-7',
  share: 'M12 15V3.500M8 7l4-3.500L16 7M5 11v9.500h14V11',
  copy: 'M8 8h12v12H8zM4 16V4h12',
  clock: 'M3.500 12a8.500 8.500 0 1 0 17 0a8.500 8.500 0 1 0 -17 0M12 7v5l3.500 2',
  near: 'M12 18h.01M8.500 14.500a5 5 0 0 1 7 0M5.500 11.500a9 9 0 0 1 13 0',
  people: 'M8 8a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M4 21c0-4.5 3.5-7 8-7s8 2.500 8 7',
  back: 'M15 5l-7 7 7 7',
  close: 'M5.500 5.500l13 13M18.500 5.500l-13 13',
  add: 'M12 4v16M4 12h16',
  download: 'M12 3.500V15M8 11.500l4 3.500 4-3.500M4 20.500h16',
  unlinked: 'M3 8.500c5-4.500 13-4.500 18 0M6 12c1-.9 2.200-1.600 3.500-2M18 12c-.8-.7-1.600-1.200-2.500-1.600M12 18h.01M4 3l16 18',
  refused: 'M3.500 12a8.500 8.500 0 1 0 17 0a8.500 8.500 0 1 0 -17 0M6 18L18 6',
  alarm: 'M12 2.500l9.500 9.500-9.500 9.500L2.500 12zM12 7.500v5.500M12 15.500v1',
  phone: 'M7 2.500h10v19H7zM11 18.500h2',
  hub: 'M3 17h18M6 17v-3h12v3M12 14V6M8.500 9a5 5 0 0 1 7 0M6 6.500a8.500 8.500 0 0 1 12 0',
  leave: 'M10 4H4v16h6M9 12h11M16 8l4 4-4 4',
  battery: 'M2.500 7.500h16v9h-16zM21.500 10.500v3M6 10.500v3',
  estate: 'M3 21V9h7v12M10 21V3h11v18M2 21h20M14 8h3M14 13h3M6 13.500v1',
  keep: 'M6 21V3h12v18M3 21h18M13 8l-3 4h4l-3 4',
  hours: 'M4 5h16v16H4zM4 10h16M9 2.500V6M15 2.500V6',
  print: 'M7 8V3h10v5M4 8h16v9h-3M7 17H4V8M7 14h10v7H7z',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={PATHS[name]} /></svg>
);

/** Locks and unlocks in one glyph: the bolt out, or back. */
export const LockIcon = () => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 5h8v14H3M21 5h-4v14h4" /><path d="M7 12h12" stroke-width="4" /></svg>
);

/** The latch drawn as well: nothing in the gap. */
export const UnlatchIcon = () => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 5h8v14H3M21 5h-4v14h4" /><path d="M4 12h5" stroke-width="4" /></svg>
);

export const Mark = () => (
  <svg width="28" height="18" viewBox="0 0 64 40" fill="none" stroke="currentColor" stroke-width="5" aria-hidden="true">
    <path d="M0 4h28v8M28 28v8H0M64 4H46v8M46 28v8h18" /><path d="M10 20h46" stroke-width="9" />
  </svg>
);

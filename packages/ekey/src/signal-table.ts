// What a key shows to the hand that holds it, as a table: light, sound and a word for its display. A key with a lamp and no display is
// still told apart by colour and blinking; the words are keys for whoever puts them into a language.

export type Light = { readonly colour: 'off' | 'white' | 'blue' | 'green' | 'amber' | 'red'; readonly blinks: boolean };
export type Sound = 'none' | 'short' | 'double' | 'long';
export type SignalState = { readonly light: Light; readonly sound: Sound; readonly display: string };

const row = (colour: Light['colour'], blinks: boolean, sound: Sound, display: string): SignalState => ({ light: { colour, blinks }, sound, display });

export const SIGNALS = {
  'idle': row('off', false, 'none', 'Ready'),
  'not-enrolled': row('white', true, 'none', 'Belongs to nobody yet'),
  'updating': row('blue', true, 'none', 'Updating'),
  'updated': row('blue', false, 'short', 'Updated'),
  'touching': row('white', false, 'none', 'Touching'),
  'turn-now': row('green', true, 'short', 'Turn now'),
  'granted': row('green', false, 'short', 'Open'),
  'closed': row('green', false, 'double', 'Closed'),
  'refused': row('red', false, 'long', 'Refused'),
  'broke-off': row('red', true, 'double', 'Lifted too early: touch again'),
  'not-ours': row('red', true, 'long', 'Not a lock of this site'),
  'clock-invalid': row('amber', true, 'double', 'Time unknown: update the key'),
  'must-update': row('amber', true, 'double', 'Update the key'),
  'buffer-full': row('amber', true, 'double', 'Full: bring the records home'),
  'low-battery': row('amber', false, 'none', 'Battery low'),
  'empty-battery': row('red', true, 'double', 'Battery empty'),
  'pin-needed': row('white', true, 'none', 'Enter the PIN'),
  'pin-to-choose': row('white', true, 'none', 'Choose a PIN'),
  'pin-wrong': row('red', false, 'double', 'Wrong PIN'),
  'pin-blocked': row('red', true, 'double', 'Wait, then try the PIN again'),
} as const satisfies Record<string, SignalState>;

export type SignalName = keyof typeof SIGNALS;

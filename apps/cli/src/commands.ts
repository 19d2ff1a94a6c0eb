// The commands. Each is loaded when it is called, so that a quick one does not wait for the modules of a large one.

import { ALIRO_HELP } from './aliro/help.ts';
import type { Commands } from './command.ts';

export const COMMANDS: Commands = {
  run: {
    summary: 'Run the hub and a virtual lock (this is `npm start`)',
    help: `Usage: mortise run [options]

Runs the hub with its message broker, and the virtual lock "Front door" in a
process of its own. On its first start it prints a link: whoever opens it
becomes the owner. Ends with Ctrl-C.

Options (a flag wins over its variable):
  --data DIR           MORTISE_DATA            where all is kept (./data)
  --port N             MORTISE_PORT            the app's port (8400)
  --origin URL[,URL]   MORTISE_ORIGIN          where browsers reach the app
                                               (http://localhost:PORT)
  --mqtt-port N        MORTISE_MQTT_PORT       the broker's port (8883; 0: free)
  --workbench-port N   MORTISE_WORKBENCH_PORT  the virtual lock's page (PORT+1)
  --mechanism KIND     MORTISE_MECHANISM       what the virtual lock is:
                                               deadbolt, mortise, strike, magnet
                                               or gate (deadbolt; docs/BOLT.md)
  MORTISE_LOCK_BLUETOOTH  its radio: off (as it is), an adapter like hci0, or a
                       socket that speaks HCI, like h4:/run/radio
  --tls-cert FILE      MORTISE_TLS_CERT        HTTPS with this certificate (PEM)
  --tls-key FILE       MORTISE_TLS_KEY         and its key
  MORTISE_TRUST_PROXY  the addresses of your own reverse proxies, like 10.0.0.2,
                       10.0.0.0/24 or loopback: what they say in
                       X-Forwarded-For of who asks is believed; of nobody else

Invitations and alarms (variables only, for they hold passwords; without them
invitations stand in the app's outbox, and alarms in its activity only):
  MORTISE_SMTP_URL     smtps://USER:PASSWORD@HOST, or smtp:// with STARTTLS
  MORTISE_MAIL_FROM    from whom mail comes, like Home <home@example.org>
  MORTISE_SMS_URL      https://USER:PASSWORD@HOST/PATH of an SMS gateway that
                       takes To, From and Body as a form, as Twilio's does
  MORTISE_SMS_FROM     from which number, or name
`,
    run: async (args) => (await import('./run.ts')).run(args),
  },
  lock: {
    summary: 'Run one lock: a passive one, or a powered one',
    help: `Usage: mortise lock --passive --data DIR [--workbench-port N] [--name TEXT]
       mortise lock --data DIR [--bluetooth ADAPTER] [...]
       mortise lock --data DIR --broker URL --broker-ca FILE [...]

Runs a virtual lock as a process of its own until Ctrl-C. Its body, the
Workbench, is a page on this machine only.

A passive lock has no power, no clock and no network. A key that touches it, at
ws://localhost:N/contact, brings all three; lifting the key cuts its power.

A powered lock that is told no broker is adopted where it is, by Bluetooth or at
ws://localhost:N/near; its owner's page then tells it its hub and its Wi-Fi.

Options (a flag wins over its variable):
  --data DIR           MORTISE_LOCK_DATA       where the lock keeps all
  --workbench-port N   MORTISE_WORKBENCH_PORT  its page (8401, as the lock of
                                               mortise run; 0: a free one)
  --name TEXT          MORTISE_LOCK_NAME       what its page calls it (Lock)
  --passive            a passive lock; the others are for powered ones:
  --mechanism KIND     MORTISE_MECHANISM       what it is: deadbolt, mortise,
                                               strike, magnet or gate
  --broker URL         MORTISE_BROKER          the hub's, mqtts://HOST:PORT
  --broker-ca FILE     MORTISE_BROKER_CA       the hub's link CA, PEM
  --bluetooth ADAPTER  MORTISE_LOCK_BLUETOOTH  its radio: off (as it is), hci0,
                                               or a socket that speaks HCI,
                                               h4:/run/radio
  --wifi-interface IF  MORTISE_WIFI_INTERFACE  the Wi-Fi that is the lock's to
                                               set, by wpa_cli, like wlan0
  --wifi-file FILE     MORTISE_WIFI_FILE       its configuration
                       (/etc/wpa_supplicant/wpa_supplicant-IF.conf)
  --json               the first line as a JSON object, for programs
`,
    run: async (args) => (await import('./device.ts')).device((await import('@mortise/controller/run.ts')).run, args),
  },
  ekey: {
    summary: 'Run a virtual electronic key',
    help: `Usage: mortise ekey --data DIR [options]

Runs an electronic key as a process of its own until Ctrl-C. Its Workbench, a
page on this machine only, shows it beside the passive lock that it touches. It
is updated at ws://localhost:N/update by a phone's page.

Options (a flag wins over its variable):
  --data DIR           MORTISE_KEY_DATA        where the key keeps all
  --workbench-port N   MORTISE_WORKBENCH_PORT  its page (8403; 0: a free one)
  --name TEXT          MORTISE_KEY_NAME        what its page calls it (Key)
  --hub URL            MORTISE_HUB             fetches updates from this hub by
                                               itself, every 15 minutes
  --serial PATH        MORTISE_SERIAL          the line that a station is at,
                                               like /dev/ttyUSB0
  --json               the first line as a JSON object, for programs
`,
    run: async (args) => (await import('./device.ts')).device((await import('@mortise/electronic-key/run.ts')).run, args),
  },
  station: {
    summary: 'Update electronic keys: a serial line, and a hub',
    help: `Usage: mortise station --serial PATH --hub URL [--once] [--json]

Updates each electronic key that comes to the serial line: brings its records to
the hub, and what the hub says to the key. The station holds no keys and nobody
signs in at it: a key is let in by its own signed word, and must be registered.

  --serial PATH  MORTISE_SERIAL  the line, like /dev/ttyUSB0; 115,200 bits a
                                 second
  --hub URL      MORTISE_HUB     the hub, like https://lock.example.org
  --once         updates the key that is there, and ends: 0 when it is done, 1
                 when it is not
  --json         one JSON object a line for each update
`,
    run: async (args, terminal) => (await import('./station.ts')).station(args, terminal),
  },
  fob: {
    summary: 'Be a Bluetooth key with one button',
    help: `Usage: mortise fob LINK [--file FILE]
       mortise fob [--file FILE] [--bluetooth ADAPTER] [--json]

With the link of a key that was lent to you: makes a key of its own, redeems the
link by it, and keeps it in FILE. Whoever has FILE has the key. Without a link
each line on the standard input is a press of the button. It listens for a lock
of the key's site, and asks it to unlock. No network is needed; with one, it
first fetches what has changed.

  --file FILE          where the key is (fob.json)
  --bluetooth ADAPTER  an adapter of this machine (hci0), or a socket that
                       speaks HCI (h4:/run/radio)
  --json               one JSON object a press, for programs

Exit code: that of the last press: 0 opened; 3 not. 2 wrong arguments, or the
link, FILE or adapter cannot be used.
`,
    run: async (args, terminal) => (await import('./fob.ts')).fob(args, terminal),
  },
  verify: {
    summary: 'Check stored journals, with no hub',
    help: `Usage: mortise verify [FILE...] [--data DIR] [--lock ID] [--json]

Checks that journals are what the locks wrote: nothing altered, left out, moved,
doubled or put in. Names the first bad record of each journal. Needs no hub and
trusts none: each lock signs its own journal, and a lock's ID is the hash of the
key that it signs with.

  FILE...      exported journals (JSON Lines); - is the standard input
  --data DIR   without FILE: the hub's data (MORTISE_DATA, else ./data)
  --lock ID    this lock only; a FILE of another lock is refused
  --json       one JSON object, for programs

"Signed to" is the last record that the lock's signature covers. Records after
it are chained, but whoever holds the file could have written them. Someone who
drops the end of a journal together with every later signature leaves a shorter
journal that is good in itself: compare "Signed to" with another copy or with a
receipt on a phone. Without --lock, a FILE proves only which lock wrote it.

A GAP is what the hub itself says it does not have: records that it lost, or
that never came. Whoever holds the hub's database can take records out and note
them as such, up to a signature; a receipt on a phone proves one that was there.

Exit code: 0 all good; 1 a journal is wrong, or a FILE is none; 2 wrong
arguments, or a journal could not be read; 4 nothing is wrong, and a journal
has a gap.
`,
    run: async (args, terminal) => (await import('./verify.ts')).verify(args, terminal),
  },
  'would-open': {
    summary: 'Say whether a key would open a door at some time, and why',
    help: `Usage: mortise would-open FILE [--at TIME] [--door NAME] [options]

Answers by the lock's own judgement, over the documents that the key shows it:
yes or no, and the reason with its code. Needs no hub and believes none: owners,
lock, roster and key prove themselves, or that is said instead of an answer.

  FILE         a key's documents: the app's "Documents of this key", under Keys;
               - is the standard input. There is no secret in it
  --at TIME    2026-06-05T17:00 on the door's own wall clock, or with its offset
               (2026-06-05T17:00+02:00, 2026-06-05T15:00Z); else now. A time
               that the clock leaves out, or shows twice, is refused
  --door NAME  which of the key's doors, by its name or its ID; needed if it has
               several
  --from-afar  through the hub, instead of at the door
  --offline    without word from the hub since FILE was made: a key that must be
               confirmed lapses. Else it is taken as confirmed, if the hub may
  --json       one JSON object, for programs

What only the lock knows is taken at its best: its clock is set, and no opening
has been counted. The lock goes by what it has: a newer roster or revocation
than those in FILE may still be on its way there, or have come since.

Exit code: 0 it would open; 3 it would not; 1 FILE does not prove itself;
2 wrong arguments, or FILE could not be read.
`,
    run: async (args, terminal) => (await import('./would-open.ts')).wouldOpen(args, terminal),
  },
  reasons: {
    summary: 'List the reasons that locks give, by code and number',
    help: `Usage: mortise reasons [REASON...] [--json]

Lists every reason that a lock can give: its code, its number in records, and
the words in which the app tells it. docs/REASONS.md says when each occurs.

  REASON       these only: codes or numbers
  --json       one JSON object, with the sentence of the journal and the value
               of Aliro's tag 97 as well

Exit code: 0; 2 wrong arguments, or there is no such reason.
`,
    run: async (args, terminal) => (await import('./reasons.ts')).reasons(args, terminal),
  },
  simulate: {
    summary: 'Let an estate of locks and keys run, and check what must hold',
    help: `Usage: mortise simulate estate [--seed N] [--days D] [--json]

An estate of passive locks and electronic keys on a virtual clock: 40 locations,
500 locks, 30 keys, 25 people at work. Hands slip, keys are lost and found by
others, stations fail, updates are cut, technicians ask for locks from afar. The
locks and keys run the same code as real ones. Prints what happened, and for
each thing that must hold how often it was checked. The same seed and days give
the same estate and the same story.

  --seed N   a whole number; without it another estate each time
  --days D   1 to 366 (5); the first is a Monday
  --json     one JSON object, for programs

Exit code: 0 everything held, and everything was checked; 1 something did not;
2 wrong arguments.
`,
    run: async (args, terminal) => (await import('./simulate.ts')).simulate(args, terminal),
  },
  aliro: {
    summary: 'Be an Aliro reader or user device by TCP, or read what they say',
    help: ALIRO_HELP,
    run: async (args, terminal) => (await import('./aliro.ts')).aliro(args, terminal),
  },
  help: {
    summary: 'Say what a command does and takes',
    help: 'Usage: mortise help [COMMAND] [--json]\n',
    run: async (args, terminal) => (await import('./help.ts')).help(args, terminal, COMMANDS),
  },
  version: {
    summary: 'Say which Mortise and which Node this is',
    help: 'Usage: mortise version [--json]\n',
    run: async (args, terminal) => (await import('./help.ts')).version(args, terminal),
  },
};

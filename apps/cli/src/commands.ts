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
  --tls-cert FILE      MORTISE_TLS_CERT        HTTPS with this certificate (PEM)
  --tls-key FILE       MORTISE_TLS_KEY         and its key

Invitations (variables only, for they hold passwords; without them what would
be sent stands in the app's outbox):
  MORTISE_SMTP_URL     smtps://USER:PASSWORD@HOST, or smtp:// with STARTTLS
  MORTISE_MAIL_FROM    from whom mail comes, like Home <home@example.org>
  MORTISE_SMS_URL      https://USER:PASSWORD@HOST/PATH of an SMS gateway that
                       takes To, From and Body as a form, as Twilio's does
  MORTISE_SMS_FROM     from which number, or name
`,
    run: async (args) => (await import('./run.ts')).run(args),
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

Exit code: 0 all good; 1 a journal is wrong; 2 wrong arguments, or a journal
could not be read; 4 nothing is wrong, and a journal has a gap.
`,
    run: async (args, terminal) => (await import('./verify.ts')).verify(args, terminal),
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
